package eventstore_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

const stream = "user-" + ada

// started is a decision that writes the next attempt, however many there are.
func started(history []domain.Fact) ([]domain.Event, error) {
	return []domain.Event{user.StepStarted{Step: "line", Attempt: len(history)}}, nil
}

func TestACommandIsDecidedOnWhatIsThere(t *testing.T) {
	h := open(t)
	first := must(t, h.Journal, stream, "a", started)
	second := must(t, h.Journal, stream, "b", write(user.StepDone{Step: "line"}, user.Activated{}))
	if first.Revision != 0 || first.Wrote != 1 || second.Revision != 2 || second.Wrote != 2 || len(second.Facts) != 3 || second.Position <= first.Position {
		t.Errorf("first %+v, second %+v", first, second)
	}
	before, err := h.LoadAt(t.Context(), stream, first.Position)
	if err != nil || len(before.Facts) != 1 || before.Revision != eventstore.Exactly(0) || before.Position != first.Position {
		t.Errorf("as of the first command: %+v, %v", before, err)
	}
	none, err := h.Load(t.Context(), user.Stream(grace))
	if err != nil || none.Revision != eventstore.NoStream || none.Facts != nil {
		t.Errorf("a stream that does not exist: %+v, %v", none, err)
	}
}

func TestWhatDecideSaysIsAnswered(t *testing.T) {
	h := open(t)
	refusal := domain.Faultf(domain.Refused, "no", "not now")
	if _, err := h.Execute(t.Context(), stream, command("a"), func([]domain.Fact) ([]domain.Event, error) { return nil, refusal }); !errors.Is(err, refusal) {
		t.Errorf("the refusal got lost: %v", err)
	}
	if result := must(t, h.Journal, stream, "b", write()); result.Wrote != 0 || result.Repeated {
		t.Errorf("already so: %+v", result)
	}
	if _, err := h.Execute(t.Context(), stream, domain.Cause{}, write(user.Suspended{})); domain.KindOf(err) != domain.Invalid {
		t.Errorf("a command without an id: %v", err)
	}
	if events := h.recorded(t, stream); len(events) != 0 {
		t.Errorf("written was %+v", events)
	}
}

func TestARepeatedCommandIsAnsweredWithItsResult(t *testing.T) {
	h := open(t)
	first := must(t, h.Journal, stream, "a", write(user.Suspended{}, user.Resumed{}))
	must(t, h.Journal, stream, "b", write(user.Suspended{}))
	again := must(t, h.Journal, stream, "a", func([]domain.Fact) ([]domain.Event, error) {
		t.Error("it was decided again")
		return nil, nil
	})
	if !again.Repeated || again.Wrote != 0 || again.Revision != first.Revision || again.Position < first.Position {
		t.Errorf("answered %+v, first %+v", again, first)
	}
	if events := h.recorded(t, stream); len(events) != 3 {
		t.Errorf("%d events", len(events))
	}
}

func TestALinksIDIsTheIDOfItsFact(t *testing.T) {
	h := open(t)
	cause := command("renew")
	must(t, h.Journal, stream, "order", write(created(), user.ActivationStarted{Steps: []string{"link"}}))
	mint := func(link string) (string, string) { return "key", link }
	issue := user.IssueLink{Cause: cause, Mint: mint}
	result, err := h.Execute(t.Context(), stream, cause, issue.Decide)
	if err != nil {
		t.Fatal(err)
	}
	if link := user.Fold(result.Facts).Link; link.ID != result.Facts[2].ID {
		t.Errorf("the link %s stands in fact %s", link.ID, result.Facts[2].ID)
	}
}

func TestIfRevisionLetsACommandPassOnlyWhereItWasRead(t *testing.T) {
	h := open(t)
	stale := func(id string, revision uint64) error {
		_, err := h.Execute(t.Context(), stream, command(id), write(user.Suspended{}), eventstore.IfRevision(revision))
		return err
	}
	var fault *domain.Fault
	if err := stale("a", 0); !errors.As(err, &fault) || fault.Kind != domain.Conflict || fault.Code != "stale" {
		t.Errorf("on a stream that does not exist: %v", err)
	}
	must(t, h.Journal, stream, "b", write(user.Suspended{}, user.Resumed{}))
	if err := stale("c", 0); domain.KindOf(err) != domain.Conflict {
		t.Errorf("on an older revision: %v", err)
	}
	if err := stale("d", 1); err != nil {
		t.Errorf("on the revision that is there: %v", err)
	}
	if err := stale("d", 1); err != nil {
		t.Errorf("repeated, it is answered with its result: %v", err)
	}
}

func TestByStateACommandCanTakeAgainWhatItGaveBack(t *testing.T) {
	h := open(t)
	suspend, resume := user.Suspend{}.Decide, user.Resume{}.Decide
	must(t, h.Journal, stream, "order", write(created()))
	for range 2 {
		if result := must(t, h.Journal, stream, "c", suspend, eventstore.ByState()); result.Wrote != 1 {
			t.Errorf("suspending wrote %d", result.Wrote)
		}
		if result := must(t, h.Journal, stream, "c", suspend, eventstore.ByState()); result.Wrote != 0 {
			t.Errorf("suspending twice wrote %d", result.Wrote)
		}
		if result := must(t, h.Journal, stream, "c", resume, eventstore.ByState()); result.Wrote != 1 {
			t.Errorf("resuming wrote %d", result.Wrote)
		}
	}
}

func TestAConflictIsDecidedAnew(t *testing.T) {
	h := open(t)
	store := &faulty{Store: h.store, before: func() { must(t, h.Journal, stream, "faster", started) }}
	result := must(t, h.over(store), stream, "slower", started)
	if result.Revision != 1 || len(result.Facts) != 2 || result.Facts[1].Event != (user.StepStarted{Step: "line", Attempt: 1}) {
		t.Errorf("decided on what was there before: %+v", result)
	}
	verified(t, h.recorded(t, stream))
}

func TestTwoWhoRaceBothGetThrough(t *testing.T) {
	h := open(t)
	const each = 20
	var racers sync.WaitGroup
	for racer := range 2 {
		racers.Go(func() {
			for n := range each {
				if _, err := h.Execute(t.Context(), stream, command(fmt.Sprint(racer, "-", n)), started); err != nil {
					t.Error(err)
				}
			}
		})
	}
	racers.Wait()
	loaded, err := h.Load(t.Context(), stream)
	if err != nil || len(loaded.Facts) != 2*each {
		t.Fatalf("%d facts, %v", len(loaded.Facts), err)
	}
	for n, fact := range loaded.Facts {
		if fact.Event != (user.StepStarted{Step: "line", Attempt: n}) {
			t.Errorf("fact %d was decided on another history: %+v", n, fact.Event)
		}
	}
	verified(t, h.recorded(t, stream))
}

func TestOneCommandFromManySidesIsExecutedOnce(t *testing.T) {
	h := open(t)
	var sides sync.WaitGroup
	wrote := make([]int, 20)
	for n := range wrote {
		sides.Go(func() {
			result, err := h.Execute(t.Context(), stream, command("the same"), started)
			if err != nil || result.Revision != 0 {
				t.Errorf("%+v, %v", result, err)
			}
			wrote[n] = result.Wrote
		})
	}
	sides.Wait()
	if events := h.recorded(t, stream); len(events) != 1 {
		t.Errorf("%d events, written %v", len(events), wrote)
	}
}

func TestAnAppendOfUnknownOutcomeIsRepeatedAsItWas(t *testing.T) {
	for name, store := range map[string]*faulty{
		"it was taken": {lost: 1}, "it was taken three times": {lost: 3}, "it did not arrive": {refused: 2},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			store.Store = h.store
			result := must(t, h.over(store), stream, "a", write(created(), user.Suspended{}))
			if result.Revision != 1 || len(h.recorded(t, stream)) != 2 {
				t.Errorf("%+v, %d events", result, len(h.recorded(t, stream)))
			}
			for _, seen := range store.seen[1:] {
				if fmt.Sprint(seen) != fmt.Sprint(store.seen[0]) {
					t.Error("the repetition was another append")
				}
			}
			verified(t, h.recorded(t, stream))
		})
	}
}

func TestAStoreThatDoesNotAnswerIsUnavailable(t *testing.T) {
	h := open(t)
	store := &faulty{Store: h.store, refused: 99}
	if _, err := h.over(store).Execute(t.Context(), stream, command("a"), started); domain.KindOf(err) != domain.Unavailable || !errors.Is(err, errBroken) {
		t.Errorf("an append that never arrives: %v", err)
	}
	if _, err := h.over(broken{h.store}).Execute(t.Context(), stream, command("a"), started); domain.KindOf(err) != domain.Unavailable || !errors.Is(err, errBroken) {
		t.Errorf("a stream that can't be read: %v", err)
	}
	must(t, h.Journal, stream, "a", started)
}

func TestTheMomentJudgedByIsTheClocksUnlessGiven(t *testing.T) {
	h := open(t)
	cause := command("a")
	cause.At = time.Time{}
	if _, err := h.Execute(t.Context(), stream, cause, started); err != nil {
		t.Fatal(err)
	}
	cause = command("b")
	cause.At = noon.Add(time.Hour)
	if _, err := h.Execute(t.Context(), stream, cause, started); err != nil {
		t.Fatal(err)
	}
	loaded, err := h.Load(t.Context(), stream)
	if err != nil || !loaded.Facts[0].At.Equal(noon) || !loaded.Facts[1].At.Equal(noon.Add(time.Hour)) {
		t.Errorf("loaded %+v, %v", loaded.Facts, err)
	}
}
