package local

import (
	"context"
	"io"

	"github.com/emersion/go-smtp"
)

// mailSession is one client's dialogue.
type mailSession struct {
	ctx    context.Context // the session interface has no context of its own
	server *MailServer
	conn   *smtp.Conn
	from   string
	envid  string
	to     []string
}

// Mail notes the sender of the envelope.
func (s *mailSession) Mail(from string, options *smtp.MailOptions) error {
	s.from = from
	if options != nil {
		s.envid = options.EnvelopeID
	}
	return s.trip(StageMail)
}

// Rcpt notes one recipient of the envelope.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.trip(StageRcpt, to); err != nil {
		return err
	}
	s.to = append(s.to, to)
	return nil
}

// Data reads the mail and delivers it to every recipient.
func (s *mailSession) Data(body io.Reader) error {
	message, err := readMail(body)
	if err != nil {
		return err
	}
	if err := s.trip(StageData, s.to...); err != nil {
		return err
	}
	message.Channel, message.Envelope = ChannelMail, s.envid
	if message.From == "" {
		message.From = s.from
	}
	for _, to := range s.to {
		message.To = to
		if _, err := s.server.inbox.Put(s.ctx, message); err != nil {
			s.server.log.ErrorContext(s.ctx, "mail not kept", "error", err)
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The inbox is not available"}
		}
	}
	return s.trip(StageAccepted, s.to...)
}

// Reset forgets the envelope (RSET, or the mail was read).
func (s *mailSession) Reset() { s.from, s.envid, s.to = "", "", nil }

// Logout ends the dialogue.
func (s *mailSession) Logout() error { return nil }

// trip carries out the fault that is armed for this moment, if any.
func (s *mailSession) trip(stage string, to ...string) error {
	fault, failing := s.server.fault(stage, to...)
	if !failing {
		return nil
	}
	if answer := fault.answer(); answer != nil {
		return answer
	}
	_ = s.conn.Conn().Close() // the reply that follows reaches nobody
	return io.ErrClosedPipe
}
