// Package eventstore keeps streams of facts and their revisions. It knows no
// aggregate: events go in and come out as bytes with a type name. Execute is
// the one way in which anything changes.
package eventstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Position is an event's place in the order of all events. It is opaque:
// strictly increasing, not contiguous, 0 before the first event.
type Position uint64

// Expected is the revision a stream must have for an append to be taken.
type Expected int64

// The expectations that are no exact revision (EventStoreDB's semantics).
const (
	Any          Expected = -2 // whatever it is
	NoStream     Expected = -1 // no event yet
	StreamExists Expected = -4 // at least one event
)

// Exactly expects the stream's last event to have this revision.
func Exactly(revision uint64) Expected { return Expected(revision) } // revisions stay below 2^63

// Direction is the order of a read.
type Direction bool

// The directions.
const (
	Forwards  Direction = false
	Backwards Direction = true
)

// End is the revision to read backwards from the last event.
const End = ^uint64(0)

// Proposed is an event on its way in. ID is a UUID in its text form.
type Proposed struct {
	ID     string
	Type   string
	Data   []byte // JSON, unless Binary says otherwise
	Meta   []byte // JSON
	Binary bool   // Data is no JSON
}

// Recorded is an event as the store keeps it.
type Recorded struct {
	Proposed
	Stream   string
	Revision uint64 // from 0, without gaps
	Position Position
	Time     time.Time // when the store took it, UTC, never before the event ahead of it
}

// Appended tells where the last event of an append is kept.
type Appended struct {
	Revision uint64
	Position Position
}

// ErrConflict is the error of an append whose expected revision was not met.
var ErrConflict = errors.New("the stream has another revision than expected")

// ConflictError says what was expected and what is there; it is an ErrConflict.
type ConflictError struct {
	Stream   string
	Expected Expected
	Actual   Expected // the last revision, or NoStream
}

// Error tells the stream and both revisions.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s: expected revision %d, is %d", e.Stream, e.Expected, e.Actual)
}

// Unwrap makes errors.Is(err, ErrConflict) true.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// ErrDeleted is the error of writing to a stream that was deleted for good, or
// of expecting a stream where one was deleted (and may be written anew).
var ErrDeleted = errors.New("the stream has been deleted")

// DeletedError names the stream; it is an ErrDeleted.
type DeletedError struct{ Stream string }

// Error tells the stream.
func (e *DeletedError) Error() string { return e.Stream + ": " + ErrDeleted.Error() }

// Unwrap makes errors.Is(err, ErrDeleted) true.
func (e *DeletedError) Unwrap() error { return ErrDeleted }

// MessageKind tells what a subscription delivers.
type MessageKind int

// The kinds of messages of a subscription.
const (
	EventAppeared MessageKind = iota // Event is set
	CaughtUp                         // everything up to Position has been delivered; may repeat
	Checkpoint                       // nothing that matches lies between the last message and Position
)

// Message is one delivery of a subscription.
type Message struct {
	Kind     MessageKind
	Event    Recorded
	Position Position
}

// Store keeps events in streams. All methods are safe for concurrent use. A
// position that is handed in is 0 or one the store has given out.
type Store interface {
	// Append writes all events atomically behind the expected revision. The
	// same ids at the place where they were expected before (for Any and
	// StreamExists: anywhere in the stream) are recognised as the same append
	// and answered like the first one. Errors: ErrConflict, ErrDeleted, and
	// faults of kind Invalid for what CheckAppend refuses; anything else means
	// that the outcome is unknown, and the same call can be repeated.
	Append(ctx context.Context, stream string, expected Expected, events ...Proposed) (Appended, error)

	// Read gives a stream's events from a revision on (included), at most
	// limit (0: all). Backwards from End starts at the last event. A stream
	// that does not exist has no events.
	Read(ctx context.Context, stream string, from uint64, direction Direction, limit int) iter.Seq2[Recorded, error]

	// ReadAll gives the events of all streams whose name starts with one of
	// the prefixes (none: every stream). Forwards it begins behind the
	// position, backwards at it (included; 0: from the end).
	ReadAll(ctx context.Context, from Position, direction Direction, limit int, prefixes ...string) iter.Seq2[Recorded, error]

	// Subscribe delivers events behind a position, first those that are there
	// and then live ones, in order and none twice, until the context ends or
	// an error is given; it never ends otherwise.
	Subscribe(ctx context.Context, after Position, prefixes ...string) iter.Seq2[Message, error]

	// Head is the position of the last event, 0 where there is none.
	Head(ctx context.Context) (Position, error)

	// PositionAt is the greatest position recorded at or before a moment.
	PositionAt(ctx context.Context, at time.Time) (Position, error)

	// Close ends subscriptions and waits for appends that are under way.
	Close() error
}

// Sequencer is a store that gives appends their order before it has answered
// them, so that one caller can have many on their way to a stream.
type Sequencer interface {
	// Begin is the first half of Append: appends that began one after the other
	// are decided in this order. The second half, which has to be called, waits
	// for what Append answers.
	Begin(ctx context.Context, stream string, expected Expected, events ...Proposed) (answer func() (Appended, error))
}

// Deleter is a store that can also delete streams, by EventStoreDB's rules:
// the last event of "$$"+stream says what of a stream is hidden. Append to such
// a store brings a deleted stream back (its numbers go on), and refuses one
// that was deleted for good with ErrDeleted.
//
// Read gives everything that is kept, hidden or not, the last event of a stream
// that was deleted for good included; StreamMeta tells what is hidden.
type Deleter interface {
	// Delete hides a stream's events. Errors: those of Append; a stream that
	// never was is an ErrConflict whatever is expected.
	Delete(ctx context.Context, stream string, expected Expected) (Position, error)

	// Tombstone deletes a stream for good, one that never was included. Its last
	// event is of type TypeTombstone at revision TombstoneRevision. Errors: those
	// of Append.
	Tombstone(ctx context.Context, stream string, expected Expected) (Position, error)
}
