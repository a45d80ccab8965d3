package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/group"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Memberships lists the groups of a user who is deleted, once everything up to a
// position is known; before that it is an Unavailable fault.
type Memberships interface {
	GroupsToLeave(ctx context.Context, user string, position eventstore.Position) ([]string, error)
}

// LeaveGroups takes a deleted user out of all groups and tells the members who
// stay, each of them once (rule 1.13). The facts in the groups are those of
// whoever deleted the user.
func (u *Users) LeaveGroups(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("leave groups: %w", err)
	}
	deletion, deleted := user.Deletion(s.history)
	if !deleted || !s.state.Leaving {
		return u.next(s.history), nil
	}
	if len(s.state.Leaves) == 0 {
		if s, err = u.findGroups(ctx, s, deletion); err != nil {
			return user.Duty{}, fmt.Errorf("see which groups are left: %w", err)
		}
	}
	if !s.state.Leaving {
		return u.next(s.history), nil
	}
	left := map[string][]string{} // groups by the members who stay
	for _, id := range s.state.Leaves {
		others, err := u.leaveGroup(ctx, s, deletion, id)
		if err != nil {
			return user.Duty{}, fmt.Errorf("leave group %s: %w", id, err)
		}
		for _, other := range others {
			left[other] = append(left[other], id)
		}
	}
	if err := u.tellLeft(ctx, s, deletion, left); err != nil {
		return user.Duty{}, fmt.Errorf("tell members of groups: %w", err)
	}
	return u.execute(ctx, s, u.cause(s, "note-groups-left", deletion.ID), user.NoteGroupsLeft{}.Decide)
}

// findGroups writes down which groups the user is to be taken out of, once the
// read models know everything up to the deletion.
func (u *Users) findGroups(ctx context.Context, s subject, deletion domain.Fact) (subject, error) {
	known, err := u.Journal.Load(ctx, user.Stream(s.state.ID))
	if err != nil {
		return s, err
	}
	groups, err := u.Memberships.GroupsToLeave(ctx, s.state.ID, known.Position)
	if err != nil {
		return s, err
	}
	slices.Sort(groups)
	found, err := u.Journal.Execute(ctx, user.Stream(s.state.ID), u.cause(s, "find-groups", deletion.ID), user.FindGroups{Groups: groups}.Decide)
	if err != nil {
		return s, err
	}
	s.state, s.history = user.Fold(found.Facts), found.Facts
	return s, nil
}

// leaveGroup takes the user out of one group and gives the members who stay.
func (u *Users) leaveGroup(ctx context.Context, s subject, deletion domain.Fact, id string) ([]string, error) {
	cause := u.leaving(s, deletion, "leave-group", id)
	result, err := u.Journal.Execute(ctx, group.Stream(id), cause, group.Leave{User: s.state.ID}.Decide)
	if err != nil {
		return nil, err
	}
	var others []string
	for _, m := range group.Fold(result.Facts).Members {
		if m.User != s.state.ID {
			others = append(others, m.User)
		}
	}
	return others, nil
}

// tellLeft asks for the letters. They are the members' own, so their workflows
// are woken by them.
func (u *Users) tellLeft(ctx context.Context, s subject, deletion domain.Fact, left map[string][]string) error {
	members := make([]string, 0, len(left))
	for member := range left {
		members = append(members, member)
	}
	slices.Sort(members)
	for _, member := range members {
		cause := u.leaving(s, deletion, "tell-group-left", member)
		cause.Channel, cause.Actor = domain.ChannelNotice, domain.Actor{Kind: domain.ActorSystem, ID: "workflow"}
		tell := user.TellGroupLeft{Deletion: deletion.ID, Left: user.Departure{User: s.state.ID, Groups: left[member]}}
		if _, err := u.Journal.Execute(ctx, user.Stream(member), cause, tell.Decide); err != nil {
			return err
		}
	}
	return nil
}

// leaving makes the cause of what follows from a deletion on other streams.
func (u *Users) leaving(s subject, deletion domain.Fact, purpose ...string) domain.Cause {
	cause := u.cause(s, append(purpose, deletion.ID)...)
	cause.Actor, cause.Reason = deletion.Actor, user.LeftAsDeleted
	cause.Causation, cause.Correlation = deletion.ID, deletion.Command
	return cause
}

// departed words who left which groups, for a message about that. Who has been
// forgotten since has no name any more.
func (u *Users) departed(ctx context.Context, m user.Message) (who, groups string, err error) {
	if m.Left == nil {
		return "", "", nil
	}
	h, err := u.Journal.Load(ctx, user.Stream(m.Left.User))
	if err != nil {
		return "", "", err
	}
	person := user.Fold(h.Facts).Person
	names := make([]string, 0, len(m.Left.Groups))
	for _, id := range m.Left.Groups {
		h, err := u.Journal.Load(ctx, group.Stream(id))
		if err != nil {
			return "", "", err
		}
		names = append(names, group.Fold(h.Facts).Name)
	}
	return strings.TrimSpace(person.FirstName + " " + person.LastName), strings.Join(names, ", "), nil
}
