package eventstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dialtone/domain"
)

// Journal loads streams as facts and executes commands on them.
type Journal struct {
	store Store
	codec *Codec
	clock func() time.Time
}

// NewJournal makes a journal over a store.
func NewJournal(store Store, codec *Codec, clock func() time.Time) *Journal {
	return &Journal{store: store, codec: codec, clock: clock}
}

// Store gives the store beneath.
func (j *Journal) Store() Store { return j.store }

// Codec gives the codec in use.
func (j *Journal) Codec() *Codec { return j.codec }

// Now is the moment commands are judged by.
// It is as fine as what is kept and shown: microseconds.
func (j *Journal) Now() time.Time { return moment(j.clock()) }

func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// History is a stream as it was loaded.
type History struct {
	Facts    []domain.Fact
	Revision Expected // the last revision, or NoStream
	Position Position // of the last event
	chain    Chain
}

// Load reads a whole stream. One that does not exist has no facts.
func (j *Journal) Load(ctx context.Context, stream string) (History, error) {
	return j.load(ctx, stream, func(Recorded) bool { return true })
}

// LoadAt reads a stream as it was at a position.
func (j *Journal) LoadAt(ctx context.Context, stream string, at Position) (History, error) {
	return j.load(ctx, stream, func(e Recorded) bool { return e.Position <= at })
}

func (j *Journal) load(ctx context.Context, stream string, take func(Recorded) bool) (History, error) {
	h := History{Revision: NoStream}
	for event, err := range j.store.Read(ctx, stream, 0, Forwards, 0) {
		if err != nil {
			return History{}, fmt.Errorf("load %s: %w", stream, err)
		}
		if !take(event) {
			break
		}
		fact, err := j.codec.Decode(ctx, event)
		if err != nil {
			return History{}, err
		}
		h.Facts = append(h.Facts, fact)
		h.Revision, h.Position = Exactly(event.Revision), event.Position
		if _, h.chain, err = splitChain(event.Meta); err != nil {
			return History{}, fmt.Errorf("load %s@%d: %w", stream, event.Revision, err)
		}
	}
	return h, nil
}

// Result is what a command did. Facts is the whole stream afterwards.
type Result struct {
	Revision uint64
	Position Position
	Facts    []domain.Fact
	Wrote    int  // how many facts are new
	Repeated bool // the command had been executed before
}

// Option changes how a command is executed.
type Option func(*execution)

type execution struct {
	ifRevision *uint64
	byState    bool
}

// IfRevision lets a command pass only while the stream has this revision
// (HTTP's If-Match); otherwise it is a Conflict of code "stale".
func IfRevision(revision uint64) Option {
	return func(e *execution) { e.ifRevision = &revision }
}

// ByState lets the state alone tell whether the command has been honoured: a
// thing given back can be taken again by the same command.
func ByState() Option { return func(e *execution) { e.byState = true } }

// attempts bounds how often a command is judged anew after a conflict: often
// enough for everybody to get through where fifty change one stream at once.
// appends bounds how often one of unknown outcome is repeated.
const (
	attempts = 500
	appends  = 3
)

// errUnknown marks an append of which it is not known whether it was kept.
var errUnknown = errors.New("it is not known whether the append was kept")

// Execute is the one way in which anything changes: load, decide, append with
// the exact revision that was read, and again from the start on a conflict. A
// command that was executed before is answered with its result.
func (j *Journal) Execute(ctx context.Context, stream string, cause domain.Cause, decide domain.Decide, options ...Option) (Result, error) {
	var x execution
	for _, option := range options {
		option(&x)
	}
	if cause.At.IsZero() {
		cause.At = j.Now()
	}
	cause.At = moment(cause.At)
	if cause.Command == "" {
		return Result{}, domain.Faultf(domain.Invalid, "no-command", "a command needs an id")
	}
	for n := 0; ; n++ {
		result, err := j.once(ctx, stream, cause, decide, x)
		if !errors.Is(err, ErrConflict) {
			return result, err
		}
		if n == attempts {
			return Result{}, domain.Faultf(domain.Unavailable, "busy", "others keep changing the same thing; try again")
		}
	}
}

func (j *Journal) once(ctx context.Context, stream string, cause domain.Cause, decide domain.Decide, x execution) (Result, error) {
	h, err := j.Load(ctx, stream)
	if err != nil {
		return Result{}, unavailable(err)
	}
	if x.byState {
		cause.Command = domain.DeriveID(cause.Command, stream, strconv.FormatInt(int64(h.Revision), 10))
	}
	if revision, done := executed(h, cause.Command); done {
		return Result{Revision: revision, Position: h.Position, Facts: h.Facts, Repeated: true}, nil
	}
	if x.ifRevision != nil && (h.Revision == NoStream || uint64(h.Revision) != *x.ifRevision) {
		return Result{}, domain.Faultf(domain.Conflict, "stale", "it has been changed since it was read")
	}
	events, err := decide(h.Facts)
	if err != nil {
		return Result{}, err
	}
	if len(events) == 0 {
		return Result{Revision: uint64(max(h.Revision, 0)), Position: h.Position, Facts: h.Facts}, nil
	}
	return j.append(ctx, stream, h, events, cause)
}

// executed finds the last fact a command wrote.
func executed(h History, command string) (revision uint64, found bool) {
	for _, fact := range h.Facts {
		if fact.Command == command {
			revision, found = fact.Revision, true
		}
	}
	return revision, found
}

func (j *Journal) append(ctx context.Context, stream string, h History, events []domain.Event, cause domain.Cause) (Result, error) {
	proposed := make([]Proposed, 0, len(events))
	facts := h.Facts
	chain, revision := h.chain, uint64(h.Revision+1) // NoStream is -1
	for n, event := range events {
		p, next, err := j.codec.encode(ctx, chain, stream, revision, domain.EventID(stream, cause.Command, n), event, cause)
		if err != nil {
			return Result{}, unavailable(err)
		}
		fact := metaOf(cause, "").fact(p.ID, stream, revision)
		fact.Event = event
		facts = append(facts, fact)
		proposed, chain, revision = append(proposed, p), next, revision+1
	}
	appended, maybeTheirs, err := j.appendSurely(ctx, stream, h.Revision, proposed)
	if err != nil {
		return Result{}, err
	}
	own := Result{Revision: appended.Revision, Position: appended.Position, Facts: facts, Wrote: len(events)}
	if maybeTheirs {
		return j.settle(ctx, h, proposed, own)
	}
	return own, nil
}

// appendSurely repeats an append of unknown outcome with the same ids and
// revision, which the store recognises. It tells whether what stands there may
// be that of another execution of the same command.
func (j *Journal) appendSurely(ctx context.Context, stream string, expected Expected, events []Proposed) (appended Appended, maybeTheirs bool, err error) {
	pause := 20 * time.Millisecond
	for n := 0; ; n++ {
		appended, maybeTheirs, err = j.try(ctx, stream, expected, events)
		var fault *domain.Fault
		switch {
		case err == nil || errors.Is(err, ErrConflict):
			return appended, maybeTheirs, err
		case n == appends || ctx.Err() != nil || errors.As(err, &fault):
			return Appended{}, false, unavailable(fmt.Errorf("append to %s: %w: %w", stream, errUnknown, err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause *= 4
	}
}

// unavailable marks an error of the store as one that trying again can cure;
// faults keep their kind, and nothing cures an erased person.
func unavailable(err error) error {
	if _, ok := errors.AsType[*domain.Fault](err); ok {
		return err
	}
	if errors.Is(err, ErrErased) {
		return fmt.Errorf("%w: %w", domain.Faultf(domain.Refused, "erased", "the person has been forgotten"), err)
	}
	return fmt.Errorf("%w: %w", domain.Faultf(domain.Unavailable, "store-unavailable", "the event store does not answer; try again"), err)
}
