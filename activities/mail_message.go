package activities

import (
	"errors"
	"net/mail"
	"net/url"
	"regexp"

	gomail "github.com/wneessen/go-mail"
)

var (
	notificationID = regexp.MustCompile(`^[A-Za-z0-9-]{8,50}$`)
	languageTag    = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
)

// compose makes the message. Everything in it comes from the letter, so every
// attempt hands over the same bytes. Values are made one line before they
// enter a header; go-mail encodes the rest (RFC 2047).
func (m *Mailer) compose(letter Mail) (*gomail.Msg, error) {
	if !notificationID.MatchString(letter.ID) {
		return nil, errors.New("the mail has no usable notification id")
	}
	if letter.Date.IsZero() {
		return nil, errors.New("the mail has no date")
	}
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary("dialtone-"+letter.ID))
	message.FromMailAddress(&mail.Address{Name: m.config.FromName, Address: m.config.From})
	message.ToMailAddress(&mail.Address{Name: plain(letter.ToName), Address: letter.To})
	message.Subject(plain(letter.Subject))
	message.SetDateWithValue(letter.Date.UTC())
	message.SetMessageIDWithValue(letter.ID + "@" + m.config.MessageIDDomain)
	m.markAutomatic(message, letter.Language)
	if reportToken.MatchString(letter.Report) {
		message.SetGenHeader(reportHeader, letter.Report)
	}
	message.SetBodyString(gomail.TypeTextPlain, letter.Text)
	if letter.HTML != "" {
		message.AddAlternativeString(gomail.TypeTextHTML, letter.HTML)
	}
	return message, nil
}

// markAutomatic sets the headers that keep holiday notices and mailing-list
// software quiet: RFC 3834 section 5, RFC 2919, RFC 2369, and Exchange's own.
// No "Precedence: bulk": a person waits for this mail.
func (m *Mailer) markAutomatic(message *gomail.Msg, language string) {
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	message.SetGenHeaderPreformatted("List-Id", "<account."+m.config.MessageIDDomain+">")
	if m.config.UnsubscribeURL != "" {
		message.SetListUnsubscribe(m.config.UnsubscribeURL)
	}
	if languageTag.MatchString(language) {
		message.SetGenHeader(gomail.HeaderContentLang, language)
	}
}

// urlText is printable ASCII without quotes and angle brackets.
var urlText = regexp.MustCompile(`^[!#-;=?-~]+$`)

// webLink tells whether a text is an http or https URL that can stand in a
// header and in a link.
func webLink(link string) bool {
	parsed, err := url.Parse(link)
	return err == nil && urlText.MatchString(link) && parsed.Host != "" && (parsed.Scheme == "https" || parsed.Scheme == "http")
}
