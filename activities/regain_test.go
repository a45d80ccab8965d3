package activities_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// hasSIM gives the user a card that the company holds.
func hasSIM(p *person) { p.givenSIM("card") }

// givenSIM registers a card for the user, whose stream names it.
func (p *person) givenSIM(name string) (id string) {
	p.Helper()
	id = domain.DeriveID(p.id, name)
	p.execute(sim.Stream(id), func(domain.Cause) domain.Decide {
		return sim.Give{ID: id, Company: p.company, User: p.id, Kind: sim.Voice, Card: sim.Card{IMSI: "240017430000012"}, At: p.now}.Decide
	})
	p.does(user.NameSIM{SIM: user.SIM{ID: id, Kind: sim.Voice}}.Decide)
	p.execute(sim.Stream(id), func(domain.Cause) domain.Decide { return sim.Stand{User: p.id}.Decide })
	return id
}

func (p *person) card(id string) sim.State {
	p.Helper()
	h, err := p.journal.Load(p.Context(), sim.Stream(id))
	p.must(err)
	return sim.Fold(h.Facts)
}

func TestARestoredUserHasTheSIMsOfBefore(t *testing.T) {
	w := newWorld(t)
	p := w.bear("onenet", "standard")
	p.settles()
	mine, lent, lost := p.givenSIM("mine"), p.givenSIM("lent"), p.givenSIM("lost")
	leavesForGood(p)
	p.settles()
	if s := p.state(); len(s.SIMs) != 0 || len(s.Regainable()) != 3 || p.card(mine).User != "" {
		t.Fatalf("who is deleted has %v, and had %v", s.SIMs, s.Regainable())
	}
	other := w.bear("onenet", "standard")
	p.execute(sim.Stream(lent), func(domain.Cause) domain.Decide {
		return sim.Give{ID: lent, Company: p.company, User: other.id, Kind: sim.Voice, At: w.now}.Decide
	})
	p.execute(sim.Stream(lost), func(domain.Cause) domain.Decide { return sim.AskBlock{}.Decide })
	comesBack(p)
	p.settles()
	s := p.state()
	if len(s.SIMs) != 1 || s.SIMs[0].ID != mine || len(s.Regains) != 0 {
		t.Errorf("who is back has %v", s.SIMs)
	}
	if card := p.card(mine); card.User != p.id || card.ActivateAt == nil {
		t.Errorf("the card is %+v", card)
	}
	if p.card(lent).User != other.id || p.card(lost).User != "" {
		t.Error("what is another's or blocked was taken")
	}
	h, err := p.journal.Load(t.Context(), user.Stream(p.id))
	p.must(err)
	why := map[string]string{}
	for _, fact := range h.Facts {
		if note, is := fact.Event.(user.SIMsRegained); is {
			for _, m := range note.Missed {
				why[m.What] = m.Why
			}
		}
	}
	if why[lent] != "sim-taken" || why[lost] != "sim-blocked" || len(why) != 2 {
		t.Errorf("missed are %v", why)
	}
}
