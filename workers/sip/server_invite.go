package sip

import (
	"net/url"
	"strconv"
	"strings"

	msg "github.com/emiago/sipgo/sip"

	"dialtone/projections/routing"
)

func (w *Worker) onInvite(req *msg.Request, tx msg.ServerTransaction) {
	if tagged(req) {
		w.withinDialog(req, tx)
		return
	}
	if w.draining.Load() || w.calls.Load() >= w.config.Limits.Calls {
		w.unavailable(req, tx)
		return
	}
	w.setUp(req, tx)
}

// unavailable asks to try again soon.
func (w *Worker) unavailable(req *msg.Request, tx msg.ServerTransaction) {
	w.answer(req, tx, 503, "Service Unavailable", msg.NewHeader("Retry-After", "5"))
}

// onOptions answers those who ask what the worker can do, and passes on what
// is meant for a phone (RFC 3261 §11).
func (w *Worker) onOptions(req *msg.Request, tx msg.ServerTransaction) {
	switch {
	case tagged(req):
		w.withinDialog(req, tx)
	case req.Recipient.User == "" && req.Recipient.Scheme == "sip" || w.fromTrunk(req):
		w.answer(req, tx, 200, "OK", msg.NewHeader("Accept", "application/sdp"), msg.NewHeader("Supported", ""))
	default:
		w.setUp(req, tx)
	}
}

// setUp finds out who calls whom and starts the branches.
func (w *Worker) setUp(req *msg.Request, tx msg.ServerTransaction) {
	w.calls.Add(1)
	defer w.calls.Add(-1)
	table := w.config.Table()
	call := routing.Call{
		Target: target(&req.Recipient), HasTrunk: w.trunk != nil, FromTrunk: w.fromTrunk(req),
		Foreign: req.Recipient.Scheme == "sip" && !w.ours(req.Recipient.Host, source(req).address),
	}
	var caller *routing.User
	if !call.FromTrunk {
		if caller = w.authenticate(req, tx, "Proxy-Authorization", 407); caller == nil {
			return
		}
		call.Caller = caller.ID
	}
	decision := routing.Route(call, table, w.config.Clock())
	if caller != nil && !decision.Emergency && !speaksFor(caller, unescape(req.From().Address.User)) {
		decision.Kind, decision.Status, decision.Reason = routing.Refuse, 403, "From names somebody else"
	}
	w.config.Log.Info("call", "kind", decision.Kind, "caller", call.Caller, "callee", decision.User,
		"status", decision.Status, "emergency", decision.Emergency, "position", decision.Position)
	if decision.Kind == routing.Refuse {
		w.refuse(req, tx, decision.Status, decision.Reason)
		return
	}
	targets := w.targets(table, decision)
	if len(targets) == 0 {
		w.refuse(req, tx, 480, "callee has no registered phone")
		return
	}
	identity := ""
	if caller != nil {
		identity = asserted(caller, decision.Identity, w.config.Domain, decision.Kind == routing.ToTrunk)
	}
	var learn func(*msg.Response)
	if decision.Kind == routing.ToTrunk {
		learn = w.learn(req, targets[0])
	}
	w.fork(req, tx, w.branches(req, targets, identity), learn)
}

// refuse answers with the reason in a field of its own, where phones and
// traces show it (RFC 3326).
func (w *Worker) refuse(req *msg.Request, tx msg.ServerTransaction, status int, reason string) {
	w.answer(req, tx, status, phrase(status), msg.NewHeader("Reason", reasonField(strconv.Itoa(status), reason)))
}

func phrase(status int) string {
	switch status {
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 408:
		return "Request Timeout"
	case 480:
		return "Temporarily Unavailable"
	case 503:
		return "Service Unavailable"
	}
	return "Refused"
}

// aim is where one branch goes.
type aim struct {
	uri  msg.Uri
	next hop
}

// targets gives the phones of a callee, or the trunk.
func (w *Worker) targets(table *routing.Table, d routing.Decision) []aim {
	if d.Kind == routing.ToTrunk {
		address := w.trunk.address
		uri := msg.Uri{Scheme: "sip", User: d.Number, Host: address.Addr().String(), Port: int(address.Port())}
		uri.UriParams.Add("user", "phone")
		return []aim{{uri: uri, next: *w.trunk}}
	}
	callee := table.User(d.User)
	if callee == nil || callee.Login == "" {
		return nil
	}
	var aims []aim
	for _, b := range w.bindings.of(callee.Login, w.config.Clock()) {
		var uri msg.Uri
		if err := msg.ParseUri(b.Contact, &uri); err != nil {
			continue
		}
		if next, ok := b.reach(uri.Host, uri.Port); ok {
			aims = append(aims, aim{uri: uri, next: next})
		}
	}
	return aims
}

// fromTrunk tells whether a request comes from the trunk.
func (w *Worker) fromTrunk(req *msg.Request) bool { return w.isTrunk(source(req)) }

// isTrunk tells whether a neighbour is the trunk. Over TCP it is known by its IP
// address alone, which it must therefore share with no phone.
func (w *Worker) isTrunk(neighbour hop) bool {
	return w.trunk != nil && w.trunk.transport == neighbour.transport && w.trunk.sent(neighbour)
}

// tagged tells whether a request is one within a dialog.
func tagged(req *msg.Request) bool {
	tag, has := req.To().Params.Get("tag")
	return has && tag != ""
}

// target is what was dialled: the user part of the URI, or a tel URI's number
// (RFC 3966), without parameters.
func target(uri *msg.Uri) string {
	name := uri.User
	if uri.Scheme == "tel" {
		name = uri.Raw()
	}
	name, _, _ = strings.Cut(name, ";")
	return unescape(name)
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
