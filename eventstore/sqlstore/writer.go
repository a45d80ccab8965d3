package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/internal/points"
)

// The bounds of one group, and how long a closing store waits for a lock.
const (
	groupAppends = 256
	groupBytes   = 8 << 20
	headsKept    = 16384
	lastPatience = 5 * time.Second
)

// writer is the one goroutine that appends. It takes all waiting appends, runs
// them in one transaction and answers them after its fsync.
type writer struct {
	db        *sql.DB // one connection
	prepared  statements
	clock     func() time.Time
	log       *slog.Logger
	queue     chan *request
	closing   <-chan struct{}
	done      chan struct{}
	committed func(position int64)

	broken  error // set once; from then on nothing is written
	version int64 // of the file; another process's commit changes it
	tail    tail
	metas   bool            // whether there is a stream of metadata; known as long as the heads
	heads   map[string]head // known while the version stays the same
}

func newWriter(db *sql.DB, prepared statements, config Config, closing <-chan struct{}, committed func(int64)) *writer {
	return &writer{
		db: db, prepared: prepared, clock: config.Clock, log: config.Log, closing: closing, committed: committed,
		queue: make(chan *request, groupAppends), done: make(chan struct{}), heads: map[string]head{}, version: -1,
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

// gather takes what waits behind the first append, within bounds.
func (w *writer) gather(first *request) []*request {
	group, size := []*request{first}, first.size
	for len(group) < groupAppends && size < groupBytes {
		select {
		case next := <-w.queue:
			group, size = append(group, next), size+next.size
		default:
			return group
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
// holds the lock.
func (w *writer) commit(ctx context.Context, group []*request) ([]answer, error) {
	if w.broken != nil {
		return nil, w.broken
	}
	closing := w.closing
	var enough <-chan time.Time
	for {
		answers, err := w.try(ctx, group)
		if !isBusy(err) {
			return answers, err
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

// try runs a group once. What it learned is kept only if it commits.
func (w *writer) try(ctx context.Context, group []*request) ([]answer, error) {
	var answers []answer
	batch := &batch{writer: w, now: w.clock().UnixMicro(), heads: map[string]head{}}
	err := inTx(ctx, w.db, func(tx *sql.Tx) error {
		var err error
		batch.tx = tx
		points.At(points.Begun)
		answers, err = batch.apply(ctx, group)
		points.At(points.Decided)
		return err
	})
	if err != nil {
		w.version, w.heads = -1, map[string]head{}
		return nil, err
	}
	w.tail, w.metas = batch.tail, batch.metas
	if len(w.heads) > headsKept {
		clear(w.heads)
	}
	maps.Copy(w.heads, batch.heads)
	return answers, nil
}

// fail answers a group whose transaction failed. If the file is in doubt the
// store stops writing: an operator has to look and start it again.
func (w *writer) fail(group []*request, err error) {
	if w.broken == nil && isBroken(err) {
		w.log.Error("the event store refuses writes from now on", "error", err)
		fault := domain.Faultf(domain.Unavailable, "store-broken", "the event store refuses writes after a storage error")
		w.broken = fmt.Errorf("%w: %w", fault, err)
		err = w.broken
	}
	if _, ok := errors.AsType[*domain.Fault](err); !ok {
		err = fmt.Errorf("append %d requests in one transaction: %w", len(group), err)
	}
	for _, r := range group {
		r.answer(eventstore.Appended{}, err)
	}
}
