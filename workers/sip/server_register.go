package sip

import (
	"context"
	"strconv"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"dialtone/projections/routing"
)

// rowsTimeout bounds how long a REGISTER waits for the database.
const rowsTimeout = 5 * time.Second

func (w *Worker) onRegister(req *msg.Request, tx msg.ServerTransaction) {
	from := source(req)
	if !w.ours(req.Recipient.Host, from.address) {
		w.answer(req, tx, 404, "Not Found")
		return
	}
	caller := w.authenticate(req, tx, "Authorization", 401)
	if caller == nil {
		return
	}
	if to := req.To(); to.Address.User != caller.Login || !w.ours(to.Address.Host, from.address) {
		w.answer(req, tx, 403, "Forbidden")
		return
	}
	in, reason := readRegistration(req, caller.Login, from)
	if reason != "" {
		w.answer(req, tx, 400, reason)
		return
	}
	ctx, cancel := context.WithTimeout(w.lifetime, rowsTimeout)
	defer cancel()
	now := w.config.Clock()
	out, err := w.registrar.register(ctx, in, now)
	if err != nil {
		w.config.Log.Error("a registration was not kept", "user", caller.ID, "error", err)
		w.answer(req, tx, 500, "Server Internal Error")
		return
	}
	w.config.Log.Debug("registration", "user", caller.ID, "status", out.status, "contacts", len(out.bindings))
	w.answer(req, tx, out.status, out.reason, registerFields(out, now)...)
}

// registerFields are the fields of the registrar's answer.
func registerFields(out registered, now time.Time) []msg.Header {
	if out.status == 423 {
		return []msg.Header{msg.NewHeader("Min-Expires", strconv.Itoa(minExpires))}
	}
	headers := make([]msg.Header, 0, len(out.bindings)+1)
	for _, b := range out.bindings {
		value := "<" + b.Contact + ">;expires=" + strconv.Itoa(int(b.Expires.Sub(now).Round(time.Second)/time.Second))
		if b.Instance != "" {
			value += `;+sip.instance="` + b.Instance + `"`
		}
		headers = append(headers, msg.NewHeader("Contact", value))
	}
	if out.status == 200 {
		headers = append(headers, msg.NewHeader("Date", now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")))
	}
	return headers
}

// readRegistration takes from a REGISTER what decides about it; a reason means
// that it is malformed.
func readRegistration(req *msg.Request, username string, from hop) (in registration, reason string) {
	in = registration{
		username: username, callID: req.CallID().Value(), cseq: req.CSeq().SeqNo,
		received: from.address.String(), transport: from.transport,
	}
	if values := fields(req, "Expires"); len(values) > 0 {
		in.expires = seconds(values[0])
	}
	for _, header := range req.GetHeaders("Contact") {
		value, ok := header.(*msg.ContactHeader)
		if !ok {
			return in, "Bad Contact"
		}
		if value.Address.Wildcard {
			in.star = true
			continue
		}
		uri := &value.Address
		text := uri.String()
		if uri.Scheme != "sip" || uri.Host == "" || uri.Port < 0 || uri.Port > 65535 || len(text) > 512 || strings.ContainsAny(text, " \t<>\"") {
			return in, "Bad Contact"
		}
		c := contact{uri: text}
		if expires, has := value.Params.Get("expires"); has {
			c.expires = seconds(expires)
		}
		if instance, has := value.Params.Get("+sip.instance"); has && len(instance) <= 128 {
			c.instance = strings.Trim(instance, `"`)
		}
		in.contacts = append(in.contacts, c)
	}
	return in, ""
}

// seconds reads an expiry; a malformed one counts as an hour (RFC 3261 §20.19).
func seconds(text string) *int {
	value, err := strconv.ParseUint(text, 10, 32)
	number := int(min(value, maxExpires))
	if err != nil {
		number = defaultExpires
	}
	return &number
}

// authenticate gives the user whose password the sender knows; without one it
// has sent a challenge (401 for us, 407 for a proxy).
func (w *Worker) authenticate(req *msg.Request, tx msg.ServerTransaction, field string, status int) *routing.User {
	now := w.config.Clock()
	from := source(req).address.Addr().String()
	in := w.gate.admit(credentials{method: string(req.Method), source: from, values: fields(req, field)}, now)
	if in.user != nil {
		return in.user
	}
	values, err := w.gate.challenges(from, in.stale, now)
	if err != nil {
		w.config.Log.Error("a SIP challenge was not made", "error", err)
		w.answer(req, tx, 500, "Server Internal Error")
		return nil
	}
	name, reason := "WWW-Authenticate", "Unauthorized"
	if status == 407 {
		name, reason = "Proxy-Authenticate", "Proxy Authentication Required"
	}
	headers := make([]msg.Header, 0, len(values))
	for _, value := range values {
		headers = append(headers, msg.NewHeader(name, value))
	}
	w.answer(req, tx, status, reason, headers...)
	return nil
}
