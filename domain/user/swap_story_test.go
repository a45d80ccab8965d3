package user_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// town is a company's numbers and users, each a stream, and people who do things
// to them of which any can end in the middle.
type town struct {
	*testing.T
	streams map[string][]domain.Fact
	now     time.Time
	luck    func(int) int
	made    int
}

var (
	townsfolk = []string{"ada", "grace", "linus"}
	townLines = []domain.E164{"+4930120001", "+4930120002", "+4930120003", "+4930120004"}
)

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	w := &town{T: t, streams: map[string][]domain.Fact{}, now: noon, luck: rand.New(rand.NewPCG(seed, 5)).IntN}
	for _, n := range townLines {
		w.tell(number.Stream(n), number.Connected{Company: "acme"})
	}
	for i, id := range townsfolk {
		n := townLines[i]
		w.tell(number.Stream(n), number.Assigned{Company: "acme", User: id}, number.Confirmed{User: id})
		w.tell(user.Stream(id), user.Created{ID: id, Company: "acme", Number: n, Claims: user.Claims{Number: number.Stream(n)}})
	}
	return w
}

func (w *town) tell(stream string, events ...domain.Event) {
	for _, event := range events {
		w.streams[stream] = append(w.streams[stream], domain.Fact{Event: event, Stream: stream, Revision: uint64(len(w.streams[stream])), At: w.now})
	}
}

// do lets a command pass on a stream.
func (w *town) do(stream string, decide domain.Decide) error {
	events, err := decide(w.streams[stream])
	if err == nil {
		w.tell(stream, events...)
	}
	return err
}

func (w *town) user(id string) user.State         { return user.Fold(w.streams[user.Stream(id)]) }
func (w *town) number(n domain.E164) number.State { return number.Fold(w.streams[number.Stream(n)]) }
func (w *town) someone() string                   { return townsfolk[w.luck(len(townsfolk))] }
func (w *town) dies() bool                        { return w.luck(4) == 0 }

// swap is what an order for a swap does; its process may end at each step.
func (w *town) swap() {
	w.made++
	one, other := w.user(w.someone()), w.user(w.someone())
	if one.ID == other.ID || !one.Exists() || !other.Exists() || one.Number == "" || other.Number == "" {
		return
	}
	id, at := fmt.Sprint("swap-", w.made), w.now
	if (user.SwapNumber{Swap: id, Number: one.Number, Previous: other.Number, Actor: operator}).Check(other) != nil {
		return
	}
	var prepared []domain.E164
	drop := func() {
		for _, n := range prepared {
			_ = w.do(number.Stream(n), number.DropSwap(id, "refused"))
		}
	}
	for _, of := range [][2]user.State{{one, other}, {other, one}} {
		prepare := number.PrepareSwap{Number: of[0].Number, Other: of[1].Number, From: of[0].ID, To: of[1].ID, Decides: one.ID, Swap: id, At: at}
		if w.do(number.Stream(of[0].Number), prepare.Decide) != nil {
			drop()
			return
		}
		if prepared = append(prepared, of[0].Number); w.dies() {
			return
		}
	}
	w.interrupted()
	decide := user.SwapNumber{Swap: id, With: other.ID, Number: other.Number, Previous: one.Number, Actor: operator, At: at}
	if w.do(user.Stream(one.ID), decide.Decide) != nil {
		drop()
	}
}

// interrupted lets others do something, or the time pass, in the middle.
func (w *town) interrupted() {
	switch w.luck(4) {
	case 0:
		w.change()
	case 1:
		w.delete()
	case 2:
		w.now = w.now.Add(2 * claim.Window)
		w.sweep()
	}
}

// change gives somebody another number, or none.
func (w *town) change() {
	s, n := w.user(w.someone()), townLines[w.luck(len(townLines))]
	if !s.Exists() || s.Number == n || slices.Contains(s.Loose, number.Stream(n)) {
		return
	}
	w.made++
	by := fmt.Sprint("change-", w.made)
	if w.do(number.Stream(n), number.Assign{Number: n, Company: "acme", User: s.ID, By: by, At: w.now}.Decide) != nil || w.dies() {
		return
	}
	w.tell(user.Stream(s.ID), user.NumberChanged{Number: n, Previous: s.Number})
	if !w.dies() {
		_ = w.do(number.Stream(n), number.Confirm(s.ID))
	}
}

func (w *town) delete() {
	if w.luck(6) == 0 {
		_ = w.do(user.Stream(w.someone()), user.Delete{Actor: operator}.Decide)
	}
}

// work carries out one duty of somebody, up to a step.
func (w *town) work(id string) bool {
	s := w.user(id)
	switch duty := s.Duty(w.now); duty.Task {
	case user.FinishSwap:
		swap := s.Swap
		follow := user.SwapNumber{Swap: swap.ID, With: id, Number: swap.Previous, Previous: swap.Number, At: w.now}
		_ = w.do(user.Stream(swap.With), follow.Follow)
		if w.dies() {
			return true
		}
		for _, of := range []struct {
			n    domain.E164
			user user.State
		}{{swap.Number, w.user(id)}, {swap.Previous, w.user(swap.With)}} {
			if err := w.do(number.Stream(of.n), of.user.Moving(swap.ID, of.n)); err != nil {
				w.Fatal(err)
			}
			if w.dies() {
				return true
			}
		}
		_ = w.do(user.Stream(id), user.NoteSwapped{Swap: swap.ID}.Decide)
	case user.ReleaseClaims:
		for _, stream := range s.Loose {
			if w.do(stream, s.Releasing(stream, w.now, policy.Policy{})) != nil {
				return false // it changes places: another workflow has to finish first
			}
		}
		_ = w.do(user.Stream(id), user.NoteReleased{Claims: s.Loose}.Decide)
	default:
		return false
	}
	return true
}

// sweep settles what is overdue as the sweep does: the owner is asked first.
func (w *town) sweep() {
	for _, n := range townLines {
		s := w.number(n)
		if s.Swap != nil && !s.Swap.Deadline.After(w.now) {
			if w.do(user.Stream(s.Swap.Decides), user.AbandonSwap{Swap: s.Swap.Swap, Deadline: s.Swap.Deadline}.Decide) == nil {
				_ = w.do(number.Stream(n), number.ExpireSwap(s.Swap.Deadline, "late"))
			}
		}
		if s.User != "" && !s.Confirmed && !s.Deadline.After(w.now) {
			decide := number.Expire(s.User, s.Deadline, "late")
			if w.do(user.Stream(s.User), user.AbandonClaim{Claim: number.Stream(n), Deadline: s.Deadline}.Decide) != nil {
				decide = number.Confirm(s.User)
			}
			_ = w.do(number.Stream(n), decide)
		}
	}
}

// check asks what holds at every moment: nobody who exists and has a number has
// none, and whoever names a number either has it or has it coming.
func (w *town) check() {
	w.Helper()
	for _, id := range townsfolk {
		s := w.user(id)
		if !s.Exists() {
			continue
		}
		if s.Number == "" || s.Claims.Number != number.Stream(s.Number) {
			w.Fatalf("%s names the number %q by %q", id, s.Number, s.Claims.Number)
		}
		has := w.number(s.Number)
		if has.User != id && (has.Swap == nil || has.Swap.To != id) {
			w.Fatalf("%s names %s, which is %q's with the swap %+v", id, s.Number, has.User, has.Swap)
		}
	}
}

// settled lets everything come to rest and asks whether streams agree.
func (w *town) settled() {
	w.Helper()
	w.luck = func(int) int { return 1 }
	for range 20 {
		w.now = w.now.Add(2 * claim.Window)
		w.sweep()
		for _, id := range townsfolk {
			w.work(id)
		}
	}
	for _, n := range townLines {
		s := w.number(n)
		if s.Company != "acme" || s.Swap != nil {
			w.Fatalf("%s is lost: %+v", n, s)
		}
		if s.User != "" && (!s.Confirmed || w.user(s.User).Claims.Number != number.Stream(n)) {
			w.Fatalf("%s is %s's, who names %q", n, s.User, w.user(s.User).Claims.Number)
		}
	}
	for _, id := range townsfolk {
		if s := w.user(id); s.Exists() && w.number(s.Number).User != id || len(s.Loose) > 0 || s.Swap.ID != "" {
			w.Fatalf("%s does not come to rest: number %s, to give back %v, swap %+v", id, s.Number, s.Loose, s.Swap)
		}
	}
}

func TestWhateverHappensANumberHasOneOwnerAndNoneIsLost(t *testing.T) {
	swapped := 0
	for seed := range uint64(600) {
		w := newTown(t, seed)
		for range 60 {
			switch w.luck(5) {
			case 0:
				w.swap()
			case 1:
				w.change()
			case 2:
				w.now = w.now.Add(time.Duration(w.luck(40)) * time.Second)
				w.sweep()
			default:
				w.work(w.someone())
			}
			w.check()
		}
		w.settled()
		for _, n := range townLines {
			swapped += len(slices.Collect(func(yield func(int) bool) {
				for i, fact := range w.streams[number.Stream(n)] {
					if _, is := fact.Event.(number.Swapped); is && !yield(i) {
						return
					}
				}
			}))
		}
	}
	if swapped < 100 {
		t.Errorf("only %d numbers were ever swapped", swapped)
	}
}
