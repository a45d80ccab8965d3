package local

import (
	"errors"
	"io"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mails in other character sets than UTF-8
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"
)

var errNotMIME = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "The message can't be read"}

// readMail parses a mail (RFC 5322, MIME) into headers, text and HTML. Of
// several parts of a kind the texts follow one another; attachments are left
// out. Its error is an SMTP reply.
func readMail(body io.Reader) (Message, error) {
	reader, err := mail.CreateReader(body)
	if err != nil && (reader == nil || !message.IsUnknownCharset(err)) {
		return Message{}, unreadable(err)
	}
	read := Message{Headers: headers(reader.Header)}
	if from, err := reader.Header.AddressList("From"); err == nil && len(from) > 0 {
		read.From = from[0].Address
	}
	if read.Subject, err = reader.Header.Subject(); err != nil {
		read.Subject = reader.Header.Get("Subject")
	}
	if id, err := reader.Header.MessageID(); err == nil {
		read.MessageID = id
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return read, nil
		}
		if err != nil && (part == nil || !message.IsUnknownCharset(err)) {
			return Message{}, unreadable(err)
		}
		if err := read.add(part); err != nil {
			return Message{}, unreadable(err)
		}
	}
}

func (m *Message) add(part *mail.Part) error {
	inline, ok := part.Header.(*mail.InlineHeader)
	if !ok {
		return nil
	}
	content, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	kind, _, err := inline.ContentType()
	if err != nil {
		kind = "text/plain" // RFC 2045 §5.2
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch kind {
	case "text/plain":
		m.Text += text
	case "text/html":
		m.HTML += text
	}
	return nil
}

// headers reads all header fields, decoded.
func headers(header mail.Header) map[string]string {
	read := map[string]string{}
	for fields := header.Fields(); fields.Next(); {
		value, err := fields.Text()
		if err != nil {
			value = fields.Value()
		}
		if before, repeated := read[fields.Key()]; repeated {
			value = before + ", " + value
		}
		read[fields.Key()] = value
	}
	return read
}

// unreadable keeps a reply such as "too big" and turns all else into one.
func unreadable(err error) error {
	if reply, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return reply
	}
	return errNotMIME
}
