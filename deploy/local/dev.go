package local

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
)

// Stands are the stand-ins DevHandler controls. All are needed.
type Stands struct {
	Inbox   *Inbox
	Mail    *MailServer
	SMS     *SMS
	Network *Network
	Vendor  *SIMVendor
}

// DevHandler serves everything under /dev: the inbox as JSON (/dev/messages)
// and as a page (/dev/inbox), and the faults of the stand-ins
// (/dev/{mail,sms,network,sim}/faults: POST one, DELETE all), and has the SMS service
// and the mail server report a delivery (POST /dev/sms/receipts, /dev/mail/reports)
// and the SIM vendor send a card (POST /dev/sim/dispatches). It asks for no login and belongs on
// loopback, in embedded mode only.
func DevHandler(stands Stands) http.Handler {
	mux := http.NewServeMux()
	inbox := InboxHandler(stands.Inbox)
	mux.Handle("GET /dev/messages", inbox)
	mux.Handle("GET /dev/inbox", inbox)
	mux.Handle("POST /dev/mail/faults", told(arm(stands.Mail.Fail)))
	mux.Handle("POST /dev/sms/faults", told(arm(stands.SMS.Fail)))
	mux.Handle("POST /dev/sms/receipts", told(stands.SMS.Report))
	mux.Handle("POST /dev/mail/reports", told(stands.Mail.Report))
	mux.Handle("POST /dev/network/faults", told(arm(stands.Network.Fail)))
	mux.Handle("POST /dev/sim/faults", told(arm(stands.Vendor.Fail)))
	mux.Handle("POST /dev/sim/dispatches", told(stands.Vendor.Dispatch))
	mux.Handle("DELETE /dev/sim/faults", disarm(func(*http.Request) { stands.Vendor.Heal() }))
	mux.Handle("DELETE /dev/mail/faults", disarm(func(*http.Request) { stands.Mail.Heal() }))
	mux.Handle("DELETE /dev/sms/faults", disarm(func(*http.Request) { stands.SMS.Heal() }))
	mux.Handle("DELETE /dev/network/faults", disarm(func(r *http.Request) {
		stands.Network.Heal(r.URL.Query().Get("number"))
	}))
	return mux
}

func arm[F any](fail func(F) error) func(context.Context, F) error {
	return func(_ context.Context, fault F) error { return fail(fault) }
}

// told decodes what a stand-in is told to do. It insists on JSON: a foreign page
// can't send that without asking first, and it is never allowed to.
func told[F any](do func(context.Context, F) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			problem(w, http.StatusUnsupportedMediaType, "a fault is application/json")
			return
		}
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
		decoder.DisallowUnknownFields()
		var fault F
		if err := decoder.Decode(&fault); err != nil {
			problem(w, http.StatusBadRequest, "read the fault: "+err.Error())
			return
		}
		if err := do(r.Context(), fault); err != nil {
			problem(w, http.StatusUnprocessableEntity, err.Error())
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func disarm(heal func(*http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heal(r)
		w.WriteHeader(http.StatusNoContent)
	})
}

// problem answers with problem details (RFC 9457).
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // the client may have gone
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
	})
}
