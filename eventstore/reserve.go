package eventstore

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"dialtone/domain"
)

// Candidate is one thing that would fulfil a wish: a stream with the decisions
// that take it and give it back.
type Candidate struct {
	Stream string
	Take   domain.Decide
	Undo   domain.Decide
}

// Wish is one unique thing that a command needs. The candidates are tried in
// their order; the first that nobody else has is granted. None is what the
// caller is told when all are taken; without it the refusal of the first
// candidate is passed on.
type Wish struct {
	Name       string
	Candidates iter.Seq[Candidate]
	None       *domain.Fault
}

// Reservation is what was granted: the stream of each wish by its name.
type Reservation struct {
	Granted map[string]string
	taken   []Candidate
	journal *Journal
	cause   domain.Cause
}

// Reserve takes one candidate of each wish. Where a wish cannot be granted,
// what was taken before is given back and the refusal returned.
func (j *Journal) Reserve(ctx context.Context, cause domain.Cause, wishes ...Wish) (*Reservation, error) {
	r := &Reservation{Granted: map[string]string{}, journal: j, cause: cause}
	for _, wish := range wishes {
		if err := r.grant(ctx, wish); err != nil {
			r.Settle(ctx, err)
			return nil, err
		}
	}
	return r, nil
}

func (r *Reservation) grant(ctx context.Context, wish Wish) error {
	var first error
	for candidate := range wish.Candidates {
		result, err := r.journal.Execute(ctx, candidate.Stream, r.cause.For(candidate.Stream), candidate.Take, ByState())
		if err == nil {
			if result.Wrote > 0 { // what the owner had before is not given back
				r.taken = append(r.taken, candidate)
			}
			r.Granted[wish.Name] = candidate.Stream
			return nil
		}
		if domain.KindOf(err) != domain.Conflict {
			return err
		}
		if first == nil {
			first = err
		}
	}
	if wish.None != nil {
		return wish.None
	}
	return first
}

// Settle gives back what was taken if the command it was taken for wrote
// nothing. After an error of unknown outcome everything is left as it is: the
// same command finds it again, or the sweep releases it at its deadline.
func (r *Reservation) Settle(ctx context.Context, err error) {
	if err != nil && nothingWritten(err) {
		r.giveBack(ctx)
	}
}

func (r *Reservation) giveBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, candidate := range slices.Backward(r.taken) {
		// What cannot be given back now is left to the sweep, which knows it by its deadline.
		_, _ = r.journal.Execute(ctx, candidate.Stream, r.cause.For(candidate.Stream), candidate.Undo, ByState())
	}
}

// nothingWritten tells whether an error was decided on what is there, so that
// surely nothing was written. Only the store's own errors leave that open.
func nothingWritten(err error) bool {
	var fault *domain.Fault
	return errors.As(err, &fault) && !errors.Is(err, errUnknown)
}
