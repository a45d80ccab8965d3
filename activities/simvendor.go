package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/sim"
)

// VendorConfig says where the SIM vendor is.
type VendorConfig struct {
	URL     string // "https://vendor.example/dialtone"
	Token   string // bearer token, "" for none
	Secret  string // of the signatures on its reports, "" where it makes none
	Timeout time.Duration
}

// VendorTimeout is how long the vendor may take for one answer.
const VendorTimeout = 20 * time.Second

// VendorJob is one thing the vendor is asked for. Key is the same for every try
// of it.
type VendorJob struct {
	Task       sim.Task
	Key, Order string
	SIM, Kind  string
	Company    VendorCompany
	Card       sim.Card
	Former     sim.Card // the card that ends, of a swap
}

// VendorCompany is whom a card is sent to.
type VendorCompany struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Country string `json:"country"`
}

// VendorAnswer is what the vendor said about a job that went through.
type VendorAnswer struct {
	State   string // of an order: accepted, dispatched or cancelled
	Profile sim.Profile
}

// Vendor speaks to the SIM vendor over HTTP, as docs/sim-vendor.md describes. It
// is safe for concurrent use.
type Vendor struct {
	config VendorConfig
	client *http.Client
}

// NewVendor makes a client for a vendor.
func NewVendor(config VendorConfig) *Vendor {
	if config.Timeout == 0 {
		config.Timeout = VendorTimeout
	}
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Vendor{config: config, client: &http.Client{CheckRedirect: noRedirect}}
}

// ParseVendor reads http(s)://[:TOKEN@]host/path?secret=SECRET. Its errors show
// no part of the text.
func ParseVendor(raw string) (VendorConfig, error) {
	wrong := func(why string) (VendorConfig, error) {
		return VendorConfig{}, domain.Faultf(domain.Invalid, "vendor-url", "reading the SIM vendor's address: %s", why)
	}
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" || parsed.Fragment != "" {
		return wrong("it must look like https://:TOKEN@vendor.example/path?secret=SECRET")
	}
	query := parsed.Query()
	for name := range query {
		if name != "secret" {
			return wrong("it has an unknown option; known is secret")
		}
	}
	config := VendorConfig{Secret: query.Get("secret")}
	if query.Has("secret") && len(config.Secret) < 16 {
		return wrong("secret has at least 16 characters")
	}
	if parsed.User != nil {
		config.Token, _ = parsed.User.Password()
	}
	if config.Token != "" && parsed.Scheme == "http" && !isLoopbackHost(parsed.Hostname()) {
		return wrong("a token goes over https only")
	}
	parsed.User, parsed.RawQuery = nil, ""
	config.URL = strings.TrimRight(parsed.String(), "/")
	return config, nil
}

func isLoopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// vendorBody is what is sent and answered: what is not said is left out.
type vendorBody struct {
	Order     string         `json:"order,omitempty"`
	Reference string         `json:"reference,omitempty"` // our id of the SIM
	Kind      string         `json:"kind,omitempty"`
	DeliverTo *VendorCompany `json:"deliverTo,omitempty"`
	Card      *sim.Card      `json:"card,omitempty"`
	Replaces  *sim.Card      `json:"replaces,omitempty"`

	State   string       `json:"state,omitempty"`
	Profile *esimProfile `json:"profile,omitempty"`
	Code    string       `json:"code,omitempty"` // of a refusal
	Detail  string       `json:"detail,omitempty"`
}

type esimProfile struct {
	SMDP       string `json:"smdp"`
	MatchingID string `json:"matchingId"`
}

// routeOf gives method, path and body of a job.
func routeOf(job VendorJob) (method, path string, body vendorBody) {
	order := "/v1/orders/" + url.PathEscape(job.Order)
	card := &job.Card
	switch job.Task {
	case sim.Order:
		return http.MethodPost, "/v1/orders", vendorBody{Order: job.Order, Reference: job.SIM, Kind: job.Kind, DeliverTo: &job.Company}
	case sim.Check:
		return http.MethodGet, order, vendorBody{}
	case sim.Cancel:
		return http.MethodPost, order + "/cancel", vendorBody{Reference: job.SIM}
	case sim.Prepare:
		return http.MethodPost, "/v1/esims", vendorBody{Order: job.Order, Reference: job.SIM}
	case sim.Activate:
		if job.Former.Named() {
			return http.MethodPost, "/v1/cards/swap", vendorBody{Reference: job.SIM, Kind: job.Kind, Card: card, Replaces: &job.Former}
		}
		return http.MethodPost, "/v1/cards/activate", vendorBody{Reference: job.SIM, Kind: job.Kind, Card: card}
	case sim.Block, sim.Unblock, sim.Release, sim.Rest, sim.Wait, sim.Name, sim.Forget:
	}
	return http.MethodPost, "/v1/cards/" + string(job.Task), vendorBody{Reference: job.SIM, Card: card}
}

// Do asks the vendor once. Doing the same job again, after a lost answer too, is
// nothing to the vendor.
func (v *Vendor) Do(ctx context.Context, job VendorJob) (VendorAnswer, Outcome) {
	ctx, cancel := context.WithTimeout(ctx, v.config.Timeout)
	defer cancel()
	method, path, sent := routeOf(job)
	var content io.Reader
	if method != http.MethodGet {
		text, err := json.Marshal(sent)
		if err != nil {
			return VendorAnswer{}, vendorOutcome("request", causeVendorMisconfigured, true)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, v.config.URL+path, content)
	if err != nil {
		return VendorAnswer{}, vendorOutcome("request", causeVendorMisconfigured, false)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", job.Key)
	if v.config.Token != "" {
		request.Header.Set("Authorization", "Bearer "+v.config.Token)
	}
	response, err := v.client.Do(request)
	if err != nil {
		return VendorAnswer{}, lostVendor(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer vendorBody
	err = json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(&answer)
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return VendorAnswer{}, classifyVendor(response.StatusCode, answer, response.Header, v.personal(job)...)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return VendorAnswer{}, vendorOutcome(fmt.Sprintf("http %d", response.StatusCode), causeVendorBusy, false)
	}
	return readVendor(job, answer)
}

// personal lists what the vendor's words must not tell.
func (v *Vendor) personal(job VendorJob) []string {
	return []string{job.Card.IMSI, job.Card.ICCID, job.Former.IMSI, job.Former.ICCID, v.config.Token}
}

// readVendor judges an answer: what cannot be used counts as none.
func readVendor(job VendorJob, answer vendorBody) (VendorAnswer, Outcome) {
	result := VendorAnswer{State: answer.State}
	if answer.Card != nil {
		card, err := (sim.Typed{IMSI: answer.Card.IMSI, ICCID: answer.Card.ICCID}).Card("")
		if err != nil {
			return VendorAnswer{}, vendorOutcome("bad card", causeVendorBusy, false)
		}
		result.Profile.Card = card
	}
	if answer.Profile != nil {
		result.Profile.SMDP, result.Profile.MatchingID = answer.Profile.SMDP, answer.Profile.MatchingID
	}
	complete := true
	if job.Task == sim.Check || job.Task == sim.Cancel {
		complete = answer.State == VendorDispatched && result.Profile.Named() || answer.State == VendorAccepted || answer.State == VendorCancelled
	}
	if job.Task == sim.Prepare {
		complete = result.Profile.Named() && profileForm.MatchString(result.Profile.SMDP+"$"+result.Profile.MatchingID)
	}
	if !complete {
		return VendorAnswer{}, vendorOutcome("incomplete", causeVendorBusy, false)
	}
	return result, Outcome{Accepted: true}
}

// The states of an order.
const (
	VendorAccepted   = "accepted"
	VendorDispatched = "dispatched"
	VendorCancelled  = "cancelled"
)
