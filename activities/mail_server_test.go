package activities_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"dialtone/activities"
)

// script is what a test's SMTP server answers, step by step; nil is yes.
type script struct {
	hello, from, rcpt, data func(*smtp.Conn) error
	password                string // asked for where set
	tls, implicit           bool
}

// relay is a real SMTP server on a loopback port that keeps what it accepts.
type relay struct {
	script script
	port   int
	roots  *x509.CertPool
	mutex  sync.Mutex
	mails  []string
	rcpts  []string
}

func startRelay(t *testing.T, script script) *relay {
	t.Helper()
	r := &relay{script: script, roots: x509.NewCertPool()}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{relay: r, conn: c}, run(script.hello, c)
	}))
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "relay.example.org", true, log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.port = listener.Addr().(*net.TCPAddr).Port
	if script.tls || script.implicit {
		server.TLSConfig = r.certify(t)
	}
	if script.implicit {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = listener.Close() // in case Serve had not taken it yet
		<-done
	})
	return r
}

func (r *relay) config() activities.MailConfig {
	return activities.MailConfig{
		Host: "127.0.0.1", Port: r.port, RootCAs: r.roots, Timeout: 10 * time.Second,
		From: "service@example.org", FromName: "Example Phone", MessageIDDomain: "mail.example.org",
	}
}

func (r *relay) received() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return append([]string(nil), r.mails...)
}

// certify makes a certificate for the loopback address that only this test's
// pool trusts.
func (r *relay) certify(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	r.roots.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

type session struct {
	relay *relay
	conn  *smtp.Conn
	rcpt  string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return run(s.relay.script.from, s.conn) }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.rcpt = to
	return run(s.relay.script.rcpt, s.conn)
}

func (s *session) Data(body io.Reader) error {
	content, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if err := run(s.relay.script.data, s.conn); err != nil {
		return err
	}
	s.relay.mutex.Lock()
	defer s.relay.mutex.Unlock()
	s.relay.mails, s.relay.rcpts = append(s.relay.mails, string(content)), append(s.relay.rcpts, s.rcpt)
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "Ok: queued as 4FxQ1 for <" + s.rcpt + ">"}
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if s.relay.script.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "sender" || password != s.relay.script.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong password " + password}
		}
		return nil
	}), nil
}

func run(step func(*smtp.Conn) error, conn *smtp.Conn) error {
	if step == nil {
		return nil
	}
	return step(conn)
}

// says answers with a reply; no enhanced code where the digits are all 0.
func says(code, class, subject, detail int, text string) func(*smtp.Conn) error {
	enhanced := smtp.EnhancedCode{class, subject, detail}
	if class == 0 {
		enhanced = smtp.NoEnhancedCode
	}
	return func(*smtp.Conn) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
	}
}

// hangsUp cuts the connection instead of answering.
func hangsUp(conn *smtp.Conn) error {
	_ = conn.Conn().Close()
	return nil
}
