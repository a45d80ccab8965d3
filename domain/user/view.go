package user

import (
	"slices"
	"time"

	"dialtone/domain"
)

// ViewRest is how long further looks of one person at one screen are one look.
const ViewRest = 10 * time.Minute

// LookStream is the name of the stream of looks at a user. They are no changes:
// they neither move the user's revision nor lengthen its facts.
func LookStream(id string) string { return "look-" + id }

// Viewed says that somebody of the support looked at the user.
type Viewed struct {
	Screen string `json:"screen"`
}

// Type is the wire name.
func (Viewed) Type() string { return "user.viewed.v1" }

// View is the command that notes a look at a user in the stream of looks. That
// there is such a user, deleted or not, is for whoever gives it to see.
type View struct {
	Actor  domain.Actor
	Screen string
	At     time.Time
}

// Decide notes the look unless the same person saw the same screen a moment ago.
func (in View) Decide(history []domain.Fact) ([]domain.Event, error) {
	for _, fact := range slices.Backward(history) {
		seen, is := fact.Event.(Viewed)
		if is && seen.Screen == in.Screen && fact.Actor == in.Actor && in.At.Sub(fact.At) < ViewRest {
			return nil, nil
		}
	}
	return []domain.Event{Viewed{Screen: in.Screen}}, nil
}
