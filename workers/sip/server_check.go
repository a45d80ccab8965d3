package sip

import (
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	msg "github.com/emiago/sipgo/sip"
)

// inDialogMethods are the methods that are passed on within a dialog only.
var inDialogMethods = []msg.RequestMethod{
	msg.BYE, msg.INFO, msg.UPDATE, msg.PRACK, msg.REFER, msg.NOTIFY, msg.MESSAGE, msg.SUBSCRIBE, msg.PUBLISH,
}

const allowed = "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, INFO, UPDATE, PRACK, REFER, NOTIFY, MESSAGE, SUBSCRIBE"

// fault is why a request is not looked at further.
type fault struct {
	status int
	reason string
	fields []msg.Header
}

// guarded answers malformed requests (RFC 3261 §16.3), hands on the others,
// and turns a panic into a 500.
func (w *Worker) guarded(handle func(*msg.Request, msg.ServerTransaction)) func(*msg.Request, msg.ServerTransaction) {
	return func(req *msg.Request, tx msg.ServerTransaction) {
		defer func() {
			if trouble := recover(); trouble != nil {
				w.config.Log.Error("a SIP request made its handler panic", "method", methodName(req), "panic", trouble, "stack", string(debug.Stack()))
				w.answer(req, tx, 500, "Server Internal Error")
			}
		}()
		if f := w.check(req); f != nil {
			w.answer(req, tx, f.status, f.reason, f.fields...)
			return
		}
		handle(req, tx)
	}
}

// methodName keeps what strangers write out of the log.
func methodName(req *msg.Request) string {
	if slices.Contains(strings.Split(allowed, ", "), string(req.Method)) {
		return string(req.Method)
	}
	return "other"
}

// check looks for what the parser lets through; nil means that the request can
// be worked on.
func (w *Worker) check(req *msg.Request) *fault {
	if req.SipVersion != "SIP/2.0" {
		return &fault{status: 505, reason: "Version Not Supported"}
	}
	for _, rule := range []func(*msg.Request) string{wrongFields, wrongCSeq, wrongVia, wrongTarget} {
		if reason := rule(req); reason != "" {
			return &fault{status: 400, reason: reason}
		}
	}
	if scheme := req.Recipient.Scheme; scheme != "sip" && scheme != "tel" {
		return &fault{status: 416, reason: "Unsupported URI Scheme"}
	}
	if hops := req.MaxForwards(); hops != nil && hops.Val() == 0 && req.Method != msg.REGISTER {
		return &fault{status: 483, reason: "Too Many Hops"}
	}
	field := "Proxy-Require"
	if req.Method == msg.REGISTER {
		field = "Require"
	}
	if wanted := fields(req, field); len(wanted) > 0 {
		return &fault{status: 420, reason: "Bad Extension", fields: []msg.Header{msg.NewHeader("Unsupported", strings.Join(wanted, ", "))}}
	}
	return nil
}

// wrongFields finds mandatory fields that are missing or there twice.
func wrongFields(req *msg.Request) string {
	from, to := req.From(), req.To()
	switch {
	case from == nil:
		return "Missing From"
	case to == nil:
		return "Missing To"
	case req.CallID() == nil || req.CallID().Value() == "":
		return "Missing Call-ID"
	case req.CSeq() == nil:
		return "Missing CSeq"
	}
	if tag, has := from.Params.Get("tag"); !has || tag == "" {
		return "Missing From Tag"
	}
	for _, name := range []string{"From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Expires"} {
		if len(req.GetHeaders(name)) > 1 {
			return "Repeated " + name
		}
	}
	if hops := req.MaxForwards(); hops != nil && hops.Val() > 255 {
		return "Bad Max-Forwards"
	}
	for _, text := range fields(req, "Expires") {
		if _, err := strconv.ParseUint(text, 10, 32); err != nil {
			return "Bad Expires"
		}
	}
	return ""
}

func wrongCSeq(req *msg.Request) string {
	if cseq := req.CSeq(); cseq.MethodName != req.Method {
		return "CSeq Method Does Not Match"
	} else if cseq.SeqNo >= 1<<31 {
		return "CSeq Too Large"
	}
	if !isToken(string(req.Method)) {
		return "Bad Method"
	}
	return ""
}

func wrongVia(req *msg.Request) string {
	for _, header := range req.GetHeaders("Via") {
		via, ok := header.(*msg.ViaHeader)
		if !ok || via.Host == "" || !strings.EqualFold(via.ProtocolName, "SIP") || via.ProtocolVersion != "2.0" ||
			via.Port < 0 || via.Port > 65535 || strings.ContainsAny(via.Host, " \t,;<>\"") {
			return "Bad Via"
		}
	}
	return ""
}

func wrongTarget(req *msg.Request) string {
	uri := &req.Recipient
	switch {
	case uri.Wildcard, strings.ContainsAny(uri.String(), " \t<>\"\r\n"):
		return "Bad Request-URI"
	case uri.Scheme == "sip" && (uri.Host == "" || uri.Port < 0 || uri.Port > 65535):
		return "Bad Request-URI"
	case len(uri.String()) > 1024:
		return "Request-URI Too Long"
	}
	return ""
}

// fields gives the values of a field whatever its capitals.
func fields(m msg.Message, name string) []string {
	var values []string
	for _, header := range m.GetHeaders(name) {
		values = append(values, header.Value())
	}
	return values
}

// answer sends a response of the worker's own. An ACK is never answered.
func (w *Worker) answer(req *msg.Request, tx msg.ServerTransaction, status int, reason string, headers ...msg.Header) {
	if req.IsAck() {
		return
	}
	res := msg.NewResponseFromRequest(req, status, reason, nil)
	for _, header := range headers {
		res.AppendHeader(header)
	}
	if status == 405 || status == 501 || status == 200 && req.Method == msg.OPTIONS {
		res.AppendHeader(msg.NewHeader("Allow", allowed))
	}
	res.AppendHeader(msg.NewHeader("Server", "Dialtone"))
	if err := tx.Respond(res); err != nil {
		w.config.Log.Debug("a SIP answer was not sent", "status", status, "error", err)
	}
}

// source is where a request came from.
func source(req *msg.Request) hop {
	address, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return hop{}
	}
	return hop{transport: strings.ToLower(req.Transport()), address: netip.AddrPortFrom(address.Addr().Unmap(), address.Port())}
}

// ours tells whether a host in a URI means this worker.
func (w *Worker) ours(host string, neighbour netip.AddrPort) bool {
	if strings.EqualFold(host, w.config.Domain) {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && address.Unmap() == w.sockets.local(neighbour).Addr()
}
