package local_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"net/textproto"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wneessen/go-mail"

	"dialtone/deploy/local"
	"dialtone/domain"
)

func startMail(t *testing.T, inbox *local.Inbox) *local.MailServer {
	t.Helper()
	server, err := local.StartMail(t.Context(), "127.0.0.1:0", inbox, slog.New(slog.NewJSONHandler(t.Output(), nil)))
	if err != nil {
		t.Fatalf("start the mail server: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Errorf("stop the mail server: %v", err)
		}
	})
	return server
}

// send sends a mail with the library the product uses.
func send(t *testing.T, server *local.MailServer, to ...string) error {
	t.Helper()
	host, port, err := net.SplitHostPort(server.Address())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	client, err := mail.NewClient(host, mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS), mail.WithTimeout(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	m := mail.NewMsg()
	if err := errors.Join(m.FromFormat("Dialtone Ü", "no-reply@dialtone.example"), m.To(to...)); err != nil {
		t.Fatal(err)
	}
	m.Subject("Grüße: Ihr neuer Anschluss")
	m.SetMessageIDWithValue("order-1@dialtone.example")
	m.SetBodyString(mail.TypeTextPlain, "Hallo Zoë,\nhttps://portal.example/activate/abc\n"+strings.Repeat("lang ", 50))
	m.AddAlternativeString(mail.TypeTextHTML, `<p>Hallo Zoë <a href="https://portal.example/activate/abc">öffnen</a></p>`)
	if err := m.AttachReader("a.txt", strings.NewReader("attached")); err != nil {
		t.Fatal(err)
	}
	return client.DialAndSendWithContext(t.Context(), m)
}

func TestAMailArrivesOnceForEachRecipient(t *testing.T) {
	inbox := newInbox(t)
	server := startMail(t, inbox)
	if err := send(t, server, "zoe@example.org", "max@example.org"); err != nil {
		t.Fatalf("send: %v", err)
	}
	for _, to := range []string{"zoe@example.org", "max@example.org"} {
		got := received(t, inbox, to)
		if len(got) != 1 {
			t.Fatalf("%s got %d mails", to, len(got))
		}
		m := got[0]
		for field, right := range map[string]bool{
			"channel": m.Channel == local.ChannelMail,
			"from":    m.From == "no-reply@dialtone.example",
			"subject": m.Subject == "Grüße: Ihr neuer Anschluss",
			"text":    strings.HasPrefix(m.Text, "Hallo Zoë,\nhttps://") && !strings.Contains(m.Text, "attached"),
			"html":    strings.HasPrefix(m.HTML, "<p>Hallo Zoë <a href="),
			"links":   len(m.Links) == 1 && m.Links[0] == "https://portal.example/activate/abc",
			"id":      m.MessageID == "order-1@dialtone.example",
			"headers": strings.Contains(m.Headers["From"], "Dialtone Ü"),
		} {
			if !right {
				t.Errorf("wrong %s in %+v", field, m)
			}
		}
	}
}

func TestPlainAndForeignMailsAreRead(t *testing.T) {
	inbox := newInbox(t)
	server := startMail(t, inbox)
	for name, c := range map[string]struct{ raw, text, html, from string }{
		"no header but a subject": {"Subject: x\r\n\r\nhello\r\n", "hello\n", "", "envelope@example.org"},
		"only html":               {"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n", "", "<b>x</b>\n", "a@b.example"},
		"latin-1": {
			"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nM=FCller\r\n",
			"Müller\n", "", "envelope@example.org",
		},
		"unknown charset": {"Content-Type: text/plain; charset=klingon\r\n\r\nx\r\n", "x\n", "", "envelope@example.org"},
		"a dot":           {"Subject: x\r\n\r\n..\r\n", ".\n", "", "envelope@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			to := strings.ReplaceAll(name, " ", "-") + "@example.org"
			if err := smtp.SendMail(server.Address(), nil, "envelope@example.org", []string{to}, []byte(strings.Replace(c.raw, "..", ".", 1))); err != nil {
				t.Fatal(err)
			}
			got := received(t, inbox, to)
			if len(got) != 1 || got[0].Text != c.text || got[0].HTML != c.html || got[0].From != c.from {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestMailFaultsAreAnsweredAndUsedUp(t *testing.T) {
	for _, c := range []struct {
		fault local.MailFault
		code  int // 0: the connection ends
		kept  int
	}{
		{local.MailFault{Stage: "connect", Code: 421, Enhanced: "4.3.2", Text: "closing", Times: 1}, 421, 0},
		{local.MailFault{Stage: "connect", Times: 1}, 0, 0},
		{local.MailFault{Stage: "mail", Code: 451, Text: "greylisted", Times: 1}, 451, 0},
		{local.MailFault{Stage: "rcpt", Code: 550, Enhanced: "5.1.1", Text: "unknown", Times: 1, To: "a@example.org"}, 550, 0},
		{local.MailFault{Stage: "rcpt", Times: 1}, 0, 0},
		{local.MailFault{Stage: "data", Code: 552, Enhanced: "5.2.2", Text: "full", Times: 1}, 552, 0},
		{local.MailFault{Stage: "data", Times: 1}, 0, 0},
		{local.MailFault{Stage: "accepted", Code: 451, Times: 1}, 451, 1},
		{local.MailFault{Stage: "accepted", Times: 1}, 0, 1},
	} {
		t.Run(fmt.Sprint(c.fault.Stage, " ", c.fault.Code), func(t *testing.T) {
			inbox := newInbox(t)
			server := startMail(t, inbox)
			if err := server.Fail(c.fault); err != nil {
				t.Fatal(err)
			}
			err := smtp.SendMail(server.Address(), nil, "b@example.org", []string{"a@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
			if reply, ok := errors.AsType[*textproto.Error](err); ok {
				if reply.Code != c.code || !strings.Contains(reply.Msg, c.fault.Enhanced) || !strings.Contains(reply.Msg, c.fault.Text) {
					t.Errorf("the answer is %v", reply)
				}
			} else if err == nil || c.code != 0 {
				t.Errorf("the answer is %v", err)
			}
			if got := len(received(t, inbox, "a@example.org")); got != c.kept {
				t.Errorf("%d mails were kept", got)
			}
			if err := send(t, server, "a@example.org"); err != nil {
				t.Errorf("after its one time the fault is still there: %v", err)
			}
		})
	}
}

func TestAFaultForOneRecipientLeavesOthersAlone(t *testing.T) {
	server := startMail(t, newInbox(t))
	if err := server.Fail(local.MailFault{Stage: "rcpt", Code: 550, To: "gone@example.org"}); err != nil {
		t.Fatal(err)
	}
	if err := send(t, server, "here@example.org"); err != nil {
		t.Errorf("another recipient was refused: %v", err)
	}
	for range 2 {
		if err := send(t, server, "gone@example.org"); err == nil {
			t.Error("the recipient was accepted")
		}
	}
	server.Heal()
	if err := send(t, server, "gone@example.org"); err != nil {
		t.Errorf("still refused: %v", err)
	}
}

func TestImpossibleMailFaultsAreInvalid(t *testing.T) {
	server := startMail(t, newInbox(t))
	for name, fault := range map[string]local.MailFault{
		"no stage":          {Code: 550},
		"a good answer":     {Stage: "rcpt", Code: 250},
		"no status code":    {Stage: "rcpt", Code: 550, Enhanced: "5.1"},
		"too much of it":    {Stage: "rcpt", Code: 550, Enhanced: "5.1.1.1"},
		"negative times":    {Stage: "rcpt", Code: 550, Times: -1},
		"recipient at EHLO": {Stage: "connect", Code: 421, To: "a@example.org"},
	} {
		if err := server.Fail(fault); domain.KindOf(err) != domain.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStoppingDoesNotWaitForIdleClients(t *testing.T) {
	server := startMail(t, newInbox(t))
	client, err := smtp.Dial(server.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Hello("client.example"); err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := client.Noop(); err == nil {
		t.Error("the dialogue goes on after the stop")
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Errorf("stop once more: %v", err)
	}
}

func TestATakenMailPortIsAnError(t *testing.T) {
	inbox := newInbox(t)
	server := startMail(t, inbox)
	if _, err := local.StartMail(t.Context(), server.Address(), inbox, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("two mail servers share a port")
	}
}

func TestAMailThatCannotBeKeptIsTheSendersToSendAgain(t *testing.T) {
	inbox := openInbox(t, filepath.Join(t.TempDir(), "inbox.db"), 10)
	server := startMail(t, inbox)
	if err := inbox.Close(); err != nil {
		t.Fatal(err)
	}
	err := smtp.SendMail(server.Address(), nil, "b@example.org", []string{"a@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code != 451 {
		t.Errorf("the answer is %v", err)
	}
}
