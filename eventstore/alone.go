package eventstore

import (
	"context"
	"errors"
	"time"

	"dialtone/domain"
)

// patience is how long a command waits for what it must hold alone, and the
// first and longest pause between two looks.
const (
	patience     = 5 * time.Second
	shortestWait = 10 * time.Millisecond
	longestWait  = 250 * time.Millisecond
)

// Alone runs something while nobody else holds the candidate, in whatever
// process. It waits some seconds for its turn, then it is an Unavailable fault.
// What it cannot give back is left to the sweep, which knows it by its deadline;
// the candidate's owner must look for the sweep's note before it writes.
func (j *Journal) Alone(ctx context.Context, cause domain.Cause, alone Candidate, run func() error) error {
	held, err := j.turn(ctx, cause, alone)
	if err != nil {
		return err
	}
	if err = run(); !errors.Is(err, errUnknown) {
		held.giveBack(ctx)
	}
	return err
}

// turn waits until the candidate was free and is held. What another execution of
// the same command has taken is that one's.
func (j *Journal) turn(ctx context.Context, cause domain.Cause, alone Candidate) (*Reservation, error) {
	wish := Wish{Name: alone.Stream, Candidates: func(yield func(Candidate) bool) { yield(alone) }}
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for pause := shortestWait; ; pause = min(2*pause, longestWait) {
		held, err := j.Reserve(ctx, cause, wish)
		switch {
		case err == nil && len(held.taken) > 0:
			return held, nil
		case err == nil:
			err = errElsewhere
		case domain.KindOf(err) != domain.Unavailable || errors.Is(err, errUnknown):
			return nil, err
		}
		select {
		case <-waiting.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

var errElsewhere = domain.Faultf(domain.Unavailable, "being-done", "the same command is being executed elsewhere; try again in a moment")
