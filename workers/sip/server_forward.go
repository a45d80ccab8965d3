package sip

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	msg "github.com/emiago/sipgo/sip"
)

// branches makes the requests of a call's branches (RFC 3261 §16.6).
func (w *Worker) branches(req *msg.Request, targets []aim, identity string) []*msg.Request {
	trusted := w.fromTrunk(req)
	requests := make([]*msg.Request, 0, len(targets))
	for _, t := range targets {
		out := w.forwarded(req, t.next)
		out.Recipient = t.uri
		remove(out, "Proxy-Authorization")
		if !trusted { // a phone may not say who it is; the trunk may (RFC 3325 §5)
			remove(out, "P-Asserted-Identity")
			remove(out, "P-Preferred-Identity")
		}
		if identity != "" {
			out.AppendHeader(msg.NewHeader("P-Asserted-Identity", identity))
		}
		from := source(req)
		dialog := w.sealed(req, t)
		if from.transport != t.next.transport { // one for each side (RFC 5658 §3.1)
			out.PrependHeader(w.recordRoute(from, dialog))
		}
		out.PrependHeader(w.recordRoute(t.next, dialog))
		requests = append(requests, out)
	}
	return requests
}

// sealed is the parameter for the dialog between a caller and a target. Where
// one of them is the trunk, the URI it is reached by in the dialog is sealed in.
func (w *Worker) sealed(req *msg.Request, t aim) string {
	both := hops{caller: source(req), callee: t.next}
	switch contact := req.Contact(); {
	case w.isTrunk(t.next):
		both.mark = w.mark(&t.uri)
	case w.fromTrunk(req):
		both.caller = *w.trunk // its connections come and go
		if contact != nil {
			both.mark = w.mark(&contact.Address)
		}
	}
	callerTag, _ := req.From().Params.Get("tag")
	return both.seal(w.hopsKey, req.CallID().Value(), callerTag)
}

// learn gives what the trunk's answers to a call are changed by: they name the
// URI the trunk wants to be reached by from now on, which is sealed in the place
// of the one it was called by (Record-Route may be changed: RFC 3261 §16.7,
// point 8).
func (w *Worker) learn(req *msg.Request, called aim) func(*msg.Response) {
	before := w.sealed(req, called)
	return func(res *msg.Response) {
		contact := res.Contact()
		if contact == nil {
			return
		}
		after := w.sealed(req, aim{uri: contact.Address, next: called.next})
		for _, header := range res.GetHeaders("Record-Route") {
			route, ok := header.(*msg.RecordRouteHeader)
			if !ok {
				continue
			}
			if value, _ := route.Address.UriParams.Get(dialogParam); value == before {
				route.Address.UriParams.Add(dialogParam, after)
			}
		}
	}
}

// forwarded copies a request for the next neighbour: our Via on top, one hop
// less, our own entries of Route gone.
func (w *Worker) forwarded(req *msg.Request, next hop) *msg.Request {
	out := req.Clone()
	out.Laddr = msg.Addr{}
	w.takeRoutes(out)
	left := msg.MaxForwardsHeader(70)
	if given := req.MaxForwards(); given != nil {
		left = msg.MaxForwardsHeader(given.Val() - 1)
	}
	remove(out, "Max-Forwards")
	out.AppendHeader(&left)
	markSource(out.Via(), source(req).address)
	local := w.sockets.local(next.address)
	via := &msg.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: strings.ToUpper(next.transport),
		Host: local.Addr().String(), Port: int(local.Port()),
	}
	via.Params.Add("branch", msg.RFC3261BranchMagicCookie+w.draw(12))
	out.PrependHeader(via)
	out.SetTransport(strings.ToUpper(next.transport))
	out.SetDestination(next.address.String())
	if next.transport == "udp" { // leave from the listening socket
		bound := w.sockets.address
		out.Laddr = msg.Addr{IP: net.IP(bound.Addr().AsSlice()), Port: int(bound.Port())}
	}
	return out
}

// markSource notes in a request's Via where it came from (RFC 3261 §18.2.1,
// RFC 3581 §4).
func markSource(via *msg.ViaHeader, from netip.AddrPort) {
	rport, asks := via.Params.Get("rport")
	if asks && rport == "" {
		via.Params.Add("rport", strconv.Itoa(int(from.Port())))
	}
	if asks || via.Host != from.Addr().String() {
		via.Params.Add("received", from.Addr().String())
	}
}

// recordRoute keeps the worker on the path of the dialog's later requests.
func (w *Worker) recordRoute(side hop, dialog string) *msg.RecordRouteHeader {
	local := w.sockets.local(side.address)
	uri := msg.Uri{Scheme: "sip", Host: local.Addr().String(), Port: int(local.Port())}
	uri.UriParams.Add("transport", side.transport)
	uri.UriParams.Add("lr", "")
	uri.UriParams.Add(dialogParam, dialog)
	return &msg.RecordRouteHeader{Address: uri}
}

const dialogParam = "dt"

// takeRoutes removes the entries of Route that mean this worker, from the top,
// and gives the dialog's parameter one of them carries.
func (w *Worker) takeRoutes(req *msg.Request) (dialog string) {
	for {
		route := req.Route()
		if route == nil {
			return dialog
		}
		uri := &route.Address
		local := w.sockets.local(source(req).address)
		port := uri.Port
		if port == 0 {
			port = defaultPort
		}
		if !w.ours(uri.Host, source(req).address) || port != int(local.Port()) && !strings.EqualFold(uri.Host, w.config.Domain) {
			return dialog
		}
		if value, has := uri.UriParams.Get(dialogParam); has && dialog == "" {
			dialog = value
		}
		req.RemoveHeader(route.Name())
	}
}

// remove takes all fields of a name away, whatever their capitals.
func remove(m *msg.Request, name string) {
	for _, header := range m.GetHeaders(name) {
		m.RemoveHeader(header.Name())
	}
}

// upstream passes answers on to where a request came from.
type upstream struct {
	tx    msg.ServerTransaction
	vias  []msg.Header // of the request, as an answer needs them
	like  *msg.Response
	learn func(*msg.Response) // changes an answer before it is passed on; may be nil
	quiet func(error)
}

func (w *Worker) upstream(req *msg.Request, tx msg.ServerTransaction) *upstream {
	like := msg.NewResponseFromRequest(req, 100, "Trying", nil)
	return &upstream{tx: tx, vias: like.GetHeaders("Via"), like: like, quiet: func(err error) {
		w.config.Log.Debug("a SIP answer was not passed on", "error", err)
	}}
}

func (u *upstream) trying() {
	if err := u.tx.Respond(u.like.Clone()); err != nil {
		u.quiet(err)
	}
}

// pass sends a neighbour's answer on, with the Via fields of the request in
// place of whatever came back in them.
func (u *upstream) pass(res *msg.Response) {
	out := res.Clone()
	for range out.GetHeaders("Via") {
		out.RemoveHeader("Via")
	}
	for _, via := range slices.Backward(u.vias) {
		out.PrependHeader(msg.HeaderClone(via))
	}
	if u.learn != nil {
		u.learn(out)
	}
	out.SetTransport(u.like.Transport())
	out.SetDestination(u.like.Destination())
	if err := u.tx.Respond(out); err != nil {
		u.quiet(err)
	}
}
