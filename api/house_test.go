package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dialtone/api"
	"dialtone/deploy/policies"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/projections"
)

const operatorToken = "the-operators-token"

// clock is a clock that is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// house is the API on a real event store and real read models.
type house struct {
	t       *testing.T
	url     string
	clock   *clock
	journal *eventstore.Journal
	keys    *sqlstore.Keys
	views   *projections.Views
	server  *api.Server
	log     *bytes.Buffer
}

func open(t *testing.T, changes ...func(*api.Config)) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, log: &bytes.Buffer{}}
	ctx, folder := t.Context(), t.TempDir()
	store, err := sqlstore.Open(ctx, sqlstore.Config{Path: filepath.Join(folder, "events.db"), Clock: h.clock.Now, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	keys, err := sqlstore.OpenKeys(ctx, filepath.Join(folder, "keys.db"), bytes.Repeat([]byte{7}, 32), strings.NewReader(strings.Repeat("random", 100_000)))
	must(t, err)
	h.keys = keys
	codec, err := eventstore.NewCodec(keys, wire.Events()...)
	must(t, err)
	h.journal = eventstore.NewJournal(store, codec, h.clock.Now)
	h.views, err = projections.Open(ctx, projections.Config{DSN: "sqlite:" + filepath.Join(folder, "projections.db"), Clock: h.clock.Now})
	must(t, err)
	presets, err := policies.Presets()
	must(t, err)
	registry := prometheus.NewRegistry()
	cfg := api.Config{
		Journal: h.journal, Views: h.views, Policies: presets,
		ClaimKey: key(1), LinkKey: key(2), DeviceKey: key(3), SessionKey: key(4),
		PublicURL: "http://phones.example", SIPDomain: "dialtone.local", SIPTransport: "udp", OperatorToken: operatorToken,
		NewID: uuid.NewString, Hash: hashed,
		Verify:  func(secret, hash string) (bool, error) { sum, err := hashed(secret); return sum == hash, err },
		Log:     slog.New(slog.NewJSONHandler(&lockedWriter{to: h.log}, nil)),
		Measure: registry, Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
	}
	for _, change := range changes {
		change(&cfg)
	}
	h.server, err = api.New(cfg)
	must(t, err)
	listener := httptest.NewServer(h.server.Handler())
	h.url = listener.URL
	running, stop := context.WithCancel(context.Background())
	var projector sync.WaitGroup
	projector.Go(func() { _ = h.views.Run(running, h.journal) })
	t.Cleanup(func() {
		listener.Close()
		stop()
		projector.Wait()
		must(t, h.views.Close())
		must(t, store.Close())
		must(t, keys.Close())
	})
	return h
}

// hashed stands in for the slow hash of secrets.
func hashed(secret string) (string, error) {
	return fmt.Sprintf("hashed:%x", sha256.Sum256([]byte(secret))), nil
}

type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

// in gives the house to a test of a test.
func (h *house) in(t *testing.T) *house {
	inner := *h
	inner.t = t
	return &inner
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// call sends a request as the operator; headers are "Name: value".
func (h *house) call(method, path, body string, headers ...string) answer {
	h.t.Helper()
	return h.send(method, path, body, append([]string{"Authorization: Bearer " + operatorToken}, headers...)...)
}

func (h *house) send(method, path, body string, headers ...string) answer {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, strings.NewReader(body))
	must(h.t, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
		if name == "Host" {
			request.Host = value
		}
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	must(h.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	must(h.t, err)
	a := answer{status: response.StatusCode, header: response.Header, raw: raw}
	_ = json.Unmarshal(raw, &a.body)
	return a
}

// get asks for something as it is after an earlier answer.
func (h *house) get(path string, after answer) answer {
	h.t.Helper()
	return h.call(http.MethodGet, path, "", "Dialtone-After: "+after.header.Get("Dialtone-Position"))
}

// want checks the status.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	return a
}

// problem checks that the answer is a complete problem of a code.
func (a answer) problem(t *testing.T, status int, code string) answer {
	t.Helper()
	a.want(t, status)
	if a.text("code") != code || a.text("type") != "urn:dialtone:problem:"+code || a.text("trace") == "" || a.text("detail") == "" || a.text("title") == "" {
		t.Fatalf("not a complete problem %s: %s", code, a.raw)
	}
	if a.body["status"] != float64(status) || a.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("status in the body or media type are wrong: %s %s", a.header.Get("Content-Type"), a.raw)
	}
	return a
}

// names checks that a problem names exactly these fields.
func (a answer) names(t *testing.T, pointers ...string) {
	t.Helper()
	var found []string
	list, _ := a.body["errors"].([]any)
	for _, item := range list {
		finding, _ := item.(map[string]any)
		found = append(found, fmt.Sprint(finding["pointer"]))
		if finding["detail"] == "" || finding["detail"] == nil {
			t.Fatalf("a finding says nothing: %s", a.raw)
		}
	}
	if fmt.Sprint(found) != fmt.Sprint(pointers) {
		t.Fatalf("fields %v, want %v: %s", found, pointers, a.raw)
	}
}

// at walks into the body: "activation.link.state".
func (a answer) at(path string) any {
	var value any = a.body
	for part := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[part]
		case []any:
			var n int
			if _, err := fmt.Sscan(part, &n); err != nil || n >= len(v) {
				return nil
			}
			value = v[n]
		default:
			return nil
		}
	}
	return value
}

func (a answer) text(path string) string {
	if value := a.at(path); value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

func (a answer) items() []any { items, _ := a.body["items"].([]any); return items }

// company orders a company with the numbers +49301234500 to …99.
func (h *house) company(policy string, more ...string) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"name":"Acme","policy":%q,"language":"de","country":"DE","numbers":[{"from":"+49301234500","to":"+49301234599"}]%s}`,
		policy, strings.Join(more, ""))
	return h.call(http.MethodPost, "/v1/companies", body).want(h.t, http.StatusCreated).text("id")
}

// user orders a user.
func (h *house) user(company, body string, headers ...string) answer {
	h.t.Helper()
	return h.call(http.MethodPost, "/v1/companies/"+company+"/users", body, headers...)
}

func ada(number string) string {
	return fmt.Sprintf(`{"firstName":"Ada","lastName":"Lovelace","email":"ada%s@example.com","mobile":"+491711234567","number":"+493012345%s"}`, number, number)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
