package user

import (
	"slices"
	"time"

	"dialtone/domain"
)

// ViewRest is how long further looks of one person at one screen are one look.
const ViewRest = 10 * time.Minute

// Viewed says that somebody of the support looked at the user.
type Viewed struct {
	Screen string `json:"screen"`
}

// Type is the wire name.
func (Viewed) Type() string { return "user.viewed.v1" }

// View is the command that notes a look at a user, deleted ones too.
type View struct {
	Actor  domain.Actor
	Screen string
	At     time.Time
}

// Decide notes the look unless the same person saw the same screen a moment ago.
func (in View) Decide(history []domain.Fact) ([]domain.Event, error) {
	if Fold(history).ID == "" {
		return nil, gone()
	}
	for _, fact := range slices.Backward(history) {
		seen, is := fact.Event.(Viewed)
		if is && seen.Screen == in.Screen && fact.Actor == in.Actor && in.At.Sub(fact.At) < ViewRest {
			return nil, nil
		}
	}
	return []domain.Event{Viewed{Screen: in.Screen}}, nil
}
