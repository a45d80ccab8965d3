package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/deploy/local/temporald"
	"dialtone/domain"
	"dialtone/domain/company"
)

// stands are the stand-ins for what an operator has outside: a mail server, an
// SMS provider and a network. Those that are not embedded are left out of use.
type stands struct {
	local.Stands
	sms      *http.Server
	smsAddr  string
	vendor   *http.Server
	vendorAt string
	smsToken string // drawn anew for each process, since it signs receipts

	simSecret string // likewise, of the SIM vendor's reports
}

const (
	standAccount = "ACdialtone"
	inboxLimit   = 10_000
)

// startStands starts the stand-ins and the inbox they deliver to.
func startStands(ctx context.Context, c Config, log *slog.Logger) (_ *stands, err error) {
	s := &stands{smsToken: rand.Text(), simSecret: rand.Text()}
	if s.Inbox, err = local.OpenInbox(ctx, filepath.Join(c.Data, "inbox.db"), inboxLimit, time.Now); err != nil {
		return nil, fmt.Errorf("open the inbox: %w", err)
	}
	if s.Mail, err = local.StartMail(ctx, "127.0.0.1:0", s.Inbox, log); err != nil {
		return nil, errors.Join(err, s.Inbox.Close())
	}
	s.Mail.ReportTo(strings.TrimRight(c.PublicURL, "/") + activities.ReportPath)
	s.Network = local.NewNetwork()
	s.SMS = local.NewSMS(local.SMSConfig{Account: standAccount, Token: s.smsToken, Inbox: s.Inbox, Random: rand.Reader})
	s.Vendor, err = local.OpenSIMVendor(local.SIMVendorConfig{
		ReportTo: strings.TrimRight(c.PublicURL, "/") + activities.SIMReportPath, Secret: []byte(s.simSecret), Clock: time.Now, Log: log,
	}, filepath.Join(c.Data, "sim-vendor.jsonl"))
	if err != nil {
		return nil, errors.Join(err, s.Mail.Stop(ctx), s.Inbox.Close())
	}
	if s.sms, s.smsAddr, err = standIn(ctx, "SMS service", s.SMS, log); err == nil {
		s.vendor, s.vendorAt, err = standIn(ctx, "SIM vendor", s.Vendor, log)
	}
	if err != nil {
		return nil, errors.Join(err, s.stop(ctx))
	}
	return s, nil
}

// standIn serves a stand-in that is spoken to over HTTP.
func standIn(ctx context.Context, name string, handler http.Handler, log *slog.Logger) (*http.Server, string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("listen for the embedded %s: %w", name, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the embedded "+name+" ended", "error", err)
		}
	}()
	return server, listener.Addr().String(), nil
}

func (s *stands) stop(ctx context.Context) error {
	var problems []error
	for _, server := range []*http.Server{s.sms, s.vendor} {
		if server != nil {
			problems = append(problems, server.Close())
		}
	}
	return errors.Join(append(problems, s.Vendor.Close(), s.Mail.Stop(ctx), s.Inbox.Close())...)
}

// courier gives the mail sender of the configuration.
func courier(c Config, s *stands) (*activities.Mailer, error) {
	config := activities.MailConfig{TLS: activities.TLSNone}
	if c.SMTP == embedded {
		host, port, err := splitPort(s.Mail.Address())
		if err != nil {
			return nil, err
		}
		config.Host, config.Port = host, port
	} else {
		var err error
		if config, err = activities.ParseSMTP(c.SMTP); err != nil {
			return nil, err
		}
	}
	config.From, config.FromName = c.MailFrom, "Dialtone"
	return activities.NewMailer(config)
}

// noNetwork stands where no operator's network is connected: activations and
// connections wait until one is.
type noNetwork struct{}

// Activate tells that nobody is there.
func (noNetwork) Activate(context.Context, string, domain.E164) error {
	return domain.Faultf(domain.Unavailable, "no-network", "no operator's network is connected to this worker")
}

// Connect tells that nobody is there.
func (n noNetwork) Connect(ctx context.Context, order string, block company.Block) error {
	return n.Activate(ctx, order, block.From)
}

// startTemporal starts the embedded Temporal server.
func startTemporal(ctx context.Context, c Config, log *slog.Logger) (*temporald.Server, error) {
	server, err := temporald.Start(ctx, temporald.Config{
		File: filepath.Join(c.Data, "temporal.db"), UI: c.TemporalUI, Log: log.With("part", "temporal"),
	})
	if err != nil {
		return nil, fmt.Errorf("start the embedded Temporal server: %w", err)
	}
	return server, nil
}

func splitPort(address string) (string, int, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("read the address %s: %w", address, err)
	}
	port, err := net.LookupPort("tcp", text)
	return host, port, err
}
