package activities

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// tlsPolicies is what go-mail is asked for in each mode. Implicit TLS is made
// by the dialer, so STARTTLS stays off there.
var tlsPolicies = map[TLSMode]mail.TLSPolicy{
	TLSNone:     mail.NoTLS,
	TLSOffered:  mail.TLSOpportunistic,
	TLSRequired: mail.TLSMandatory,
	TLSImplicit: mail.NoTLS,
}

// quitTimeout bounds the good-bye; the message is already decided by then.
const quitTimeout = 2 * time.Second

// dial connects, greets, protects the connection and logs in.
func (m *Mailer) dial(ctx context.Context) (*smtp.Client, error) {
	options := []mail.Option{
		mail.WithPort(m.config.Port),
		mail.WithTimeout(m.config.Timeout),
		mail.WithHELO(m.config.HELO),
		mail.WithTLSPolicy(tlsPolicies[m.config.TLS]),
		mail.WithTLSConfig(m.tlsConfig()),
		mail.WithDialContextFunc(m.connect(ctx)),
	}
	if m.config.Username != "" {
		options = append(options, mail.WithUsername(m.config.Username), mail.WithPassword(m.config.Password), m.login())
	}
	client, err := mail.NewClient(m.config.Host, options...)
	if err != nil {
		return nil, err
	}
	return client.DialToSMTPClientWithContext(ctx)
}

// login chooses how to prove who we are. go-mail can't see a TLS connection
// that a dialer made, so implicit TLS names the mechanisms; otherwise it
// discovers them and offers no password in the clear.
func (m *Mailer) login() mail.Option {
	if m.config.TLS == TLSImplicit {
		return mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin, mail.SMTPAuthCramMD5)
	}
	return mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover)
}

func (m *Mailer) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: m.config.Host, RootCAs: m.config.RootCAs, MinVersion: tls.VersionTLS12}
}

// connect gives a dialer whose connections are closed when the attempt ends:
// go-mail looks at a context only while it dials, and leaves a connection open
// whose greeting or login fails.
func (m *Mailer) connect(attempt context.Context) mail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(attempt, func() { _ = conn.Close() })
		if m.config.TLS != TLSImplicit {
			return conn, nil
		}
		secured := tls.Client(conn, m.tlsConfig())
		return secured, secured.HandshakeContext(ctx)
	}
}

// quit says good-bye and closes; what the server answers changes nothing.
func quit(client *smtp.Client) {
	_ = client.UpdateDeadline(quitTimeout)
	if client.Quit() != nil {
		_ = client.Close()
	}
}
