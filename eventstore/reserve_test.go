package eventstore_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

const line domain.E164 = "+4930123450"

// lineFor is the wish of a user for the number, which is the company's.
func lineFor(id string) eventstore.Wish {
	return eventstore.Wish{Name: "number", Candidates: slices.Values([]eventstore.Candidate{{
		Stream: number.Stream(line), Take: number.Assign{Number: line, Company: "acme", User: id, By: "order", At: noon}.Decide, Undo: number.GiveBack(id, "order", "refused"),
	}})}
}

// extensionFor is the wish of a user for the first free of some extensions.
func extensionFor(id string, extensions ...string) eventstore.Wish {
	return eventstore.Wish{Name: "extension", Candidates: candidates(id, extensions)}
}

func candidates(id string, extensions []string) iter.Seq[eventstore.Candidate] {
	taken := domain.Faultf(domain.Conflict, "extension-taken", "the extension is taken")
	return func(yield func(eventstore.Candidate) bool) {
		for _, extension := range extensions {
			candidate := eventstore.Candidate{
				Stream: user.ExtensionStream("acme", extension),
				Take:   claim.Take{Owner: user.Stream(id), By: "order", At: noon, Taken: taken}.Decide,
				Undo:   claim.GiveBack(user.Stream(id), "order", "refused"),
			}
			if !yield(candidate) {
				return
			}
		}
	}
}

func (h house) connect(t *testing.T) {
	t.Helper()
	must(t, h.Journal, number.Stream(line), "connect", number.Connect{Number: line, Company: "acme", At: noon}.Decide)
}

func (h house) ownerOf(t *testing.T, extension string) string {
	t.Helper()
	loaded, err := h.Load(t.Context(), user.ExtensionStream("acme", extension))
	if err != nil {
		t.Fatal(err)
	}
	return claim.Fold(loaded.Facts).Owner
}

func (h house) lineOf(t *testing.T) string {
	t.Helper()
	loaded, err := h.Load(t.Context(), number.Stream(line))
	if err != nil {
		t.Fatal(err)
	}
	return number.Fold(loaded.Facts).User
}

func TestOfFiftyWhoWishTheSameNumberOneGetsIt(t *testing.T) {
	h := open(t)
	h.connect(t)
	var won, lost atomic.Int64
	var all sync.WaitGroup
	for n := range 50 {
		all.Go(func() {
			id := fmt.Sprint("user", n)
			granted, err := h.Reserve(t.Context(), command(id), lineFor(id))
			var fault *domain.Fault
			switch {
			case err == nil && granted.Granted["number"] == number.Stream(line):
				won.Add(1)
			case errors.As(err, &fault) && fault.Code == "number-taken":
				lost.Add(1)
			default:
				t.Errorf("%s: %+v, %v", id, granted, err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 49 {
		t.Errorf("%d won and %d lost", won.Load(), lost.Load())
	}
	if events := h.recorded(t, number.Stream(line)); len(events) != 2 {
		t.Errorf("%d events, want connected and assigned", len(events))
	}
}

func TestTheFirstFreeCandidateIsGranted(t *testing.T) {
	h := open(t)
	for n, extension := range []string{"0049", "0050"} {
		must(t, h.Journal, user.ExtensionStream("acme", extension), fmt.Sprint(n), claim.Take{Owner: user.Stream(grace), By: "order", At: noon}.Decide)
	}
	granted, err := h.Reserve(t.Context(), command("order"), extensionFor(ada, "0049", "0050", "0051", "0052"))
	if err != nil || granted.Granted["extension"] != "extension-acme-0051" {
		t.Fatalf("%+v, %v", granted, err)
	}
	if h.ownerOf(t, "0051") != user.Stream(ada) || h.ownerOf(t, "0052") != "" {
		t.Error("more or less than one was taken")
	}
	again, err := h.Reserve(t.Context(), command("order"), extensionFor(ada, "0049", "0050", "0051", "0052"))
	if err != nil || again.Granted["extension"] != "extension-acme-0051" {
		t.Errorf("the same command is granted %+v, %v", again, err)
	}
}

func TestARefusedWishGivesBackTheOnesBefore(t *testing.T) {
	h := open(t)
	h.connect(t)
	must(t, h.Journal, user.ExtensionStream("acme", "0049"), "other", claim.Take{Owner: user.Stream(grace), By: "order", At: noon}.Decide)
	none := domain.Faultf(domain.Conflict, "no-extension", "all are taken")
	second := extensionFor(ada, "0049")
	for code, wish := range map[string]eventstore.Wish{
		"extension-taken": second, "no-extension": {Name: second.Name, Candidates: second.Candidates, None: none},
	} {
		_, err := h.Reserve(t.Context(), command("order "+code), lineFor(ada), wish)
		var fault *domain.Fault
		if !errors.As(err, &fault) || fault.Code != code {
			t.Errorf("refused with %v, want %s", err, code)
		}
		if owner := h.lineOf(t); owner != "" {
			t.Errorf("the number is still %s's", owner)
		}
	}
	if h.ownerOf(t, "0049") != user.Stream(grace) {
		t.Error("another's extension was given back")
	}
	if _, err := h.Reserve(t.Context(), command("order extension-taken"), lineFor(ada)); err != nil || h.lineOf(t) != ada {
		t.Errorf("the same command can't take again what it gave back: %v", err)
	}
}

func TestSettlingFollowsWhatBecameOfTheCommand(t *testing.T) {
	for name, c := range map[string]struct {
		outcome error
		kept    bool
	}{
		"it passed":              {nil, true},
		"it was refused":         {domain.Faultf(domain.Refused, "no", "no"), false},
		"it was invalid":         {fmt.Errorf("order: %w", domain.Faultf(domain.Invalid, "no", "no")), false},
		"somebody was faster":    {domain.Faultf(domain.Conflict, "no", "no"), false},
		"it was never its turn":  {domain.Faultf(domain.Unavailable, "busy", "busy"), false},
		"the append may be kept": {fmt.Errorf("%w: %w", domain.Faultf(domain.Unavailable, "away", "away"), eventstore.ErrUnknown), true},
		"nobody knows the error": {errBroken, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			h.connect(t)
			granted, err := h.Reserve(t.Context(), command("order"), lineFor(ada), extensionFor(ada, "0049"))
			if err != nil {
				t.Fatal(err)
			}
			granted.Settle(t.Context(), c.outcome)
			granted.Settle(t.Context(), c.outcome) // twice is nothing
			if kept := h.lineOf(t) == ada; kept != c.kept || h.ownerOf(t, "0049") != map[bool]string{true: user.Stream(ada)}[c.kept] {
				t.Errorf("kept: number %v, extension of %q; want %v", kept, h.ownerOf(t, "0049"), c.kept)
			}
		})
	}
}

func TestWhatTheOwnerHadBeforeIsNotGivenBack(t *testing.T) {
	h := open(t)
	h.connect(t)
	must(t, h.Journal, number.Stream(line), "before", number.Assign{Number: line, Company: "acme", User: ada, By: "order", At: noon}.Decide)
	must(t, h.Journal, number.Stream(line), "stands", number.Confirm(ada))
	granted, err := h.Reserve(t.Context(), command("change"), lineFor(ada))
	if err != nil {
		t.Fatal(err)
	}
	granted.Settle(t.Context(), domain.Faultf(domain.Refused, "no", "no"))
	if h.lineOf(t) != ada {
		t.Error("a refused command took away the number that stood before it")
	}
}

func TestAStoreThatIsAwayLeavesWhatWasTaken(t *testing.T) {
	h := open(t)
	h.connect(t)
	away := &faulty{Store: h.store}
	j := h.over(away)
	first := lineFor(ada)
	second := extensionFor(ada, "0049")
	second.Candidates = func(yield func(eventstore.Candidate) bool) {
		away.mu.Lock()
		away.refused = 99
		away.mu.Unlock()
		candidates(ada, []string{"0049"})(yield)
	}
	if _, err := j.Reserve(t.Context(), command("order"), first, second); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("reserved with %v", err)
	}
	if h.lineOf(t) != ada {
		t.Error("what was taken was given back, although the same command may come again")
	}
	granted, err := h.Reserve(t.Context(), command("order"), first, extensionFor(ada, "0049"))
	if err != nil || len(granted.Granted) != 2 {
		t.Errorf("the same command finds %+v, %v", granted, err)
	}
}
