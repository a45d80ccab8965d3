package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dialtone/activities"
	"dialtone/api"
	"dialtone/deploy/local"
)

// listen takes the address of HTTP before anything else, since mailed links
// follow it where no public URL is set.
func (p *process) listen(ctx context.Context) error {
	address := p.config.HTTP
	if p.roles.api {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return fmt.Errorf("listen for HTTP: %w", err)
		}
		p.listener, address = listener, listener.Addr().String()
		p.where.http = address
		p.stops.add(grounds, func(context.Context) error { _ = listener.Close(); return nil }) // the server has closed it before, if it came that far
	}
	if p.config.PublicURL == "" {
		p.config.PublicURL = "http://" + address
	}
	return nil
}

func (p *process) startAPI(ctx context.Context) error {
	config, err := p.apiConfig(ctx)
	if err != nil {
		return err
	}
	server, err := api.New(config)
	if err != nil {
		return err
	}
	if p.roles.all() { // nobody else works on requests of before
		if err := server.TakeOver(ctx); err != nil {
			return fmt.Errorf("take over requests that were cut off: %w", err)
		}
	}
	web := webServer(server.Handler(), readTime)
	web.BaseContext = func(net.Listener) context.Context { return context.WithoutCancel(ctx) } // what is under way is drained
	p.group.Go(func() error {
		if err := web.Serve(p.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve HTTP: %w", err)
		}
		return nil
	})
	p.stops.add(fronts, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		if err := web.Shutdown(ctx); err != nil {
			return web.Close()
		}
		return nil
	})
	return nil
}

// readTime is how long a request may take to arrive, its body included.
const readTime = 30 * time.Second

// webServer gives a server that bounds what strangers may send, and how slowly.
func webServer(handler http.Handler, readTime time.Duration) *http.Server {
	return &http.Server{
		Handler: withoutReadDeadline(handler), ReadHeaderTimeout: min(5*time.Second, readTime), ReadTimeout: readTime,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
}

// withoutReadDeadline lifts the deadline once a request without a body is there:
// behind it net/http ends the request's context, and with it live pages.
func withoutReadDeadline(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == http.NoBody {
			_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // a writer without deadlines has none to lift
		}
		next.ServeHTTP(w, r)
	})
}

func (p *process) apiConfig(ctx context.Context) (api.Config, error) {
	token, err := operatorToken(filepath.Join(p.config.Data, "operator.token"))
	if err != nil {
		return api.Config{}, err
	}
	policies, err := rules(p.config)
	if err != nil {
		return api.Config{}, err
	}
	reports, err := receipts(p.config, p.stands, p.journal.Now)
	if err != nil {
		return api.Config{}, err
	}
	news, err := vendorReports(p.config, p.stands, p.journal.Now)
	if err != nil {
		return api.Config{}, err
	}
	staff, err := p.config.oidc()
	if err != nil {
		return api.Config{}, err
	}
	words := newPasswords(ctx)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	config := api.Config{
		Measure: registry, Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
		Journal: p.journal, Views: p.views, Policies: policies,
		ClaimKey: p.secrets[secretClaims], LinkKey: p.secrets[secretLinks],
		DeviceKey: p.secrets[secretDevices], SessionKey: p.secrets[secretSessions],
		PublicURL: p.config.PublicURL, SIPDomain: p.config.SIPDomain, SIPTransport: "udp", OperatorToken: token, OIDC: staff,
		NewID: uuid.NewString, Hash: words.hash, Verify: words.verify, Log: p.log.With("part", "api"),
		Ready:   func(ctx context.Context) error { _, err := p.store.Head(ctx); return err },
		Closing: ctx.Done(), Vendor: news, Reports: activities.NewMailReports(p.secrets[secretLinks], p.journal.Now),
	}
	if reports != nil {
		config.Receipts = reports
	}
	if p.temporal != nil && p.temporal.UIAddress() != "" {
		config.TemporalUI = "http://" + p.temporal.UIAddress()
	}
	if p.stands != nil && isLoopback(p.where.http) {
		config.Dev = local.DevHandler(p.stands.Stands)
	}
	return config, nil
}

// isLoopback tells whether an address is reached from this machine only: the
// stand-ins show mailed links, so they are not for anybody else.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
