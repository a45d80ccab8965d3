package api

import (
	"context"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Owner is a company or a user by id and name.
type Owner struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	Erased bool   `json:"erased,omitempty" doc:"The person has been forgotten: the name is gone"`
}

// Ownership is a time in which a number was the same company's and user's.
type Ownership struct {
	From    time.Time      `json:"from"`
	Until   *time.Time     `json:"until,omitempty" doc:"Missing while it lasts"`
	Company *Owner         `json:"company,omitempty"`
	User    *Owner         `json:"user,omitempty"`
	State   string         `json:"state" enum:"pool,free,reserved,held,assigned,resting,forwarded"`
	Facts   []OwnershipAct `json:"facts" doc:"Those that began it, fell into it or ended it"`
}

// OwnershipAct is a fact about whose a number is.
type OwnershipAct struct {
	Type     string       `json:"type" example:"number.assigned.v1"`
	At       time.Time    `json:"at"`
	Position string       `json:"position"`
	Actor    domain.Actor `json:"actor"`
	Reason   string       `json:"reason,omitempty"`
	Summary  string       `json:"summary"`
}

// Ownerships tells whose a number was, oldest first.
type Ownerships struct {
	Number string      `json:"number"`
	Items  []Ownership `json:"items"`
}

func (s *Server) numberOwners(ctx context.Context, in *struct {
	Reading
	ID      string    `path:"id" example:"+4930123450"`
	At      time.Time `query:"at" doc:"Only whose it was at this moment, by what was recorded up to it"`
	Company string    `query:"company" doc:"Only the times in which it was this company's"`
},
) (*struct{ Body Ownerships }, error) {
	n := lineOf(in.ID)
	items, err := s.owners(ctx, n, in.At, in.Company)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Ownerships }{Ownerships{Number: string(n), Items: items}}, nil
}

// owners folds the number's one stream, to a moment (zero for now).
func (s *Server) owners(ctx context.Context, n domain.E164, at time.Time, of string) ([]Ownership, error) {
	history, positions, err := s.recorded(ctx, number.Stream(n), at)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Journal.Now()
	if !at.IsZero() {
		now = at
	}
	all := number.Owners(history, now)
	items := make([]Ownership, 0, len(all))
	for i, owned := range all {
		if of != "" && owned.Company != of || !at.IsZero() && i < len(all)-1 {
			continue
		}
		item, err := s.ownership(ctx, owned, positions)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if len(items) == 0 && (at.IsZero() || of != "") {
		return nil, noNumber()
	}
	return items, nil
}

// recorded loads a stream as it was recorded up to a moment, with where each fact
// stands in the log.
func (s *Server) recorded(ctx context.Context, stream string, at time.Time) ([]domain.Fact, map[string]eventstore.Position, error) {
	last := eventstore.Position(0)
	if !at.IsZero() {
		position, err := s.cfg.Journal.Store().PositionAt(ctx, at)
		if err != nil {
			return nil, nil, err
		}
		last = position
	}
	var history []domain.Fact
	positions := map[string]eventstore.Position{}
	for event, err := range s.cfg.Journal.Store().Read(ctx, stream, 0, eventstore.Forwards, 0) {
		if err != nil {
			return nil, nil, domain.Faultf(domain.Unavailable, "store-unavailable", "the event store does not answer; try again")
		}
		if !at.IsZero() && event.Position > last {
			break
		}
		fact, err := s.cfg.Journal.Codec().Decode(ctx, event)
		if err != nil {
			return nil, nil, err
		}
		history = append(history, fact)
		positions[fact.ID] = event.Position
	}
	return history, positions, nil
}

func (s *Server) ownership(ctx context.Context, owned number.Owned, positions map[string]eventstore.Position) (Ownership, error) {
	item := Ownership{From: owned.From.UTC(), Until: momentOf(owned.Until), State: string(owned.Standing), Facts: make([]OwnershipAct, 0, len(owned.Facts))}
	for _, fact := range owned.Facts {
		item.Facts = append(item.Facts, OwnershipAct{
			Type: fact.Event.Type(), At: fact.At.UTC(), Position: positionText(positions[fact.ID]), Actor: fact.Actor, Reason: fact.Reason, Summary: summary(fact.Event),
		})
	}
	if owned.Company != "" {
		h, err := s.cfg.Journal.Load(ctx, company.Stream(owned.Company))
		if err != nil {
			return item, err
		}
		item.Company = &Owner{ID: owned.Company, Name: company.Fold(h.Facts).Name}
	}
	if owned.User != "" {
		h, err := s.cfg.Journal.Load(ctx, user.Stream(owned.User))
		if err != nil {
			return item, err
		}
		state := user.Fold(h.Facts)
		item.User = &Owner{ID: owned.User, Name: strings.TrimSpace(state.Person.FirstName + " " + state.Person.LastName), Erased: state.Erased}
	}
	return item, nil
}
