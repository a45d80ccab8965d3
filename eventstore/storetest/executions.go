package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
)

// named is the one event of these cases. Its name is sealed, so that no two
// executions propose the same bytes.
type named struct {
	At       time.Time `json:"at"`
	Personal *someone  `json:"personal,omitempty"`
}

type someone struct {
	Name string `json:"name"`
	Sum  string `json:"sum"`
}

// Type is the wire name.
func (named) Type() string { return "storetest.named.v1" }

// oneKey is a key store with one key for everybody.
type oneKey struct{}

// Subject gives the key.
func (oneKey) Subject(context.Context, string) ([]byte, error) { return make([]byte, 32), nil }

// EnsureSubject gives the key.
func (oneKey) EnsureSubject(context.Context, string) ([]byte, error) { return make([]byte, 32), nil }

// Secret gives the key.
func (oneKey) Secret(context.Context, string) ([]byte, error) { return make([]byte, 32), nil }

func executionCases() []Case {
	return []Case{
		on("of one command executed many times at once, one writes and the others tell what it wrote", raceOfExecutions),
		on("of two commands under one id at once, one writes and the other is a conflict", raceOfCommands),
	}
}

// naming executes a command that names somebody; what it decides is salted and
// dated anew by each execution. It goes on when the others have looked, too.
func (t *trial) naming(journal *eventstore.Journal, round, racer int, name string, looked *sync.WaitGroup) (eventstore.Result, error) {
	cause := domain.Cause{Command: fmt.Sprint("naming ", round), Actor: domain.Actor{Kind: domain.ActorSystem}, Channel: domain.ChannelAPI}
	once := sync.OnceFunc(func() { looked.Done(); looked.Wait() })
	return journal.Execute(t.ctx, fmt.Sprintf("n-%d", round), cause, func([]domain.Fact) ([]domain.Event, error) {
		once()
		at := time.Date(2026, 3, 2, 12, 0, 0, racer+1, time.UTC)
		return []domain.Event{named{At: at, Personal: &someone{Name: name, Sum: fmt.Sprint("$salted$", racer)}}}, nil
	})
}

func (t *trial) journal() *eventstore.Journal {
	t.Helper()
	codec, err := eventstore.NewCodec(oneKey{}, named{})
	if err != nil {
		t.Fatalf("make a codec: %v", err)
	}
	return eventstore.NewJournal(t.store, codec, func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) })
}

// kept is what a stream of these cases holds.
func (t *trial) kept(journal *eventstore.Journal, round int) named {
	t.Helper()
	h, err := journal.Load(t.ctx, fmt.Sprintf("n-%d", round))
	if err != nil || len(h.Facts) != 1 {
		t.Fatalf("round %d: %d facts are kept, %v", round, len(h.Facts), err)
	}
	event, _ := h.Facts[0].Event.(named)
	return event
}

func raceOfExecutions(t *trial) {
	journal := t.journal()
	for round := range rounds {
		var looked sync.WaitGroup
		looked.Add(racers)
		results := make([]eventstore.Result, racers)
		race(func(racer int) {
			var err error
			if results[racer], err = t.naming(journal, round, racer, "Ada", &looked); err != nil {
				t.Errorf("round %d, racer %d: %v", round, racer, err)
			}
		})
		wrote, kept := 0, t.kept(journal, round)
		for racer, result := range results {
			wrote += result.Wrote
			if len(result.Facts) != 1 || result.Repeated != (result.Wrote == 0) {
				t.Errorf("round %d, racer %d is told %+v", round, racer, result)
				continue
			}
			if told, _ := result.Facts[0].Event.(named); !told.At.Equal(kept.At) || *told.Personal != *kept.Personal {
				t.Errorf("round %d, racer %d is told %+v, kept is %+v", round, racer, *told.Personal, *kept.Personal)
			}
		}
		if wrote != 1 {
			t.Errorf("round %d: %d executions believe that they wrote, want one", round, wrote)
		}
	}
}

func raceOfCommands(t *trial) {
	journal := t.journal()
	for round := range rounds {
		var looked sync.WaitGroup
		looked.Add(racers)
		var names [racers]string
		race(func(racer int) {
			name := []string{"Ada", "Bea"}[racer%2]
			result, err := t.naming(journal, round, racer, name, &looked)
			var fault *domain.Fault
			switch {
			case err == nil && len(result.Facts) == 1:
				names[racer] = name
			case !errors.As(err, &fault) || fault.Kind != domain.Conflict || fault.Code != "command-reused":
				t.Errorf("round %d, racer %d: %d facts, %v", round, racer, len(result.Facts), err)
			}
		})
		kept := t.kept(journal, round).Personal.Name
		for racer, name := range names {
			if told := racer%2 == 0; name != "" && name != kept || name == "" && told == (kept == "Ada") {
				t.Errorf("round %d, racer %d: answered as written was %q, kept is %q", round, racer, name, kept)
			}
		}
	}
}
