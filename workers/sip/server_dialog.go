package sip

import (
	"slices"

	msg "github.com/emiago/sipgo/sip"
)

// withinDialog passes a request on to the other side of its dialog (RFC 3261
// §16.4 and §16.6). Only dialogs that were set up through this worker exist.
func (w *Worker) withinDialog(req *msg.Request, tx msg.ServerTransaction) {
	next, ok := w.otherSide(req)
	if !ok {
		w.answer(req, tx, 481, "Call/Transaction Does Not Exist")
		return
	}
	w.calls.Add(1)
	defer w.calls.Add(-1)
	w.fork(req, tx, []*msg.Request{w.onward(req, next)})
}

// onward copies a request for the other side of its dialog.
func (w *Worker) onward(req *msg.Request, next hop) *msg.Request {
	out := w.forwarded(req, next)
	if !w.fromTrunk(req) {
		remove(out, "P-Asserted-Identity")
	}
	return out
}

// otherSide reads from the Route field whom a request of a dialog is for.
func (w *Worker) otherSide(req *msg.Request) (hop, bool) {
	fromTag, _ := req.From().Params.Get("tag")
	toTag, _ := req.To().Params.Get("tag")
	return openHops(w.hopsKey, w.takeRoutes(req.Clone()), req.CallID().Value(), fromTag, toTag)
}

// onAck passes the ACK of a 2xx on. That of a refusal was meant for this
// worker, and ends here.
func (w *Worker) onAck(req *msg.Request, _ msg.ServerTransaction) {
	next, ok := w.otherSide(req)
	if !ok {
		return
	}
	if err := w.client.WriteRequest(w.onward(req, next), asIs); err != nil {
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
