package eventstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"dialtone/domain"
)

// Recogniser is a store that tells whether an append was recognised as one that
// was written before. Of other stores that is found out by reading.
type Recogniser interface {
	// AppendOrRecognise is Append; recognised tells that nothing was written.
	AppendOrRecognise(ctx context.Context, stream string, expected Expected, events ...Proposed) (appended Appended, recognised bool, err error)
}

// try appends once and tells whether what stands there may be somebody else's.
func (j *Journal) try(ctx context.Context, stream string, expected Expected, events []Proposed) (Appended, bool, error) {
	if store, tells := j.store.(Recogniser); tells {
		return store.AppendOrRecognise(ctx, stream, expected, events...)
	}
	appended, err := j.store.Append(ctx, stream, expected, events...)
	return appended, true, err
}

// settle reads what stands where an append may have been recognised. Ids follow
// from the command, so two executions of one command at once have the same, and
// a store takes the second for a repetition of the first. What is not as it was
// proposed was written by the other: that is the result, as it is for a command
// that comes later, and a conflict where the other decided something else.
func (j *Journal) settle(ctx context.Context, h History, proposed []Proposed, own Result) (Result, error) {
	first := own.Revision + 1 - uint64(len(proposed))
	written := own.Facts[len(h.Facts):]
	stream := written[0].Stream
	theirs, n := append([]domain.Fact{}, h.Facts...), 0
	for event, err := range j.store.Read(ctx, stream, first, Forwards, len(proposed)) {
		if err != nil {
			return Result{}, unsettled(stream, err)
		}
		if n == 0 && bytes.Equal(event.Data, proposed[0].Data) && bytes.Equal(event.Meta, proposed[0].Meta) {
			return own, nil
		}
		fact, err := j.codec.Decode(ctx, event)
		if err != nil {
			return Result{}, err
		}
		same, err := alike(fact, written[n].Event)
		if err != nil {
			return Result{}, err
		}
		if !same && written[n].Channel != domain.ChannelWorkflow { // of two tries of a workflow the first counts
			return Result{}, domain.Faultf(domain.Conflict, "command-reused", "another command was given under the same id at the same moment")
		}
		theirs, n = append(theirs, fact), n+1
	}
	if n < len(proposed) {
		return Result{}, unsettled(stream, errors.New("what was appended is not there yet"))
	}
	return Result{Revision: own.Revision, Position: own.Position, Facts: theirs, Repeated: true}, nil
}

func unsettled(stream string, err error) error {
	return unavailable(fmt.Errorf("read back from %s: %w: %w", stream, errUnknown, err))
}

// alike tells whether a recorded fact says what was decided, but for what no two
// executions have in common: moments, and salted sums in PHC form.
func alike(fact domain.Fact, decided domain.Event) (bool, error) {
	if fact.Event.Type() != decided.Type() {
		return false, nil
	}
	var sides [2]any
	for i, event := range []domain.Event{fact.Event, decided} {
		raw, err := json.Marshal(event)
		if err != nil {
			return false, fmt.Errorf("compare %s: %w", event.Type(), err)
		}
		if err := json.Unmarshal(raw, &sides[i]); err != nil {
			return false, fmt.Errorf("compare %s: %w", event.Type(), err)
		}
	}
	if fact.Erased {
		for _, side := range sides {
			if members, ok := side.(map[string]any); ok {
				delete(members, plainMember)
			}
		}
	}
	return equal(sides[0], sides[1]), nil
}

func equal(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, member := range x {
			if other, there := y[name]; !there || !equal(member, other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case string:
		y, ok := b.(string)
		return ok && (x == y || isMoment(x) && isMoment(y) || strings.HasPrefix(x, "$") && strings.HasPrefix(y, "$"))
	}
	return a == b
}

func isMoment(text string) bool {
	_, err := time.Parse(time.RFC3339Nano, text)
	return err == nil
}
