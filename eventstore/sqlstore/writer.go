package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
)

// The bounds of one group, how often one more append is waited for, how long a
// closing store waits for a lock, and how often a group is tried again that
// others raced past the lock.
const (
	groupAppends = 256
	groupBytes   = 8 << 20
	idleTurns    = 64
	headsKept    = 16384
	lastPatience = 5 * time.Second
	racesLost    = 10
)

// writer is the one goroutine that appends. It takes all waiting appends, runs
// them in one transaction and answers them after its fsync.
type writer struct {
	ledger    ledger
	clock     func() time.Time
	log       *slog.Logger
	queue     chan *request
	closing   <-chan struct{}
	done      chan struct{}
	committed func(position int64)

	beforeCommit func() error // nil but in tests

	broken  error // set once; from then on nothing is written
	reached int64 // the last position when a transaction committed; it never falls
	sure    bool  // what is below was so after the last transaction
	tail    tail
	metas   bool            // whether there is a stream of metadata
	heads   map[string]head // known while nobody else writes
}

func newWriter(ledger ledger, config Config, closing <-chan struct{}, committed func(int64)) *writer {
	return &writer{
		ledger: ledger, clock: config.Clock, log: config.Log, closing: closing, committed: committed,
		queue: make(chan *request, groupAppends), done: make(chan struct{}), heads: map[string]head{},
	}
}

// run serves appends until the store closes, then those already in the queue.
func (w *writer) run(ctx context.Context) {
	defer close(w.done)
	for {
		select {
		case first := <-w.queue:
			w.serve(ctx, w.gather(first))
		case <-w.closing:
			w.drain(ctx)
			return
		}
	}
}

func (w *writer) drain(ctx context.Context) {
	points.At(points.Draining)
	for {
		select {
		case first := <-w.queue:
			w.serve(ctx, w.gather(first))
		default:
			return
		}
	}
}

// gather takes what waits behind the first append, within bounds. Those that
// were answered a moment ago get the processor a few times before it is enough:
// one fsync for all who come again beats two for half of them each.
func (w *writer) gather(first *request) []*request {
	group, size := []*request{first}, first.size
	for idle := 0; idle < idleTurns && len(group) < groupAppends && size < groupBytes; {
		select {
		case next := <-w.queue:
			group, size, idle = append(group, next), size+next.size, 0
		default:
			runtime.Gosched()
			idle++
		}
	}
	return group
}

// serve answers every append of a group.
func (w *writer) serve(ctx context.Context, group []*request) {
	wanted := group[:0]
	for _, r := range group {
		if err := r.ctx.Err(); err != nil {
			r.answer(eventstore.Appended{}, err)
			continue
		}
		wanted = append(wanted, r)
	}
	if len(wanted) == 0 {
		return
	}
	points.At(points.Gathered)
	answers, err := w.commit(ctx, wanted)
	if err != nil {
		w.fail(wanted, err)
		return
	}
	points.At(points.Committed)
	w.committed(w.tail.position)
	for i, r := range wanted {
		points.At(points.Answering)
		r.answer(answers[i].appended, answers[i].err)
	}
}

// commit runs a group in a transaction, again and again while another process
// holds the lock, and some times if somebody wrote past the lock.
func (w *writer) commit(ctx context.Context, group []*request) ([]answer, error) {
	if w.broken != nil {
		return nil, w.broken
	}
	closing := w.closing
	var enough <-chan time.Time
	for races, moved := 0, false; ; {
		answers, err := w.try(ctx, group)
		if err == nil {
			return answers, nil
		}
		switch w.judge(err) {
		case locked:
		case raced:
			if races++; races > racesLost {
				return w.yield(ctx, group)
			}
		case useless:
			if moved {
				return nil, err
			}
			moved = true
		case failed, away, broken:
			return nil, err
		}
		select {
		case <-time.After(time.Millisecond):
		case <-closing:
			closing, enough = nil, time.After(lastPatience)
		case <-enough:
			return nil, domain.Faultf(domain.Unavailable, "store-locked", "another process holds the event store's lock")
		}
	}
}

// judge tells what a transaction's failure means.
func (w *writer) judge(err error) verdict {
	if errors.Is(err, errShort) {
		return broken
	}
	return w.ledger.judge(err)
}

// try runs a group once. What it learned is kept only if it commits.
func (w *writer) try(ctx context.Context, group []*request) ([]answer, error) {
	batch := &batch{writer: w, now: w.clock().UnixMicro(), heads: map[string]head{}}
	answers, err := w.transact(ctx, batch, group)
	if err != nil {
		w.sure, w.heads = false, map[string]head{}
		return nil, err
	}
	w.tail, w.metas, w.reached = batch.tail, batch.metas, batch.tail.position
	if len(w.heads) > headsKept {
		clear(w.heads)
	}
	maps.Copy(w.heads, batch.heads)
	return answers, nil
}

func (w *writer) transact(ctx context.Context, batch *batch, group []*request) ([]answer, error) {
	tx, err := w.ledger.begin(ctx, group, w.metas)
	if err != nil {
		return nil, err
	}
	points.At(points.Begun)
	batch.tx = tx
	answers, err := batch.apply(ctx, group)
	points.At(points.Decided)
	if err == nil && w.beforeCommit != nil {
		err = w.beforeCommit()
	}
	if err == nil {
		err = tx.commit(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, tx.rollback(ctx))
	}
	return answers, nil
}

// fail answers a group whose transaction failed. If the file is in doubt the
// store stops writing: an operator has to look and start it again.
func (w *writer) fail(group []*request, err error) {
	if w.broken == nil {
		switch w.judge(err) {
		case broken:
			w.log.Error("the event store refuses writes from now on", "error", err)
			fault := domain.Faultf(domain.Unavailable, "store-broken", "the event store refuses writes after a storage error")
			w.broken = fmt.Errorf("%w: %w", fault, err)
			err = w.broken
		case away, useless:
			w.log.Warn("the event store can't write now", "error", err)
			fault := domain.Faultf(domain.Unavailable, "store-away", "the event store's database can't take events now; try again")
			err = fmt.Errorf("%w: %w", fault, err)
		case failed, locked, raced:
		}
	}
	if _, ok := errors.AsType[*domain.Fault](err); !ok {
		err = fmt.Errorf("append %d requests in one transaction: %w", len(group), err)
	}
	for _, r := range group {
		r.answer(eventstore.Appended{}, err)
	}
}
