package workers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"dialtone/eventstore"
)

const (
	// signalsUnasked is how many signals a run gets before Temporal is asked what
	// the run is doing. One signal makes up to four events of its history.
	signalsUnasked = 16
	// crowdedAt is the length of a history, in events, from which on a run that
	// has its hands full gets no more signals. It continues as new at 900.
	crowdedAt    = 500
	settling     = time.Second      // how long a signal that is owed waits for the next try
	settlingMost = reactorLease / 3 // how long all of them together may take
	crowdsMax    = 10_000           // runs whose signals are counted
)

// crowds keep the histories of runs short. A run in the middle of an activity,
// be it a mail to a slow server or a store that does not answer, takes no signals
// and can't continue as new: what wakes it would only make its history longer. It
// is owed one signal, which it gets as soon as it is free; until then the
// checkpoint stays where it is.
type crowds struct {
	mu      sync.Mutex
	signals map[string]crowd               // by stream
	owed    map[string]eventstore.Position // by stream, the latest fact
	passed  eventstore.Position            // all wake-ups until here have been sent, or are owed
}

// crowd is how many signals one run has had since Temporal was asked last.
type crowd struct {
	run     string
	signals int
}

func (c *crowds) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signals, c.owed = map[string]crowd{}, map[string]eventstore.Position{}
}

// count notes a signal that a run has been sent.
func (c *crowds) count(stream string, run client.WorkflowRun) {
	if run == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.signals == nil || len(c.signals) >= crowdsMax {
		c.signals = map[string]crowd{}
	}
	had := c.signals[stream]
	if had.run != run.GetRunID() {
		had = crowd{run: run.GetRunID()}
	}
	had.signals++
	c.signals[stream] = had
}

// full tells whether a stream's workflow has had so many signals that it is time to
// ask, and begins to count anew.
func (c *crowds) full(stream string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	had := c.signals[stream]
	if had.signals < signalsUnasked {
		return false
	}
	c.signals[stream] = crowd{run: had.run}
	return true
}

func (c *crowds) owe(stream string, position eventstore.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owed == nil {
		c.owed = map[string]eventstore.Position{}
	}
	c.owed[stream] = position
}

// owes tells whether a stream's workflow is owed a signal already; it is for this fact too.
func (c *crowds) owes(stream string, position eventstore.Position) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, found := c.owed[stream]; !found {
		return false
	}
	c.owed[stream] = position
	return true
}

func (c *crowds) owing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.owed) > 0
}

func (c *crowds) debts() map[string]eventstore.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.owed)
}

func (c *crowds) paid(stream string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.owed, stream)
}

// settle sends the signals that are owed to whoever is free by now, and moves
// the checkpoint once nobody is owed one. It takes no longer than the lease lets
// it: whom it does not reach is owed the signal until the next time.
func (r *Reactor) settle(ctx context.Context) error {
	if !r.crowds.owing() {
		return nil
	}
	short, cancel := context.WithTimeout(ctx, settlingMost)
	defer cancel()
	group, running := errgroup.WithContext(short)
	group.SetLimit(signalsAtOne)
	for stream, position := range r.crowds.debts() {
		group.Go(func() error { return r.pay(running, stream, position) })
	}
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		r.Log.Warn("signals that are owed were not all sent", "error", err)
	}
	if r.crowds.owing() {
		return nil
	}
	if err := r.renew(ctx); err != nil {
		return err
	}
	return r.Checkpoints.SetCheckpoint(ctx, reactorName, r.crowds.passed)
}

func (r *Reactor) pay(ctx context.Context, stream string, position eventstore.Position) error {
	if busy, err := r.busy(ctx, stream); err != nil || busy {
		return err
	}
	if err := r.signal(ctx, stream, position); err != nil {
		return err
	}
	r.crowds.paid(stream)
	return nil
}

// busy tells whether a stream's workflow has a long history and is in the middle of
// something: it looks at the facts when that is done, or goes on as new, which
// begins with a look.
func (r *Reactor) busy(ctx context.Context, stream string) (bool, error) {
	workflow := followerOf(stream).id
	told, err := r.Temporal.DescribeWorkflowExecution(ctx, workflow, "")
	if _, missing := errors.AsType[*serviceerror.NotFound](err); missing {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask for workflow %s: %w", workflow, err)
	}
	info := told.GetWorkflowExecutionInfo()
	return info.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING && info.GetHistoryLength() >= crowdedAt &&
		(len(told.GetPendingActivities()) > 0 || told.GetPendingWorkflowTask() != nil), nil
}
