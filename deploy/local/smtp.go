package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// maxMail is the size in bytes beyond which a mail is refused.
const maxMail = 10 << 20

// MailServer is an SMTP server (RFC 5321) that delivers everything it accepts
// into an Inbox. It asks for no login and offers no TLS: it is for loopback.
type MailServer struct {
	server   *smtp.Server
	listener net.Listener
	inbox    *Inbox
	log      *slog.Logger
	faults   faults[MailFault]
	ended    chan struct{}
	reportTo atomic.Pointer[string]
}

// StartMail serves on host:port, port 0 taking a free one, until Stop. The
// context is the one messages are kept under; ending it ends no connection.
func StartMail(ctx context.Context, address string, inbox *Inbox, log *slog.Logger) (*MailServer, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	m := &MailServer{listener: listener, inbox: inbox, log: log, ended: make(chan struct{})}
	m.server = smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &mailSession{ctx: ctx, server: m, conn: conn}, nil
	}))
	m.server.Domain = "dialtone.local"
	m.server.MaxMessageBytes = maxMail
	m.server.MaxRecipients = 100
	m.server.ReadTimeout = time.Minute
	m.server.WriteTimeout = time.Minute
	m.server.EnableSMTPUTF8 = true
	m.server.EnableDSN = true
	m.server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	go func() {
		defer close(m.ended)
		if err := m.server.Serve(doorkeeper{listener, m}); err != nil && !errors.Is(err, net.ErrClosed) {
			log.ErrorContext(ctx, "embedded mail server ended", "error", err)
		}
	}()
	return m, nil
}

// Address is the host:port it listens on.
func (m *MailServer) Address() string { return m.listener.Addr().String() }

// Stop ends the server and its connections at once; a mail whose acceptance
// was not answered yet is the sender's to send again.
func (m *MailServer) Stop(ctx context.Context) error {
	// The listener too: the server doesn't know it yet if it was just started.
	for _, err := range []error{m.server.Close(), m.listener.Close()} {
		if err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("stop the mail server: %w", err)
		}
	}
	select {
	case <-m.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop the mail server: %w", ctx.Err())
	}
}

// doorkeeper hands on connections, except those a fault turns away.
type doorkeeper struct {
	net.Listener
	server *MailServer
}

// Accept waits for a connection that is let in.
func (d doorkeeper) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		fault, failing := d.server.fault(StageConnect)
		if !failing {
			return conn, nil
		}
		if answer := fault.answer(); answer != nil {
			fmt.Fprintf(conn, "%d %d.%d.%d %s\r\n", answer.Code,
				answer.EnhancedCode[0], answer.EnhancedCode[1], answer.EnhancedCode[2], answer.Message)
		}
		_ = conn.Close()
	}
}
