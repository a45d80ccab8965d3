package api_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/sim"
)

const vendorSecret = "0123456789abcdef"

// vendorSays reports news, signed with a secret at a moment.
func (h *house) vendorSays(secret string, at time.Time, body string) answer {
	h.t.Helper()
	seconds := fmt.Sprint(at.Unix())
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write([]byte(seconds + "." + body))
	return h.send(http.MethodPost, "/webhooks/sim", body, "Dialtone-Signature: t="+seconds+",v1="+hex.EncodeToString(sum.Sum(nil)))
}

func TestNewsOfTheSIMVendorAreAReasonToAsk(t *testing.T) {
	h := open(t, func(c *api.Config) { c.Vendor = activities.NewVendorReports(vendorSecret, c.Journal.Now) })
	id := h.call(http.MethodPost, "/v1/users/"+h.holders(h.company("onenet"), 1)[0]+"/sims", `{"kind":"esim"}`).want(t, http.StatusCreated).text("id")
	now := h.clock.Now()
	facts := func() int {
		t.Helper()
		history, err := h.journal.Load(t.Context(), sim.Stream(id))
		must(t, err)
		return len(history.Facts)
	}
	report := func(n int, reference string) string {
		return fmt.Sprintf(`{"id":"report-%d","type":"order.dispatched","order":"o","reference":%q}`, n, reference)
	}
	h.vendorSays(vendorSecret, now, report(1, id)).want(t, http.StatusNoContent)
	if facts() != 1 {
		t.Error("an early report wrote something")
	}
	h.simFact(id, sim.OrderAccepted{Attempt: 1})
	for name, a := range map[string]answer{
		"another secret": h.vendorSays("another secret!!", now, report(2, id)), "an old signature": h.vendorSays(vendorSecret, now.Add(-6*time.Minute), report(2, id)),
		"a later one": h.vendorSays(vendorSecret, now.Add(6*time.Minute), report(2, id)), "none": h.send(http.MethodPost, "/webhooks/sim", report(2, id)),
	} {
		if a.status != http.StatusForbidden || facts() != 2 {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	h.vendorSays(vendorSecret, now, `{"id":"report-2"}`).problem(t, http.StatusUnprocessableEntity, "unreadable-report")
	h.vendorSays(vendorSecret, now, report(2, domain.DeriveID("nobody"))).want(t, http.StatusNoContent)
	for range 2 {
		h.vendorSays(vendorSecret, now, report(2, id)).want(t, http.StatusNoContent)
	}
	if s := h.sim(id); facts() != 3 || !s.CheckAt.Equal(now) {
		t.Errorf("after a report that came twice: %d facts, %+v", facts(), s)
	}
	h.simFact(id, sim.Dispatched{Personal: &sim.Card{IMSI: freshIMSI()}})
	h.vendorSays(vendorSecret, now, report(3, id)).want(t, http.StatusNoContent)
	if facts() != 4 {
		t.Error("a late report wrote something")
	}
}

func TestWithoutASecretTheSIMVendorReportsNothing(t *testing.T) {
	h := open(t)
	h.vendorSays(vendorSecret, h.clock.Now(), `{}`).problem(t, http.StatusForbidden, "forged")
}
