package activities_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"dialtone/activities"
)

var letterToJane = activities.Mail{
	ID: "0b0ed9a2-2f6c-5d2e-9b0d-0d3f4c1a7e55",
	To: "jane.roe@example.com", ToName: "Jane Roé",
	Subject: "Willkommen — aktivieren Sie Ihr Konto", Text: "Grüße\n.\nzwei Zeilen\n", HTML: "<p>Grüße</p>", Language: "de",
	Date: time.Date(2026, time.November, 23, 14, 30, 0, 0, time.UTC),
}

func newMailer(t *testing.T, config activities.MailConfig) *activities.Mailer {
	t.Helper()
	mailer, err := activities.NewMailer(config)
	if err != nil {
		t.Fatal(err)
	}
	return mailer
}

func TestAMailArrivesWithItsHeadersAndBothForms(t *testing.T) {
	relay := startRelay(t, script{})
	config := relay.config()
	config.UnsubscribeURL = "https://example.org/notices"
	outcome := newMailer(t, config).Send(t.Context(), letterToJane)
	if !outcome.Accepted || outcome.Provider != "2.0.0 Ok: queued as 4FxQ1 for …" {
		t.Fatalf("outcome %+v", outcome)
	}
	message := parse(t, relay.received()[0])
	for name, want := range map[string]string{
		"Message-Id":               "<" + letterToJane.ID + "@mail.example.org>",
		"Date":                     "Mon, 23 Nov 2026 14:30:00 +0000",
		"Auto-Submitted":           "auto-generated",
		"X-Auto-Response-Suppress": "All",
		"List-Id":                  "<account.mail.example.org>",
		"List-Unsubscribe":         "<https://example.org/notices>",
		"Content-Language":         "de",
		"From":                     `"Example Phone" <service@example.org>`,
		"User-Agent":               "",
		"Precedence":               "",
	} {
		if got := message.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	decoder := new(mime.WordDecoder)
	if subject, err := decoder.DecodeHeader(message.Header.Get("Subject")); err != nil || subject != letterToJane.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	to, err := message.Header.AddressList("To")
	if err != nil || to[0].Name != "Jane Roé" || to[0].Address != letterToJane.To {
		t.Errorf("to %v, %v", to, err)
	}
	parts := bodies(t, message)
	if got := strings.ReplaceAll(parts["text/plain"], "\r\n", "\n"); got != letterToJane.Text {
		t.Errorf("text %q", got)
	}
	if parts["text/html"] != letterToJane.HTML {
		t.Errorf("HTML %q", parts["text/html"])
	}
}

func TestEveryAttemptHandsOverTheSameBytes(t *testing.T) {
	relay := startRelay(t, script{})
	mailer := newMailer(t, relay.config())
	for range 3 {
		if outcome := mailer.Send(t.Context(), letterToJane); !outcome.Accepted {
			t.Fatalf("outcome %+v", outcome)
		}
	}
	mails := relay.received()
	if len(mails) != 3 || mails[0] != mails[1] || mails[1] != mails[2] {
		t.Errorf("%d mails, not all alike", len(mails))
	}
}

func TestHostileNamesCannotAddHeadersOrRecipients(t *testing.T) {
	relay := startRelay(t, script{})
	config := relay.config()
	config.FromName = "Phone\r\nBcc: all@example.org"
	letter := letterToJane
	letter.ToName = "Jane\r\nBcc: evil@example.org\r\n\r\n<script>"
	letter.Subject = "Hello\r\nX-Injected: yes"
	letter.Language = "de\r\nX-Injected: yes"
	if outcome := newMailer(t, config).Send(t.Context(), letter); !outcome.Accepted {
		t.Fatalf("outcome %+v", outcome)
	}
	message := parse(t, relay.received()[0])
	if message.Header.Get("Bcc") != "" || message.Header.Get("X-Injected") != "" || message.Header.Get("Content-Language") != "" {
		t.Errorf("headers were injected: %v", message.Header)
	}
	if len(relay.rcpts) != 1 || relay.rcpts[0] != letter.To {
		t.Errorf("recipients %v", relay.rcpts)
	}
}

func TestAMailThatCannotBeMeantIsNotSent(t *testing.T) {
	relay := startRelay(t, script{})
	mailer := newMailer(t, relay.config())
	for name, change := range map[string]func(*activities.Mail){
		"no address":           func(m *activities.Mail) { m.To = "" },
		"two addresses":        func(m *activities.Mail) { m.To = "a@example.org, b@example.org" },
		"a command in it":      func(m *activities.Mail) { m.To = "a@example.org>\r\nRCPT TO:<b@example.org" },
		"a name in it":         func(m *activities.Mail) { m.To = "Jane <a@example.org>" },
		"an id with a newline": func(m *activities.Mail) { m.ID = "12345678\r\nBcc: x" },
		"no date":              func(m *activities.Mail) { m.Date = time.Time{} },
	} {
		letter := letterToJane
		change(&letter)
		outcome := mailer.Send(t.Context(), letter)
		if outcome.Accepted || !outcome.Permanent || outcome.Code != "unsent" {
			t.Errorf("%s: outcome %+v", name, outcome)
		}
	}
	if len(relay.received()) != 0 {
		t.Error("something was sent")
	}
}

func TestAPasswordGoesOnlyOverTLS(t *testing.T) {
	tests := []struct {
		name   string
		script script
		mode   activities.TLSMode
		user   string
		ok     bool
		cause  string
	}{
		{"STARTTLS offered and used", script{tls: true, password: "s3cret"}, activities.TLSOffered, "s3cret", true, ""},
		{"STARTTLS required", script{tls: true}, activities.TLSRequired, "", true, ""},
		{"TLS from the first byte", script{implicit: true, password: "s3cret"}, activities.TLSImplicit, "s3cret", true, ""},
		{"wrong password over TLS", script{tls: true, password: "s3cret"}, activities.TLSOffered, "wrong-one", false, "channel-misconfigured"},
		{"no TLS, no password told", script{password: "s3cret"}, activities.TLSOffered, "s3cret", false, "channel-misconfigured"},
		{"STARTTLS required, not offered", script{}, activities.TLSRequired, "", false, "channel-misconfigured"},
		{"no login offered", script{tls: true}, activities.TLSOffered, "s3cret", false, "channel-misconfigured"},
		{"TLS expected, none there", script{}, activities.TLSImplicit, "", false, "tls"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := startRelay(t, test.script).config()
			config.TLS = test.mode
			if test.user != "" {
				config.Username, config.Password = "sender", test.user
			}
			outcome := newMailer(t, config).Send(t.Context(), letterToJane)
			if outcome.Accepted != test.ok || outcome.Cause != test.cause || outcome.Permanent {
				t.Errorf("outcome %+v", outcome)
			}
			if strings.Contains(outcome.Text, "wrong-one") || strings.Contains(outcome.Text, "s3cret") {
				t.Errorf("the password shows: %q", outcome.Text)
			}
		})
	}
}

func TestAnUntrustedCertificateIsATransientTLSFailure(t *testing.T) {
	for _, script := range []script{{tls: true}, {implicit: true}} {
		config := startRelay(t, script).config()
		config.RootCAs = nil
		if script.implicit {
			config.TLS = activities.TLSImplicit
		}
		outcome := newMailer(t, config).Send(t.Context(), letterToJane)
		if outcome.Cause != "tls" || outcome.Permanent || outcome.Ambiguous || outcome.Responsible != "mail" {
			t.Errorf("outcome %+v", outcome)
		}
	}
}

func TestAnEndedAttemptLeavesAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	relay := startRelay(t, script{data: func(conn *smtp.Conn) error {
		cancel()
		_, _ = conn.Conn().Read(make([]byte, 1)) // until the other side hangs up
		return nil
	}})
	config := relay.config()
	config.Timeout = time.Hour
	outcome := newMailer(t, config).Send(ctx, letterToJane)
	if outcome.Code != "cancelled" || !outcome.Ambiguous || outcome.Permanent {
		t.Errorf("outcome %+v", outcome)
	}
}

func TestASilentServerIsATimeout(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	config := activities.MailConfig{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port,
		From: "service@example.org", Timeout: 50 * time.Millisecond,
	}
	outcome := newMailer(t, config).Send(t.Context(), letterToJane)
	if outcome.Cause != "timeout" || outcome.Code != "timeout" || outcome.Permanent || outcome.Ambiguous {
		t.Errorf("outcome %+v", outcome)
	}
}

func TestAServerThatIsAwayOrRefusesToTalk(t *testing.T) {
	for greeting, cause := range map[string]string{
		"":                                    "connection",
		"554 5.3.2 no mail service here\r\n":  "channel-misconfigured",
		"521 relay.example.org no mail\r\n":   "channel-misconfigured",
		"421 4.3.2 shutting down\r\n":         "server-busy",
		"this is no mail server, nowhere\r\n": "connection",
	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := listener.Accept()
			if err == nil {
				_, _ = io.WriteString(conn, greeting)
				_ = conn.Close()
			}
		}()
		config := activities.MailConfig{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, From: "service@example.org"}
		outcome := newMailer(t, config).Send(t.Context(), letterToJane)
		_ = listener.Close()
		if outcome.Cause != cause || outcome.Permanent || outcome.Ambiguous {
			t.Errorf("greeting %q: outcome %+v", greeting, outcome)
		}
		outcome = newMailer(t, config).Send(t.Context(), letterToJane)
		if outcome.Cause != "connection" || outcome.Permanent || outcome.Ambiguous {
			t.Errorf("nobody listens: outcome %+v", outcome)
		}
	}
}

func TestAMailerSaysAllThatIsWrongWithItsConfiguration(t *testing.T) {
	_, err := activities.NewMailer(activities.MailConfig{From: "x\r\n@y", TLS: "maybe", UnsubscribeURL: "javascript:1", Password: "s3cret"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, pointer := range []string{"/host", "/port", "/from", "/tls", "/unsubscribeUrl"} {
		if !strings.Contains(err.Error(), pointer) {
			t.Errorf("%v does not name %s", err, pointer)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password shows: %v", err)
	}
}

func parse(t *testing.T, raw string) *mail.Message {
	t.Helper()
	message, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// bodies decodes a multipart/alternative by media type.
func bodies(t *testing.T, message *mail.Message) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v", kind, err)
	}
	found := make(map[string]string)
	for reader := multipart.NewReader(message.Body, params["boundary"]); ; {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || !strings.EqualFold(params["charset"], "utf-8") {
			t.Errorf("part %q, charset %q, %v", kind, params["charset"], err)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		found[kind] = string(content)
	}
}
