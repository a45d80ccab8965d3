package workers

import (
	"context"

	"dialtone/eventstore"
)

// Final is what the worker makes of an activity's error.
var Final = final

// Pass passes one batch on.
func (r *Reactor) Pass(ctx context.Context, batch []eventstore.Message) error {
	return r.pass(ctx, batch)
}

// Settle sends the signals that are owed.
func (r *Reactor) Settle(ctx context.Context) error { return r.settle(ctx) }

// Round is one look of the sweep.
func (s *Sweep) Round(ctx context.Context) { s.round(ctx, s.Journal.Now()) }
