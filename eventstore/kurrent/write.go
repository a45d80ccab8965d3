package kurrent

import (
	"context"
	"errors"
	"fmt"

	"dialtone/eventstore"
)

// write makes a call that changes something. It is repeated, with pauses that
// grow, while it surely was not carried out; and, if repeatable, while that is
// unknown. The default deadline bounds one try; Config.Tries and the context
// bound all.
func (s *Store) write(ctx context.Context, attempt string, repeatable bool, call func(context.Context, *connection) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !s.begin() {
		return errClosed
	}
	defer s.underWay.Done()
	wait, doubtful := s.config.RetryAfter, false
	for try := 1; ; try++ {
		err := s.once(ctx, s.writing, s.bounded(call))
		if err == nil {
			return nil
		}
		l, noAnswer := errors.AsType[*lost](err)
		doubtful = doubtful || noAnswer && l.sent
		again := noAnswer && (doubtful && repeatable || !doubtful && !l.vain)
		if !again || try >= s.config.Tries || ctx.Err() != nil || s.isClosed() {
			return s.outcome(ctx, attempt, doubtful, err)
		}
		s.config.Log.Debug("the event store is asked again", "attempt", attempt, "try", try, "error", err)
		if err := pause(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, longestRetry)
	}
}

// outcome words the last error. What an earlier try left in doubt stays so,
// unless a conflict says that nothing was written. That is certain but for one
// case: an append that expects no stream and was kept behind a deleted one.
func (s *Store) outcome(ctx context.Context, attempt string, doubtful bool, err error) error {
	if !doubtful || ctx.Err() != nil || errors.Is(err, eventstore.ErrConflict) {
		return s.answerOf(ctx, attempt, err)
	}
	return fmt.Errorf("%s: %w: %w", attempt, errUnknown, err)
}

// errSilent is the cause of the end of a try or a read at the default deadline.
// The deadline of the caller says nothing about the node.
var errSilent = errors.New("the event store said nothing for too long")

// bounded limits a call by the default deadline; looking for a node has limits
// of its own.
func (s *Store) bounded(call func(context.Context, *connection) error) func(context.Context, *connection) error {
	return func(ctx context.Context, conn *connection) error {
		ctx, cancel := context.WithTimeoutCause(ctx, s.config.Settings.DefaultDeadline, errSilent)
		defer cancel()
		return call(ctx, conn)
	}
}
