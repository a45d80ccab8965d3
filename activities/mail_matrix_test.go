package activities_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
)

// line is one thing a scripted SMTP server does. The first word says at which
// command; "CONNECT" is the greeting and "." the end of the content. The rest is
// the reply, or one of:
//
//	hang-up  closes the connection instead
//	silence  says nothing until the client leaves
//	garbage  says what is no reply
type line string

// scripted is an SMTP server of a few commands on a loopback port. What its
// script does not name goes well.
func scripted(t *testing.T, script []line) activities.MailConfig {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		converse(conn, script)
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return activities.MailConfig{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, From: "service@example.org",
		Timeout: 10 * time.Second,
	}
}

var usualReplies = map[string]string{
	"CONNECT": "220 relay.example.org ESMTP", "EHLO": "250-relay.example.org\r\n250 ENHANCEDSTATUSCODES", "HELO": "250 relay.example.org",
	"STARTTLS": "220 go on", "AUTH": "235 2.7.0 welcome", "MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok", "DATA": "354 go on",
	".": "250 2.0.0 queued", "QUIT": "221 2.0.0 bye", "NOOP": "250 2.0.0 ok", "RSET": "250 2.0.0 ok",
}

func converse(conn net.Conn, script []line) {
	reader := bufio.NewReader(conn)
	for command := "CONNECT"; ; {
		reply := usualReplies[command]
		for _, each := range script {
			if at, does, _ := strings.Cut(string(each), " "); at == command {
				reply = does
			}
		}
		switch reply {
		case "hang-up":
			return
		case "silence":
			_, _ = reader.ReadString(0)
			return
		case "garbage":
			reply = "what?"
		}
		if _, err := fmt.Fprintf(conn, "%s\r\n", reply); err != nil {
			return
		}
		content := command == "DATA" && strings.HasPrefix(reply, "354")
		for {
			text, err := reader.ReadString('\n')
			if err != nil {
				return
			}
			text = strings.TrimSpace(text)
			if !content {
				command, _, _ = strings.Cut(strings.ToUpper(text), " ")
				break
			}
			if text == "." {
				command = "."
				break
			}
		}
	}
}

// The classes a mail can end in.
const (
	soon   = "soon"    // tried again in seconds, then minutes
	later  = "later"   // tried again in minutes, then hours
	slow   = "slow"    // tried again in hours
	repair = "repair"  // tried again while the operator sets the channel right
	never  = "never"   // not tried again
	inOpen = "in open" // as soon, and it may have arrived: the same Message-ID goes out again
)

var firstWaits = map[string]time.Duration{
	soon: 5 * time.Second, later: 5 * time.Minute, slow: time.Hour, repair: 5 * time.Minute, never: 0, inOpen: 5 * time.Second,
}

// smtpFaults are the ways in which handing a mail over goes wrong, each with
// what follows.
var smtpFaults = []struct {
	name   string
	script []line
	mode   activities.TLSMode
	login  bool
	class  string
	cause  string
	party  string
}{
	// Greylisting, at every command it can come at.
	{"greylisted at the sender", []line{"MAIL 451 4.7.1 greylisted, come back"}, "", false, later, "greylisted", "mail"},
	{"greylisted at the recipient", []line{"RCPT 450 4.7.1 Greylisting in action"}, "", false, later, "greylisted", "mail"},
	{"greylisted at the recipient by custom", []line{"RCPT 451 4.7.1 try later"}, "", false, later, "greylisted", "mail"},
	{"greylisted at the recipient by words", []line{"RCPT 451 you are greylisted for 300 s"}, "", false, later, "greylisted", "mail"},
	{"greylisted at the content", []line{"DATA 451 4.7.1 graylisted"}, "", false, later, "greylisted", "mail"},
	{"greylisted after the content", []line{". 451 4.7.1 greylist"}, "", false, later, "greylisted", "mail"},
	{"busy mailbox", []line{"RCPT 450 4.2.0 mailbox busy"}, "", false, later, "server-busy", "mail"},
	{"local error", []line{"RCPT 451 4.3.0 local error"}, "", false, later, "server-busy", "mail"},

	// 421 closes the connection, at every stage.
	{"421 in the greeting", []line{"CONNECT 421 4.3.2 shutting down"}, "", false, soon, "server-busy", "mail"},
	{"421 at EHLO", []line{"EHLO 421 4.3.2 shutting down", "HELO 421 4.3.2 shutting down"}, "", false, soon, "server-busy", "mail"},
	{"421 at the sender", []line{"MAIL 421 4.7.0 too many mails"}, "", false, soon, "server-busy", "mail"},
	{"421 at the recipient", []line{"RCPT 421 4.7.0 too many mails"}, "", false, soon, "server-busy", "mail"},
	{"421 at the content", []line{"DATA 421 4.3.2 shutting down"}, "", false, soon, "server-busy", "mail"},
	{"421 after the content", []line{". 421 4.3.2 shutting down"}, "", false, soon, "server-busy", "mail"},

	// A final no, at every stage; before an address was named it is about us.
	{"5xx in the greeting", []line{"CONNECT 554 5.3.2 no service"}, "", false, repair, "channel-misconfigured", "operator"},
	{"521 in the greeting", []line{"CONNECT 521 no mail here"}, "", false, repair, "channel-misconfigured", "operator"},
	{"5xx at EHLO", []line{"EHLO 554 5.7.1 not you", "HELO 554 5.7.1 not you"}, "", false, repair, "channel-misconfigured", "operator"},
	{"login wanted", []line{"MAIL 530 5.7.0 log in"}, "", false, repair, "channel-misconfigured", "operator"},
	{"sender unknown", []line{"MAIL 550 5.1.8 bad sender"}, "", false, repair, "channel-misconfigured", "operator"},
	{"sender by policy", []line{"MAIL 550 5.7.1 blocked"}, "", false, never, "policy-refused", "operator"},
	{"command unknown", []line{"MAIL 502 5.5.1 what"}, "", false, repair, "channel-misconfigured", "operator"},
	{"mailbox unknown", []line{"RCPT 550 5.1.1 no such user"}, "", false, never, "mailbox-unknown", "admin"},
	{"mailbox unknown, bare", []line{"RCPT 550 no such user"}, "", false, never, "mailbox-unknown", "admin"},
	{"mailbox elsewhere", []line{"RCPT 551 5.1.6 moved"}, "", false, never, "mailbox-unknown", "admin"},
	{"mailbox disabled", []line{"RCPT 550 5.2.1 disabled"}, "", false, never, "mailbox-unknown", "admin"},
	{"domain unknown", []line{"RCPT 550 5.1.2 no such host"}, "", false, never, "mailbox-unknown", "admin"},
	{"domain without mail", []line{"RCPT 556 5.1.10 null MX"}, "", false, never, "mailbox-unknown", "admin"},
	{"relaying denied", []line{"RCPT 550 5.7.1 relaying denied"}, "", false, never, "policy-refused", "operator"},
	{"content refused before it came", []line{"DATA 554 5.7.1 no"}, "", false, never, "policy-refused", "operator"},
	{"spam", []line{". 554 looks like spam"}, "", false, never, "content-filtered", "operator"},
	{"unauthenticated", []line{". 550 5.7.26 no SPF"}, "", false, never, "policy-refused", "operator"},

	// Sizes and full mailboxes.
	{"full mailbox, for now", []line{"RCPT 452 4.2.2 over quota"}, "", false, slow, "mailbox-full", "user"},
	{"full mailbox, called final", []line{"RCPT 552 5.2.2 over quota"}, "", false, slow, "mailbox-full", "user"},
	{"full mailbox after the content", []line{". 552 5.2.2 over quota"}, "", false, slow, "mailbox-full", "user"},
	{"full disk", []line{"MAIL 452 4.3.1 no space"}, "", false, later, "server-busy", "mail"},
	{"too large, said at the sender", []line{"MAIL 552 5.3.4 too large"}, "", false, never, "content-filtered", "operator"},
	{"too large, said after the content", []line{". 552 5.3.4 too large"}, "", false, never, "content-filtered", "operator"},

	// Lost connections; only behind the final dot is it open what became of the mail.
	{"lost before the greeting", []line{"CONNECT hang-up"}, "", false, soon, "connection", "mail"},
	{"lost at EHLO", []line{"EHLO hang-up"}, "", false, soon, "connection", "mail"},
	{"lost at the sender", []line{"MAIL hang-up"}, "", false, soon, "connection", "mail"},
	{"lost at the recipient", []line{"RCPT hang-up"}, "", false, soon, "connection", "mail"},
	{"lost before the content", []line{"DATA hang-up"}, "", false, soon, "connection", "mail"},
	{"lost after the final dot", []line{". hang-up"}, "", false, inOpen, "connection", "mail"},
	{"garbage in the greeting", []line{"CONNECT garbage"}, "", false, soon, "connection", "mail"},
	{"garbage at the recipient", []line{"RCPT garbage"}, "", false, soon, "connection", "mail"},
	{"garbage after the final dot", []line{". garbage"}, "", false, inOpen, "connection", "mail"},

	// Slow servers.
	{"silent from the beginning", []line{"CONNECT silence"}, "", false, soon, "timeout", "mail"},
	{"silent at the sender", []line{"MAIL silence"}, "", false, soon, "timeout", "mail"},
	{"silent at the recipient", []line{"RCPT silence"}, "", false, soon, "timeout", "mail"},
	{"silent after the final dot", []line{". silence"}, "", false, inOpen, "timeout", "mail"},

	// TLS and login.
	{"STARTTLS missing where it must be", nil, activities.TLSRequired, false, repair, "channel-misconfigured", "operator"},
	{"STARTTLS not now", []line{"EHLO 250-relay\r\n250 STARTTLS", "STARTTLS 454 4.7.0 TLS not available"}, activities.TLSRequired, false, soon, "tls", "mail"},
	{"STARTTLS breaks", []line{"EHLO 250-relay\r\n250 STARTTLS", "STARTTLS hang-up"}, activities.TLSRequired, false, soon, "connection", "mail"},
	{"STARTTLS without TLS behind it", []line{"EHLO 250-relay\r\n250 STARTTLS", "STARTTLS 220 go on\r\n220 no TLS here"}, activities.TLSRequired, false, soon, "tls", "mail"},
	{"no TLS at all", nil, activities.TLSImplicit, false, soon, "tls", "mail"},
	{"encryption needed", []line{"RCPT 550 5.7.10 encryption needed"}, "", false, soon, "tls", "mail"},
	{"no login offered", nil, "", true, repair, "channel-misconfigured", "operator"},
}

func TestEverySMTPFaultEndsInItsClass(t *testing.T) {
	for _, c := range smtpFaults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config := scripted(t, c.script)
			config.TLS = c.mode
			for _, each := range c.script {
				if strings.HasSuffix(string(each), " silence") {
					config.Timeout = 50 * time.Millisecond
				}
			}
			if c.login {
				config.Username, config.Password = "sender", "s3cret"
			}
			got := newMailer(t, config).Send(t.Context(), letterToJane)
			if got.Accepted || got.Cause != c.cause || got.Responsible != c.party || got.Permanent != (c.class == never) || got.Ambiguous != (c.class == inOpen) {
				t.Errorf("outcome %+v", got)
			}
			if wait := activities.NextTry(got, 1); wait != firstWaits[c.class] {
				t.Errorf("%s, but the next try is in %v", c.class, wait)
			}
		})
	}
}

func TestAScriptedServerTakesMailWhereNothingIsWrong(t *testing.T) {
	if got := newMailer(t, scripted(t, nil)).Send(t.Context(), letterToJane); !got.Accepted {
		t.Errorf("outcome %+v", got)
	}
}
