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
	meant := func(uri string) bool { return w.meant(req, uri) }
	in := w.gate.admit(credentials{method: string(req.Method), source: from, values: fields(req, field), meant: meant}, now)
	switch {
	case in.user != nil:
		return in.user
	case in.astray:
		w.answer(req, tx, 400, "Digest Uri Is Not The Request-URI")
		return nil
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

// meant tells whether a digest's uri names what its request is for (RFC 7616
// §3.4.6), so that an answer to a challenge that somebody caught can't be put
// under a request for somebody else. User and host must be the same, whatever
// port and parameters; all names of this worker are the same host. A uri without
// a user that names this worker is taken under every request: sipp has no other.
// Its method is still covered, and no phone makes such a uri for a call.
func (w *Worker) meant(req *msg.Request, text string) bool {
	var uri msg.Uri
	if err := msg.ParseUri(text, &uri); err != nil {
		return false
	}
	asked, from := &req.Recipient, source(req).address
	if !strings.EqualFold(uri.Scheme, asked.Scheme) {
		return false
	}
	if asked.Scheme == "tel" {
		return target(&uri) == target(asked)
	}
	if w.ours(uri.Host, from) && w.ours(asked.Host, from) {
		return uri.User == "" || target(&uri) == target(asked)
	}
	return strings.EqualFold(uri.Host, asked.Host) && target(&uri) == target(asked)
}
