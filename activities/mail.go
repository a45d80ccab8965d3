package activities

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"dialtone/domain"
)

// Mail is one message to one person, fully rendered. Sent again it is the same
// message: ID and Date decide the Message-ID, the Date header and the boundary.
type Mail struct {
	ID                  string // the notification's id, a UUID
	To, ToName          string // address (RFC 5321 mailbox) and display name
	Subject, Text, HTML string // UTF-8; HTML may be empty
	Language            string // BCP 47 tag of the texts, for Content-Language (RFC 3282)
	Date                time.Time
	Envelope            string // names this attempt in reports (RFC 3461 ENVID); "": none are asked for
	Report              string // names the message in reports that name no envelope; "": nothing does
}

// MailConfig says how to reach the SMTP server and as whom to write.
type MailConfig struct {
	Host               string
	Port               int
	Username, Password string
	TLS                TLSMode
	RootCAs            *x509.CertPool // who may sign the server's certificate; nil = the system's roots
	From, FromName     string         // address and display name of the sender
	MessageIDDomain    string         // right side of Message-IDs; default: the sender's domain
	UnsubscribeURL     string         // for List-Unsubscribe (RFC 2369); empty = no such header
	Timeout            time.Duration  // for logging in, and again for each step of handing over; default 1 minute
	HELO               string         // our name in EHLO; default: MessageIDDomain
}

// String names the server only, so that a printed configuration shows no password.
func (c MailConfig) String() string { return fmt.Sprintf("smtp %s:%d", c.Host, c.Port) }

// TLSMode says how the connection to the SMTP server is protected.
type TLSMode string

// The TLS modes.
const (
	TLSNone     TLSMode = "none"     // never
	TLSOffered  TLSMode = "starttls" // STARTTLS where the server offers it (RFC 3207); never a password in the clear
	TLSRequired TLSMode = "required" // STARTTLS or nothing
	TLSImplicit TLSMode = "implicit" // TLS from the first byte (RFC 8314)
)

// Mailer hands mails to one SMTP server, one connection a mail.
type Mailer struct{ config MailConfig }

// defaultMailTimeout is shorter than RFC 5321 section 4.5.3.2 allows a server,
// since the next hop is the operator's own relay.
const defaultMailTimeout = time.Minute

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

// NewMailer checks the configuration and makes a Mailer; nothing is dialled.
func NewMailer(config MailConfig) (*Mailer, error) {
	_, senderDomain, _ := strings.Cut(config.From, "@")
	config.MessageIDDomain = cmp.Or(config.MessageIDDomain, senderDomain)
	config.HELO = cmp.Or(config.HELO, config.MessageIDDomain)
	config.TLS = cmp.Or(config.TLS, TLSOffered)
	config.Timeout = cmp.Or(config.Timeout, defaultMailTimeout)
	config.FromName = plain(config.FromName)
	var check domain.Check
	check.Need(config.Host != "", "/host", "required", "the SMTP server needs a host name")
	check.Need(config.Port > 0 && config.Port < 65536, "/port", "range", "the SMTP port must be between 1 and 65535")
	check.Need(config.Timeout > 0, "/timeout", "range", "the SMTP time-out must be positive")
	check.Need(bareAddress(config.From), "/from", "format", "the sender must be a mail address such as service@example.org")
	check.Need(hostName.MatchString(config.MessageIDDomain), "/messageIdDomain", "format", "the domain of Message-IDs must be a domain name")
	check.Need(hostName.MatchString(config.HELO), "/helo", "format", "the name for EHLO must be a domain name")
	check.Need(config.UnsubscribeURL == "" || webLink(config.UnsubscribeURL), "/unsubscribeUrl", "format", "the unsubscribe link must be an http or https URL")
	_, known := tlsPolicies[config.TLS]
	check.Need(known, "/tls", "enum", "the TLS mode must be none, starttls, required or implicit")
	if err := check.Err(); err != nil {
		return nil, fmt.Errorf("setting up mail: %w", err)
	}
	return &Mailer{config: config}, nil
}

// Send makes one attempt to hand the mail over and says how it ended.
func (m *Mailer) Send(ctx context.Context, letter Mail) Outcome {
	if !bareAddress(letter.To) {
		return refusedUnsent(causeMailboxUnknown, partyMail, "the address is not a mail address")
	}
	message, err := m.compose(letter)
	if err != nil {
		return refusedUnsent(causeUnknown, partyOperator, err.Error())
	}
	ctx, hangUp := context.WithCancel(ctx)
	defer hangUp()
	stage := stageLogin
	client, err := m.dial(ctx)
	if err == nil {
		defer quit(client)
		var reply string
		if reply, err = m.handOver(client, message, m.envelope(client, letter), &stage); err == nil {
			return Outcome{Accepted: true, Provider: clean(reply, letter.To, letter.ToName)}
		}
	}
	outcome := classifyMail(stage, err, ctx.Err())
	local, _, _ := strings.Cut(letter.To, "@")
	outcome.Text = clean(outcome.Text, letter.ToName, local, m.config.Username, m.config.Password)
	return outcome
}

// handOver runs the mail transaction of RFC 5321 section 3.3 and gives the
// server's reply to the message. The stage says how far it came.
func (m *Mailer) handOver(client *smtp.Client, message *mail.Msg, around envelope, stage *mailStage) (string, error) {
	steps := []struct {
		stage mailStage
		run   func() error
	}{
		{stageSender, func() error { return client.Mail(around.from) }},
		{stageRecipient, func() error { return client.Rcpt(around.to) }},
	}
	for _, step := range steps {
		*stage = step.stage
		if err := m.step(client, step.run); err != nil {
			return "", err
		}
	}
	*stage = stageContent
	var reply string
	err := m.step(client, func() error {
		body, err := client.Data()
		if err != nil {
			return err
		}
		if _, err := message.WriteTo(body); err != nil {
			return err
		}
		*stage = stageAfterDot
		err = body.Close()
		if closer, ok := body.(*smtp.DataCloser); ok {
			reply = closer.ServerResponse()
		}
		return err
	})
	return reply, err
}

func (m *Mailer) step(client *smtp.Client, run func() error) error {
	if err := client.UpdateDeadline(m.config.Timeout); err != nil {
		return err
	}
	return run()
}

// refusedUnsent is the outcome of a message that no server needs to see.
func refusedUnsent(cause, channel, text string) Outcome {
	return Outcome{Code: "unsent", Text: text, Cause: cause, Permanent: true, Responsible: responsible(cause, channel)}
}

// bareAddress tells whether a text is a mail address and nothing else.
func bareAddress(address string) bool {
	parsed, err := netmail.ParseAddress(address)
	return err == nil && parsed.Name == "" && parsed.Address == address && len(address) <= 254
}
