// Package api is what programs and people speak to over HTTP: the JSON API under
// /v1, described at /openapi.json, and the pages. Requests come in; commands go
// to the journal through the Desk, questions to the read models.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"dialtone/api/locales"
	"dialtone/domain/policy"
	"dialtone/eventstore"
	"dialtone/projections"
)

// Config is what the API needs; cmd fills it.
type Config struct {
	Journal  *eventstore.Journal
	Views    *projections.Views
	Policies map[string]policy.Policy // by name

	// The server's keys, 32 bytes each: for e-mail claims, link tokens, logins
	// of desk phones and sessions.
	ClaimKey, LinkKey, DeviceKey, SessionKey []byte

	PublicURL     string // the origin in links, "https://phones.example"; never from a request
	TemporalUI    string // origin of Temporal's Web UI, "" for no links to it
	SIPDomain     string // realm and domain of addresses of record
	SIPTransport  string // what a desk phone is told: "udp", "tcp" or "tls"
	OperatorToken string // bearer token with the operator's role
	OIDC          *OIDC  // where staff sign in; nil: nowhere

	NewID    func() string                             // a fresh random UUID, for commands, requests and sessions
	Hash     func(password string) (string, error)     // argon2id in PHC form, bounded in concurrency
	Verify   func(password, hash string) (bool, error) // whether a hash is the password's, bounded alike
	Log      *slog.Logger
	Receipts ReceiptReader               // reads what the SMS provider reports; nil: nobody does
	Vendor   VendorReader                // reads what the SIM vendor reports; nil: nobody does
	Reports  ReportReader                // reads what mail servers report; nil: nobody does
	Dev      http.Handler                // /dev/*: embedded mode only, else nil
	Ready    func(context.Context) error // why the process cannot serve yet, nil if it can
	Metrics  http.Handler                // /metrics, nil for none
	Measure  prometheus.Registerer       // where the API's own measurements go, nil for nowhere
	Closing  <-chan struct{}             // closed when the process drains: live streams end; nil for never
}

// Server answers HTTP requests.
type Server struct {
	Desk *Desk

	cfg      Config
	texts    *locales.Catalogue
	engine   *gin.Engine
	api      huma.API
	sessions *sessions
	staff    *staff // nil: there is no provider for staff
	answers  *answers
	times    *prometheus.HistogramVec
	receipts *prometheus.CounterVec
	gauges   *gauges
	document []byte // /openapi.json
}

// New makes a server with all its routes.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("the API cannot be made: %w", err)
	}
	texts, err := locales.Open()
	if err != nil {
		return nil, err
	}
	gin.SetMode(gin.ReleaseMode)
	s := &Server{
		Desk: newDesk(cfg), cfg: cfg, texts: texts, engine: gin.New(),
		sessions: newSessions(cfg), staff: newStaff(cfg), times: newTimes(cfg.Measure), receipts: newReceipts(cfg.Measure), gauges: newGauges(cfg.Measure),
		answers: &answers{write: cfg.Views.DB(), now: cfg.Journal.Now, newID: cfg.NewID, log: cfg.Log},
	}
	if err := s.engine.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("the API cannot be made: %w", err)
	}
	s.engine.HandleMethodNotAllowed = true
	s.engine.RedirectTrailingSlash = false
	s.engine.Use(s.named, s.caught)
	s.engine.NoRoute(s.nowhere)
	s.engine.NoMethod(s.notSo)
	if err := s.routesAPI(); err != nil {
		return nil, err
	}
	return s, s.routesPages()
}

// check tells everything that is missing.
func (c Config) check() error {
	var problems []error
	need := func(ok bool, what string) {
		if !ok {
			problems = append(problems, errors.New(what))
		}
	}
	need(c.Journal != nil, "Journal is missing")
	need(c.Views != nil, "Views are missing")
	need(c.NewID != nil, "NewID is missing")
	need(c.Hash != nil, "Hash is missing")
	need(c.Verify != nil, "Verify is missing")
	need(c.Log != nil, "Log is missing")
	need(len(c.Policies) > 0, "Policies are missing")
	for _, key := range []struct {
		name  string
		value []byte
	}{{"ClaimKey", c.ClaimKey}, {"LinkKey", c.LinkKey}, {"DeviceKey", c.DeviceKey}, {"SessionKey", c.SessionKey}} {
		need(len(key.value) == 32, key.name+" has 32 bytes")
	}
	need(c.OIDC == nil || c.OIDC.Issuer != "" && c.OIDC.Client != "" && c.OIDC.RoleClaim != "", "OIDC needs an issuer, a client and a claim of roles")
	origin, err := url.Parse(c.PublicURL)
	need(err == nil && origin.Scheme != "" && origin.Host != "", "PublicURL is an origin such as https://phones.example")
	return errors.Join(problems...)
}

// TakeOver makes requests whose process has ended free to be sent again. It is
// called by the only process on a database, before it serves.
func (s *Server) TakeOver(ctx context.Context) error { return s.answers.free(ctx) }

// Handler gives everything the server answers, with what stands around each request.
func (s *Server) Handler() http.Handler {
	guard := http.NewCrossOriginProtection()
	if origin, err := url.Parse(s.cfg.PublicURL); err == nil {
		_ = guard.AddTrustedOrigin(origin.Scheme + "://" + origin.Host) // check has seen that it is an origin
	}
	guard.SetDenyHandler(http.HandlerFunc(s.foreign))
	return s.observed(protected(guard.Handler(s.engine), referrerPolicy(s.cfg.PublicURL)))
}
