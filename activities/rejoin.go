package activities

import (
	"context"
	"fmt"

	"dialtone/domain"
	"dialtone/domain/group"
	"dialtone/domain/user"
)

// RejoinGroups gives a restored user the places in groups that the deletion had
// taken. Where that is not possible any more, the note says why.
func (u *Users) RejoinGroups(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("rejoin groups: %w", err)
	}
	if !s.state.Exists() || len(s.state.Rejoins) == 0 {
		return u.next(s.history), nil
	}
	restoration := restored(s.history)
	note := user.NoteGroupsRejoined{Groups: []string{}}
	for _, id := range s.state.Rejoins {
		cause := u.cause(s, "rejoin-group", id, restoration)
		rejoin := group.Rejoin{User: s.state.ID, Reason: user.LeftAsDeleted, Most: s.firm.Policy.MostMembers()}
		result, err := u.Journal.Execute(ctx, group.Stream(id), cause, rejoin.Decide)
		if err != nil {
			return user.Duty{}, fmt.Errorf("rejoin group %s: %w", id, err)
		}
		if why := rejoin.Misses(group.Fold(result.Facts)); why != "" {
			note.Missed = append(note.Missed, user.Missed{What: id, Why: why})
			continue
		}
		note.Groups = append(note.Groups, id)
	}
	return u.execute(ctx, s, u.cause(s, "note-groups-rejoined", restoration), note.Decide)
}

// restored is the id of the fact that brought a user back last.
func restored(history []domain.Fact) (id string) {
	for _, fact := range history {
		if _, is := fact.Event.(user.Restored); is {
			id = fact.ID
		}
	}
	return id
}
