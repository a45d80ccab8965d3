package activities

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/sim"
)

// SIMReportPath is where the SIM vendor reports news, below the public URL.
const SIMReportPath = "/webhooks/sim"

// reportAge is how far the moment of a signature may lie from ours.
const reportAge = 5 * time.Minute

// VendorReports reads what the SIM vendor reports, as docs/sim-vendor.md
// describes it.
type VendorReports struct {
	secret []byte
	now    func() time.Time
}

// NewVendorReports makes a reader of reports that are signed with a secret.
func NewVendorReports(secret string, now func() time.Time) *VendorReports {
	return &VendorReports{secret: []byte(secret), now: now}
}

// Read checks the signature, "t=SECONDS,v1=HEX" over "SECONDS.BODY", and gives
// what the report says. What the vendor has not signed, or not lately, is a
// Denied fault; what it has signed and we can't read is an Invalid one.
func (r *VendorReports) Read(signature string, body []byte) (sim.News, error) {
	at, sum, whole := strings.Cut(signature, ",v1=")
	at, timed := strings.CutPrefix(at, "t=")
	given, err := hex.DecodeString(sum)
	if !whole || !timed || err != nil {
		return sim.News{}, forged()
	}
	own := hmac.New(sha256.New, r.secret)
	own.Write([]byte(at + "."))
	own.Write(body)
	if !hmac.Equal(own.Sum(nil), given) {
		return sim.News{}, forged()
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || r.now().Sub(time.Unix(seconds, 0)).Abs() > reportAge {
		return sim.News{}, forged()
	}
	var report struct {
		ID        string `json:"id"`
		Type      string `json:"type"`
		Reference string `json:"reference"`
	}
	if err := json.Unmarshal(body, &report); err != nil || report.ID == "" || report.Type == "" || report.Reference == "" {
		return sim.News{}, domain.Faultf(domain.Invalid, "unreadable-report", "the report lacks an id, a type or a reference")
	}
	return sim.News{ID: report.ID, Event: report.Type, SIM: report.Reference}, nil
}
