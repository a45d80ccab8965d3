package local

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"dialtone/domain"
	"dialtone/domain/sim"
)

// SIMVendorConfig says how the stand-in for the SIM vendor works.
type SIMVendorConfig struct {
	ReportTo string // where it reports news to, "" for nowhere
	Secret   []byte // of the signatures on its reports
	Clock    func() time.Time
	Log      *slog.Logger
}

// SIMVendor stands in for the SIM vendor, as docs/sim-vendor.md describes it. It
// sends cards when it is told to.
type SIMVendor struct {
	cfg    SIMVendorConfig
	mux    *http.ServeMux
	faults faults[SIMFault]
	mu     sync.Mutex
	orders map[string]*simOrder
	cards  map[string]*simCard // by IMSI
	drawn  int
	book   *os.File // what it did, a line each; nil where it is kept in memory only
}

type simOrder struct {
	Order     string    `json:"order"`
	Reference string    `json:"reference"`
	State     string    `json:"state"` // accepted, dispatched, cancelled
	Card      *sim.Card `json:"card,omitempty"`
	Profile   *simCode  `json:"profile,omitempty"`
}

type simCode struct {
	SMDP       string `json:"smdp"`
	MatchingID string `json:"matchingId"`
}

type simCard struct {
	sim.Card
	Reference string `json:"reference"` // whose it is, "" for nobody's
	Blocked   bool   `json:"blocked"`
	Times     int    `json:"times"` // how often it was activated
}

// SIMFault is one way the vendor is told to fail.
type SIMFault struct {
	Path   string `json:"path"`             // "/v1/orders", or "*" for all
	Status int    `json:"status"`           // HTTP status, 400 to 599
	Code   string `json:"code,omitempty"`   // of the refusal, "card-in-use"
	Detail string `json:"detail,omitempty"` // what the answer says
	Times  int    `json:"times"`            // how often; 0 means until Heal
	Done   bool   `json:"done,omitempty"`   // it is done nevertheless, as after a lost answer
}

// NewSIMVendor makes a vendor with nothing ordered yet.
func NewSIMVendor(cfg SIMVendorConfig) *SIMVendor {
	v := &SIMVendor{cfg: cfg, mux: http.NewServeMux(), orders: map[string]*simOrder{}, cards: map[string]*simCard{}}
	v.mux.HandleFunc("POST /v1/orders", v.order)
	v.mux.HandleFunc("GET /v1/orders/{order}", v.order)
	v.mux.HandleFunc("POST /v1/orders/{order}/cancel", v.cancel)
	v.mux.HandleFunc("POST /v1/esims", v.prepare)
	v.mux.HandleFunc("POST /v1/cards/{action}", v.card)
	return v
}

// ServeHTTP answers, or fails as it was told to.
func (v *SIMVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault, failing := v.faults.take(func(f SIMFault) bool { return f.Path == "*" || f.Path == r.URL.Path })
	if failing && !fault.Done {
		simRefusal(w, fault.Status, fault.Code, fault.Detail)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if !failing {
		v.mux.ServeHTTP(w, r)
		return
	}
	v.mux.ServeHTTP(unheard{http.Header{}}, r)
	simRefusal(w, fault.Status, fault.Code, fault.Detail)
}

// unheard takes an answer that nobody gets.
type unheard struct{ header http.Header }

func (u unheard) Header() http.Header         { return u.header }
func (u unheard) Write(b []byte) (int, error) { return len(b), nil }
func (u unheard) WriteHeader(int)             {}

type simRequest struct {
	Order     string    `json:"order"`
	Reference string    `json:"reference"`
	Card      *sim.Card `json:"card"`
	Replaces  *sim.Card `json:"replaces"`
}

func readSIM(w http.ResponseWriter, r *http.Request) (in simRequest, ok bool) {
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Reference == "" {
		simRefusal(w, http.StatusBadRequest, "unreadable", "the request cannot be read")
		return in, false
	}
	return in, true
}

func simRefusal(w http.ResponseWriter, status int, code, detail string) {
	writeJSON(w, status, map[string]string{"code": code, "detail": detail})
}

// order takes an order once, and tells where one stands.
func (v *SIMVendor) order(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if id := r.PathValue("order"); id != "" {
		if order, known := v.orders[id]; known {
			writeJSON(w, http.StatusOK, order)
			return
		}
		simRefusal(w, http.StatusNotFound, "unknown-order", "there is no such order")
		return
	}
	in, ok := readSIM(w, r)
	if !ok {
		return
	}
	if v.orders[in.Order] == nil {
		v.orders[in.Order] = &simOrder{Order: in.Order, Reference: in.Reference, State: "accepted"}
		v.note(simEntry{Order: v.orders[in.Order]})
	}
	writeJSON(w, http.StatusOK, v.orders[in.Order])
}

// cancel keeps a card that was not sent; an order that is not known yet will
// never be carried out.
func (v *SIMVendor) cancel(w http.ResponseWriter, r *http.Request) {
	in, ok := readSIM(w, r)
	if !ok {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	id := r.PathValue("order")
	if v.orders[id] == nil {
		v.orders[id] = &simOrder{Order: id, Reference: in.Reference}
	}
	if v.orders[id].State != "dispatched" {
		v.orders[id].State = "cancelled"
		v.note(simEntry{Order: v.orders[id]})
	}
	writeJSON(w, http.StatusOK, v.orders[id])
}

func (v *SIMVendor) prepare(w http.ResponseWriter, r *http.Request) {
	in, ok := readSIM(w, r)
	if !ok {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.orders[in.Order] == nil {
		card := v.draw(in.Reference)
		sum := sha256.Sum256([]byte(in.Order))
		code := fmt.Sprintf("%X-%X-%X", sum[:4], sum[4:8], sum[8:12])
		v.orders[in.Order] = &simOrder{Order: in.Order, Reference: in.Reference, State: "dispatched", Card: &card, Profile: &simCode{"smdp.vendor.example", code}}
		v.note(simEntry{Order: v.orders[in.Order]})
	}
	writeJSON(w, http.StatusOK, v.orders[in.Order])
}

// draw makes a new card.
func (v *SIMVendor) draw(reference string) sim.Card {
	v.drawn++
	card := sim.Card{IMSI: fmt.Sprintf("24001743%07d", 9_000_000+v.drawn), ICCID: withCheckDigit(fmt.Sprintf("894601%012d", 900_000_000+v.drawn))}
	v.cards[card.IMSI] = &simCard{Card: card, Reference: reference}
	v.note(simEntry{Card: v.cards[card.IMSI]})
	return card
}

func withCheckDigit(digits string) string {
	sum := 0
	for n := range digits {
		digit := int(digits[len(digits)-1-n] - '0')
		if n%2 == 0 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

// known finds a card by either of its numbers, and makes one of a number that was
// never seen: people have cards in their drawers.
func (v *SIMVendor) known(card sim.Card) *simCard {
	for _, known := range v.cards {
		if card.IMSI != "" && known.IMSI == card.IMSI || card.ICCID != "" && known.ICCID == card.ICCID {
			return known
		}
	}
	v.drawn++
	if card.IMSI == "" {
		card.IMSI = fmt.Sprintf("24001743%07d", 8_000_000+v.drawn)
	}
	if card.ICCID == "" {
		card.ICCID = withCheckDigit("894602" + card.IMSI[3:])
	}
	v.cards[card.IMSI] = &simCard{Card: card}
	return v.cards[card.IMSI]
}

func (v *SIMVendor) card(w http.ResponseWriter, r *http.Request) {
	in, ok := readSIM(w, r)
	if !ok || in.Card == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	card, action := v.known(*in.Card), r.PathValue("action")
	if card.Reference != "" && card.Reference != in.Reference {
		simRefusal(w, http.StatusConflict, "card-in-use", "the card belongs to another subscription")
		return
	}
	switch action {
	case "activate", "swap":
		if card.Reference == "" || card.Times == 0 {
			card.Times++
		}
		card.Reference = in.Reference
		if in.Replaces != nil {
			former := v.known(*in.Replaces)
			former.Reference = ""
			v.note(simEntry{Card: former})
		}
	case "block", "unblock":
		card.Blocked = action == "block"
	case "release":
		card.Reference = ""
	default:
		simRefusal(w, http.StatusNotFound, "unknown-action", "nobody knows how to do that")
		return
	}
	v.note(simEntry{Card: card})
	writeJSON(w, http.StatusOK, map[string]any{"card": card.Card})
}

// Fail arms a fault. Faults that fit the same request are used oldest first.
func (v *SIMVendor) Fail(fault SIMFault) error {
	var check domain.Check
	check.Need(fault.Path != "", "/path", "missing", "is a path such as /v1/orders, or * for all")
	check.Need(fault.Status >= 400 && fault.Status <= 599, "/status", "range", "is not 400 to 599")
	check.Need(fault.Times >= 0, "/times", "negative", "is below 0")
	if err := check.Err(); err != nil {
		return err
	}
	v.faults.add(fault, fault.Times)
	return nil
}

// Heal disarms all faults.
func (v *SIMVendor) Heal() { v.faults.remove(anything) }

// SIMDispatch tells the vendor to send the card that was ordered for a SIM.
type SIMDispatch struct {
	SIM    string `json:"sim"`
	Silent bool   `json:"silent,omitempty"` // it does not report that
}

// Dispatch sends a card and reports it. What was cancelled is refused.
func (v *SIMVendor) Dispatch(ctx context.Context, in SIMDispatch) error {
	order, err := v.send(in.SIM)
	if err != nil || in.Silent || v.cfg.ReportTo == "" {
		return err
	}
	return v.report(ctx, map[string]any{
		"id": order.Order + "-dispatched", "type": "order.dispatched", "order": order.Order, "reference": order.Reference,
	})
}

func (v *SIMVendor) send(reference string) (simOrder, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, order := range v.orders {
		if order.Reference != reference {
			continue
		}
		if order.State == "cancelled" {
			return *order, domain.Faultf(domain.Refused, "cancelled", "the order was cancelled")
		}
		if order.State == "accepted" {
			card := v.draw(reference)
			order.State, order.Card = "dispatched", &card
			v.note(simEntry{Order: order})
		}
		return *order, nil
	}
	return simOrder{}, domain.Faultf(domain.Missing, "unknown-order", "there is no such order")
}

// Activations counts how often a card was brought into service.
func (v *SIMVendor) Activations(imsi string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	if card := v.cards[imsi]; card != nil {
		return card.Times
	}
	return 0
}

// Orders counts the orders of a SIM that were not cancelled.
func (v *SIMVendor) Orders(reference string) (standing int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, order := range v.orders {
		if order.Reference == reference && order.State != "cancelled" {
			standing++
		}
	}
	return standing
}

// report tells the news, signed as docs/sim-vendor.md says.
func (v *SIMVendor) report(ctx context.Context, news map[string]any) error {
	body, err := json.Marshal(news)
	if err != nil {
		return fmt.Errorf("word a report: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.cfg.ReportTo, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("report to %s: %w", v.cfg.ReportTo, err)
	}
	at := strconv.FormatInt(v.cfg.Clock().Unix(), 10)
	sum := hmac.New(sha256.New, v.cfg.Secret)
	sum.Write([]byte(at + "."))
	sum.Write(body)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Dialtone-Signature", "t="+at+",v1="+hex.EncodeToString(sum.Sum(nil)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("report to %s: %w", v.cfg.ReportTo, err)
	}
	if err := response.Body.Close(); err != nil {
		return fmt.Errorf("report to %s: %w", v.cfg.ReportTo, err)
	}
	if response.StatusCode != http.StatusNoContent {
		return domain.Faultf(domain.Unavailable, "report-refused", "the report was answered with %d", response.StatusCode)
	}
	return nil
}
