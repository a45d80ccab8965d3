package workers_test

import (
	"fmt"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// register is who owns what, as the facts of all streams tell it in their order.
type register struct {
	numbers map[string]number.State
	claims  map[string]claim.State
	users   map[string]user.State
	firms   map[string]company.State
	sims    map[string]sim.State
}

func newRegister() *register {
	return &register{map[string]number.State{}, map[string]claim.State{}, map[string]user.State{}, map[string]company.State{}, map[string]sim.State{}}
}

// apply notes one fact; what it says against the owner of the thing, or against
// those who name it, is an error.
func (r *register) apply(f domain.Fact) error {
	if err := r.may(f); err != nil {
		return fmt.Errorf("%s on %s: %w", f.Event.Type(), f.Stream, err)
	}
	room, _, _ := strings.Cut(f.Stream, "-")
	switch room {
	case "number":
		r.numbers[f.Stream] = number.Evolve(r.numbers[f.Stream], f)
	case "user":
		r.users[f.Stream] = user.Evolve(r.users[f.Stream], f)
	case "company":
		r.firms[f.Stream] = company.Evolve(r.firms[f.Stream], f)
	case "sim":
		r.sims[f.Stream] = sim.Evolve(r.sims[f.Stream], f)
	default:
		r.claims[f.Stream] = claim.Evolve(r.claims[f.Stream], f)
	}
	if err := r.moment(); err != nil {
		return fmt.Errorf("behind %s on %s: %w", f.Event.Type(), f.Stream, err)
	}
	return nil
}

// may tells whether a fact takes or gives what is there to be taken or given.
func (r *register) may(f domain.Fact) error {
	n, c, s := r.numbers[f.Stream], r.claims[f.Stream], r.sims[f.Stream]
	allowed := true
	switch e := f.Event.(type) {
	case number.Connected:
		allowed = n.Company == ""
	case number.Disconnected:
		allowed = n.Company == e.Company && n.User == ""
	case number.Assigned:
		allowed = n.Company == e.Company && n.User == "" && n.Leaving == nil
	case number.Confirmed:
		allowed = n.User == e.User && e.User != ""
	case number.Released:
		allowed = n.User == e.User && e.User != "" && n.Swap == nil
	case number.SwapPrepared:
		allowed = n.User == e.From && n.Confirmed && n.Swap == nil
	case number.Swapped:
		allowed = n.User == e.From && n.Swap != nil && n.Swap.Swap == e.Swap && n.Swap.To == e.To
	case claim.Taken:
		allowed = c.Owner == ""
	case claim.Confirmed:
		allowed = c.Owner == e.Owner && e.Owner != ""
	case claim.Released:
		allowed = c.Owner == e.Owner && e.Owner != ""
	case sim.Assigned:
		allowed = s.User == ""
	}
	if !allowed {
		return fmt.Errorf("%+v is against %+v, %+v, the SIM of %q", f.Event, n, c, s.User)
	}
	return nil
}

// owner is whose stream owns a thing, "" for nobody's.
func (r *register) owner(stream string) string {
	if !strings.HasPrefix(stream, "number-") {
		return r.claims[stream].Owner
	}
	if id := r.numbers[stream].User; id != "" {
		return user.Stream(id)
	}
	return ""
}

// moment tells what must hold behind every fact: what a stream names is its own.
func (r *register) moment() error {
	for stream, u := range r.users {
		for _, thing := range u.Claims.List() {
			swap := r.numbers[thing].Swap
			moving := swap != nil && (swap.From == u.ID || swap.To == u.ID)
			if u.Exists() && r.owner(thing) != stream && !moving {
				return fmt.Errorf("%s names %s, which %q owns", stream, thing, r.owner(thing))
			}
		}
	}
	for stream, firm := range r.firms {
		for _, seat := range firm.Returned {
			if thing := company.SeatStream(firm.ID, seat); r.owner(thing) != stream {
				return fmt.Errorf("%s has given %s back, which %q owns", stream, thing, r.owner(thing))
			}
		}
	}
	for stream, n := range r.numbers {
		line := domain.E164(strings.TrimPrefix(stream, number.Stream("")))
		for _, firm := range r.firms {
			if firm.Owns(line) && n.Company != firm.ID {
				return fmt.Errorf("company %s names %s, which is %q's", firm.ID, stream, n.Company)
			}
		}
		if u := r.users[user.Stream(n.User)]; u.ID != "" && u.Company != n.Company {
			return fmt.Errorf("%s of company %s is a user's of %s", stream, n.Company, u.Company)
		}
	}
	return nil
}

// settled tells what must hold besides once there is nothing left to do: nothing is
// lost, and nothing is on its way.
func (r *register) settled() error {
	for stream, n := range r.numbers {
		line := domain.E164(strings.TrimPrefix(stream, number.Stream("")))
		firm := r.firms[company.Stream(n.Company)]
		holder := r.users[user.Stream(n.User)]
		switch {
		case n.Company == "" && !n.Pool, n.Company != "" && !firm.Owns(line):
			return fmt.Errorf("%s is lost: %+v", stream, n)
		case n.Swap != nil || n.Leaving != nil || n.User != "" && !n.Confirmed:
			return fmt.Errorf("%s is on its way: %+v", stream, n)
		case n.User != "" && (!holder.Exists() || holder.Claims.Number != stream || holder.Number != line):
			return fmt.Errorf("%s is held for user %s, who has %q by %q", stream, n.User, holder.Number, holder.Claims.Number)
		}
	}
	for stream, c := range r.claims {
		if c.Owner != "" && (!c.Confirmed || !r.names(c.Owner, stream)) {
			return fmt.Errorf("%s is held for %s, who does not name it: %+v", stream, c.Owner, c)
		}
	}
	for stream, s := range r.sims {
		holder := r.users[user.Stream(s.User)]
		if s.User != "" && (!s.Named || !holder.Exists() || !has(holder, s.ID)) || len(s.Former) > 0 {
			return fmt.Errorf("%s is of user %q, named %t, formerly of %v", stream, s.User, s.Named, s.Former)
		}
	}
	return r.usersSettled()
}

func (r *register) usersSettled() error {
	for stream, u := range r.users {
		if len(u.Loose) > 0 || u.Swap.ID != "" || len(u.Regains) > 0 || u.GivesUp != "" {
			return fmt.Errorf("%s is not done: loose %v, swap %q, SIMs %v, licence %q", stream, u.Loose, u.Swap.ID, u.Regains, u.GivesUp)
		}
		for _, thing := range u.Claims.List() {
			if u.Exists() && r.owner(thing) != stream {
				return fmt.Errorf("%s names %s, which %q owns", stream, thing, r.owner(thing))
			}
		}
		if u.Exists() && (u.Number != "") != (u.Claims.Number != "") {
			return fmt.Errorf("%s has number %q by %q", stream, u.Number, u.Claims.Number)
		}
		for _, card := range u.SIMs {
			if r.sims[sim.Stream(card.ID)].User != u.ID {
				return fmt.Errorf("%s names SIM %s, which is of user %q", stream, card.ID, r.sims[sim.Stream(card.ID)].User)
			}
		}
	}
	for stream, firm := range r.firms {
		if len(firm.Returns) > 0 {
			return fmt.Errorf("%s has still to give back %v", stream, firm.Returns)
		}
	}
	return nil
}

// names tells whether an owner's stream names a thing.
func (r *register) names(owner, thing string) bool {
	if u, is := r.users[owner]; is {
		return u.Exists() && u.Claims.Holds(thing)
	}
	if s, is := r.sims[owner]; is {
		return s.Holds(thing)
	}
	firm, is := r.firms[owner]
	return is && slices.ContainsFunc(firm.Returned, func(seat company.Seat) bool { return company.SeatStream(firm.ID, seat) == thing })
}

func has(u user.State, id string) bool {
	return slices.ContainsFunc(u.SIMs, func(card user.SIM) bool { return card.ID == id })
}
