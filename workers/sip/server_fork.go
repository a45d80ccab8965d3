package sip

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	msg "github.com/emiago/sipgo/sip"
)

// dialTimeout bounds how long a TCP connection to a neighbour may take.
const dialTimeout = 5 * time.Second

// news is what a branch tells: an answer, or that there will be none.
type news struct {
	res    *msg.Response // nil when the branch ended without a final answer
	status int           // of the answer, or what stands for its absence
}

func (n news) final() bool { return n.status >= 200 }

// fork sends requests to all targets at once, passes the first 2xx on and
// cancels the others; of refusals it passes the best (RFC 3261 §16.7). It
// returns when all branches have ended.
// Answers are changed by learn, if it is not nil, before they are passed on.
func (w *Worker) fork(req *msg.Request, tx msg.ServerTransaction, requests []*msg.Request, learn func(*msg.Response)) {
	up := w.upstream(req, tx)
	up.learn = learn
	f := forking{worker: w, up: up, news: make(chan news), cancel: make(chan struct{}), open: len(requests)}
	if req.IsInvite() {
		f.drain = func() { w.unavailable(req, tx) }
	}
	hungUp := make(chan struct{})
	hangUp := sync.OnceFunc(func() { close(hungUp) })
	if !tx.OnCancel(func(*msg.Request) { hangUp() }) {
		return // cancelled already
	}
	if req.IsInvite() {
		up.trying()
	}
	for _, out := range requests {
		b := &branch{worker: w, request: out, up: up, news: f.news, cancel: f.cancel}
		go b.run()
	}
	f.collect(hungUp)
	switch {
	case f.answered || f.hungUp || f.drained: // the library has answered the caller's CANCEL and INVITE
	case f.expired:
		w.refuse(req, tx, 480, "callee did not answer")
	case f.best.res == nil:
		w.refuse(req, tx, f.best.status, "callee's phone can't be reached")
	case f.best.status == 503: // it is the branch that is out of service, not this worker (§16.7, point 6)
		w.answer(req, tx, 500, "Server Internal Error")
	default:
		up.pass(f.best.res)
	}
	go w.lateAcks(tx, f.answered)
}

// forking is a call on its way to its targets.
type forking struct {
	worker  *Worker
	up      *upstream
	news    chan news
	cancel  chan struct{}
	once    sync.Once
	open    int // branches
	best    news
	expired bool   // nobody answered in time
	drain   func() // answers the caller when the worker stops; nil for what is no call

	answered, hungUp, drained bool
}

// settled tells whether the caller has a final answer. Nothing but the 2xx of
// other phones follows it: no ringing after an answer, whichever came first.
func (f *forking) settled() bool { return f.answered || f.hungUp || f.drained }

// collect listens to the branches until all have ended.
func (f *forking) collect(hungUp <-chan struct{}) {
	patience := time.NewTimer(f.worker.config.Limits.Answer)
	defer patience.Stop()
	closing := f.worker.closing
	for f.open > 0 {
		select {
		case n := <-f.news:
			f.take(n)
		case <-hungUp:
			hungUp, f.hungUp = nil, true
			f.end()
		case <-patience.C:
			f.expired = !f.answered
			f.end()
		case <-closing:
			closing = nil
			if f.drain != nil && !f.settled() {
				f.drained = true
				f.drain()
			}
			f.end()
		}
	}
}

func (f *forking) take(n news) {
	if n.final() {
		f.open--
	}
	switch {
	case !n.final():
		if n.status > 100 && !f.settled() {
			f.up.pass(n.res)
		}
	case n.status < 300 && f.drained: // too late: the caller has been refused
	case n.status < 300:
		f.answered = true
		f.up.pass(n.res) // a second one too: the caller ends what it does not want
		f.end()
	default:
		if f.best.status == 0 || better(f.best.status, n.status) != f.best.status {
			f.best = n
		}
		if n.status >= 600 {
			f.end()
		}
	}
}

func (f *forking) end() { f.once.Do(func() { close(f.cancel) }) }

// branch is one client transaction of a call.
type branch struct {
	worker  *Worker
	request *msg.Request
	up      *upstream
	news    chan<- news
	cancel  <-chan struct{}

	tx        msg.ClientTransaction
	ringing   bool // a provisional answer has come
	unwanted  bool // the branch is to end
	cancelled bool // and CANCEL was sent
	timer     *time.Timer
}

// asIs keeps the library from adding fields to a request.
func asIs(*sipgo.Client, *msg.Request) error { return nil }

// run sends the request and tells what comes of it; the last news is final.
func (b *branch) run() {
	defer func() {
		if trouble := recover(); trouble != nil {
			b.worker.config.Log.Error("a SIP branch panicked", "panic", trouble, "stack", string(debug.Stack()))
			b.news <- news{status: 500}
		}
	}()
	ctx, done := context.WithTimeout(b.worker.lifetime, dialTimeout)
	defer done()
	tx, err := b.worker.client.TransactionRequest(ctx, b.request, asIs)
	if err != nil {
		b.worker.config.Log.Debug("a SIP request was not sent", "error", err)
		b.news <- news{status: 480}
		return
	}
	b.tx = tx
	tx.OnRetransmission(b.up.pass)
	b.timer = time.NewTimer(b.worker.config.Limits.TimerC)
	defer b.timer.Stop()
	for ended := false; !ended; {
		select {
		case res := <-tx.Responses():
			ended = b.heard(res)
		case <-b.cancel:
			b.cancel = nil
			ended = b.unwant()
		case <-b.timer.C:
			if ended = b.unwanted; ended {
				tx.Terminate()
				b.news <- news{status: 408}
			} else {
				ended = b.unwant()
			}
		case <-tx.Done():
			ended = true
			b.news <- news{status: 408}
		}
	}
}

// heard tells of an answer; true when it was the last.
func (b *branch) heard(res *msg.Response) (ended bool) {
	if res.IsProvisional() {
		b.ringing = true
		if b.unwanted {
			b.sendCancel()
		} else {
			b.timer.Reset(b.worker.config.Limits.TimerC)
		}
	}
	b.news <- news{res: res, status: res.StatusCode}
	return !res.IsProvisional()
}

// unwant ends the branch: an INVITE by CANCEL, as soon as there has been a
// provisional answer (RFC 3261 §9.1), anything else by no longer listening.
func (b *branch) unwant() (ended bool) {
	b.unwanted = true
	if !b.request.IsInvite() {
		b.tx.Terminate()
		b.news <- news{status: 408}
		return true
	}
	b.timer.Reset(b.worker.config.Limits.GiveUp)
	if b.ringing {
		b.sendCancel()
	}
	return false
}

func (b *branch) sendCancel() {
	if b.cancelled {
		return
	}
	b.cancelled = true
	go b.worker.send(cancelOf(b.request))
}

// send sends a request whose answer does not matter.
func (w *Worker) send(req *msg.Request) {
	ctx, done := context.WithTimeout(w.lifetime, dialTimeout)
	defer done()
	tx, err := w.client.TransactionRequest(ctx, req, asIs)
	if err != nil {
		w.config.Log.Debug("a SIP request was not sent", "error", err)
		return
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return
			}
		case <-tx.Done():
			return
		}
	}
}

// cancelOf makes the CANCEL of an INVITE that was sent (RFC 3261 §9.1).
func cancelOf(invite *msg.Request) *msg.Request {
	out := msg.NewRequest(msg.CANCEL, invite.Recipient)
	out.AppendHeader(invite.Via().Clone())
	msg.CopyHeaders("Route", invite, out)
	left := msg.MaxForwardsHeader(70)
	out.AppendHeader(&left)
	for _, header := range []msg.Header{invite.From(), invite.To(), invite.CallID()} {
		out.AppendHeader(msg.HeaderClone(header))
	}
	out.AppendHeader(&msg.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: msg.CANCEL})
	out.SetBody(nil)
	out.SetTransport(invite.Transport())
	out.SetDestination(invite.Destination())
	out.Laddr = invite.Laddr
	return out
}
