package sip

import (
	"slices"

	msg "github.com/emiago/sipgo/sip"
)

// withinDialog passes a request on to the other side of its dialog (RFC 3261
// §16.4 and §16.6). Only dialogs that were set up through this worker exist.
func (w *Worker) withinDialog(req *msg.Request, tx msg.ServerTransaction) {
	path, ok := w.wayOf(req)
	switch {
	case !ok:
		w.answer(req, tx, 481, "Call/Transaction Does Not Exist")
		return
	case !w.passable(req, path):
		w.refuse(req, tx, 403, "the trunk gets nothing but the call that was set up")
		return
	}
	w.calls.Add(1)
	defer w.calls.Add(-1)
	w.fork(req, tx, []*msg.Request{w.onward(req, path.to)}, nil)
}

// passable tells whether a request of a dialog may go where it goes. The trunk
// is asked for nothing but what the call was set up for: whoever was let through
// once, for an emergency perhaps, has no key to the world.
func (w *Worker) passable(req *msg.Request, path way) bool {
	if !w.isTrunk(path.to) {
		return true
	}
	return path.mark == w.mark(&req.Recipient) && !slices.Contains(startMethods, req.Method)
}

// startMethods can make the trunk call or write to somebody else.
var startMethods = []msg.RequestMethod{msg.REFER, msg.MESSAGE, msg.SUBSCRIBE, msg.PUBLISH}

// mark stands for a URI of the trunk's in a sealed dialog.
func (w *Worker) mark(uri *msg.Uri) string { return markOf(w.hopsKey, target(uri), uri.Host) }

// onward copies a request for the other side of its dialog.
func (w *Worker) onward(req *msg.Request, next hop) *msg.Request {
	out := w.forwarded(req, next)
	if !w.fromTrunk(req) {
		remove(out, "P-Asserted-Identity")
	}
	return out
}

// wayOf reads from the Route field whom a request of a dialog is for; false
// where there is no such dialog, or the request comes from neither of its sides.
func (w *Worker) wayOf(req *msg.Request) (way, bool) {
	fromTag, _ := req.From().Params.Get("tag")
	toTag, _ := req.To().Params.Get("tag")
	path, ok := openHops(w.hopsKey, w.takeRoutes(req.Clone()), req.CallID().Value(), fromTag, toTag)
	return path, ok && path.from.sent(source(req))
}

// onAck passes the ACK of a 2xx on. That of a refusal was meant for this
// worker, and ends here.
func (w *Worker) onAck(req *msg.Request, _ msg.ServerTransaction) {
	path, ok := w.wayOf(req)
	if !ok || !w.passable(req, path) {
		return
	}
	if err := w.client.WriteRequest(w.onward(req, path.to), asIs); err != nil {
		w.config.Log.Debug("an ACK was not passed on", "error", err)
	}
}

// lateAcks takes the ACKs that the library keeps with the INVITE's transaction:
// those of phones that use its branch again for the ACK of a 2xx are passed on.
func (w *Worker) lateAcks(tx msg.ServerTransaction, answered bool) {
	for {
		select {
		case ack := <-tx.Acks():
			if answered && w.check(ack) == nil {
				w.onAck(ack, tx)
			}
		case <-tx.Done():
			return
		}
	}
}

// onCancel answers a CANCEL that matches no call being set up.
func (w *Worker) onCancel(req *msg.Request, tx msg.ServerTransaction) {
	w.answer(req, tx, 481, "Call/Transaction Does Not Exist")
}

// outsideMethods are known, but only of use within a dialog here.
var outsideMethods = []msg.RequestMethod{msg.MESSAGE, msg.SUBSCRIBE, msg.NOTIFY, msg.REFER, msg.PUBLISH}

func (w *Worker) onOther(req *msg.Request, tx msg.ServerTransaction) {
	switch {
	case tagged(req):
		w.withinDialog(req, tx)
	case slices.Contains(outsideMethods, req.Method):
		w.answer(req, tx, 405, "Method Not Allowed")
	default:
		w.answer(req, tx, 481, "Call/Transaction Does Not Exist")
	}
}

func (w *Worker) onUnknown(req *msg.Request, tx msg.ServerTransaction) {
	w.answer(req, tx, 501, "Not Implemented")
}
