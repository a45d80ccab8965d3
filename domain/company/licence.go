package company

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"dialtone/domain"
)

// LicenceOrder is what was ordered of a kind at once. Its seats are numbered
// behind those of the orders before it.
type LicenceOrder struct {
	Kind       string
	Count      int
	BoundUntil *time.Time
}

// Seat is the n-th licence of a kind, from 1.
type Seat struct {
	Kind string
	N    int
}

// SeatPool is what the names of the claims on the licences of a kind begin with,
// up to the hyphen before their numbers.
func SeatPool(company, kind string) string { return "seat-" + company + "-" + kind }

// SeatStream is the name of the claim on a seat.
func SeatStream(company string, seat Seat) string {
	return SeatPool(company, seat.Kind) + "-" + strconv.Itoa(seat.N)
}

// LicenceReturn is a licence that is to go back to the operator.
type LicenceReturn struct {
	ID    string
	Kind  string
	User  string // whose deletion asked for it, "" for nobody's
	Since time.Time
}

// LicencesOf gives how many licences of a kind the company has: those ordered
// without those given back.
func (s State) LicencesOf(kind string) int {
	count := s.Licences[kind]
	for _, seat := range s.Returned {
		if seat.Kind == kind {
			count--
		}
	}
	return count
}

// LicenceKinds lists the kinds of which the company has any, in order.
func (s State) LicenceKinds() (kinds []string) {
	for kind := range s.Licences {
		if s.LicencesOf(kind) > 0 {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// BoundUntil gives the day until which a seat is bound, nil where it is not.
func (s State) BoundUntil(seat Seat) *time.Time {
	first := 1
	for _, order := range s.LicenceOrders {
		if order.Kind != seat.Kind {
			continue
		}
		if seat.N < first+order.Count {
			return order.BoundUntil
		}
		first += order.Count
	}
	return nil
}

// Seats gives the seats of a kind that the company still has: those that are
// bound at a moment and those that are not, each in order (rule 2.22).
func (s State) Seats(kind string, at time.Time) (bound, unbound []Seat) {
	for n := 1; n <= s.Licences[kind]; n++ {
		seat := Seat{kind, n}
		if slices.Contains(s.Returned, seat) {
			continue
		}
		if until := s.BoundUntil(seat); until != nil && until.After(at) {
			bound = append(bound, seat)
		} else {
			unbound = append(unbound, seat)
		}
	}
	return bound, unbound
}

// SeatRun is seats of a kind one behind the other, from First to Last.
type SeatRun struct{ First, Last int }

// UnboundRuns gives the seats of a kind that are not bound at a moment, run by
// run; those that were given back are among them.
func (s State) UnboundRuns(kind string, at time.Time) (runs []SeatRun) {
	first := 1
	for _, order := range s.LicenceOrders {
		if order.Kind != kind {
			continue
		}
		last := first + order.Count - 1
		if order.BoundUntil == nil || !order.BoundUntil.After(at) {
			runs = append(runs, SeatRun{first, last})
		}
		first = last + 1
	}
	return runs
}

// SeatNamed gives the seat of a kind that a claim stands for.
func (s State) SeatNamed(stream, kind string) (Seat, bool) {
	digits, ok := strings.CutPrefix(stream, SeatPool(s.ID, kind)+"-")
	n, err := strconv.Atoi(digits)
	return Seat{Kind: kind, N: n}, ok && err == nil
}

// Return finds a licence that is to go back and has not yet.
func (s State) Return(id string) (LicenceReturn, bool) {
	i := slices.IndexFunc(s.Returns, func(r LicenceReturn) bool { return r.ID == id })
	if i < 0 {
		return LicenceReturn{}, false
	}
	return s.Returns[i], true
}

// Returning counts the licences of a kind that are to go back and have not yet.
func (s State) Returning(kind string) (count int) {
	for _, r := range s.Returns {
		if r.Kind == kind {
			count++
		}
	}
	return count
}

// licences applies the facts about licences.
func licences(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case LicencesOrdered:
		licences := map[string]int{e.Kind: s.Licences[e.Kind] + e.Count}
		for kind, count := range s.Licences {
			if kind != e.Kind {
				licences[kind] = count
			}
		}
		s.Licences = licences
		s.LicenceOrders = append(slices.Clip(s.LicenceOrders), LicenceOrder(e))
	case LicenceReturnOrdered:
		s.Returns = append(slices.Clip(s.Returns), LicenceReturn{ID: e.ID, Kind: e.Kind, User: e.User, Since: f.At})
	case LicenceReturned:
		s = s.withoutReturn(e.ID)
		s.Returned = append(slices.Clip(s.Returned), Seat{e.Kind, e.Seat})
	case LicenceReturnFailed:
		return s.withoutReturn(e.ID)
	}
	return s
}

func (s State) withoutReturn(id string) State {
	s.Returns = slices.DeleteFunc(slices.Clone(s.Returns), func(r LicenceReturn) bool { return r.ID == id })
	return s
}
