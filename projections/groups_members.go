package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/user"
	"dialtone/eventstore"
)

// MemberRow is a user's place in a group.
type MemberRow struct {
	bun.BaseModel `bun:"table:group_members,alias:m"`

	Group     string    `bun:"group_id,pk"`
	User      string    `bun:"user_id,pk"`
	Place     int       `bun:"place"`      // from 1
	LoggedOut bool      `bun:"logged_out"` // the group's calls pass the member by
	Since     time.Time `bun:"since"`
}

// GroupMember is a member with what the user's own facts say: Silent tells that
// no call comes to the user at all, and Why for what reason.
type GroupMember struct {
	MemberRow
	Person UserRow
	Silent bool
	Why    user.Silence
}

// Membership is a group of a user with the user's place in it.
type Membership struct {
	GroupRow
	Place     int       `bun:"place"`
	LoggedOut bool      `bun:"logged_out"`
	Since     time.Time `bun:"since"`
}

// GroupMembers lists the members of a group in their order. Whether they can ring
// is read from the users at that moment: nothing of it stands with the group.
func (v *Views) GroupMembers(ctx context.Context, id string) ([]GroupMember, error) {
	var rows []MemberRow
	if err := v.reading.NewSelect().Model(&rows).Where("m.group_id = ?", id).OrderExpr("m.place ASC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list the members of group %s: %w", id, err)
	}
	return v.WithPeople(ctx, rows)
}

// WithPeople adds to members what is known of the users. Who is not known yet has
// just been ordered, and is pending.
func (v *Views) WithPeople(ctx context.Context, rows []MemberRow) ([]GroupMember, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.User)
	}
	var people []userRecord
	if err := v.reading.NewSelect().Model(&people).Where("u.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("look for the members of a group: %w", err)
	}
	known := map[string]userRecord{}
	for _, person := range people {
		known[person.ID] = person
	}
	members := make([]GroupMember, 0, len(rows))
	for _, row := range rows {
		person, found := known[row.User]
		member := GroupMember{MemberRow: row, Person: person.UserRow, Silent: true, Why: user.Silence{State: user.Pending}}
		if found {
			member.Why, member.Silent = person.Folded.Silence()
		}
		members = append(members, member)
	}
	return members, nil
}

// Memberships lists the groups that a user is a member of, in the order in which
// the groups were made.
func (v *Views) Memberships(ctx context.Context, id string) ([]Membership, error) {
	var rows []struct {
		bun.BaseModel `bun:"table:call_groups,alias:g"`
		Membership
	}
	err := v.reading.NewSelect().Model(&rows).Column("g.id", "g.company", "g.kind", "g.name", "g.site", "g.extension", "g.strategy", "g.members", "g.revision").
		ColumnExpr("m.place, m.logged_out, m.since").Join("JOIN group_members AS m ON m.group_id = g.id").
		Where("m.user_id = ?", id).OrderExpr("g.born ASC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the groups of user %s: %w", id, err)
	}
	memberships := make([]Membership, 0, len(rows))
	for _, row := range rows {
		memberships = append(memberships, row.Membership)
	}
	return memberships, nil
}

// leavePatience is how long the list of somebody's groups waits for the facts.
const leavePatience = 5 * time.Second

// GroupsToLeave lists the ids of the groups that a user is a member of, once
// everything up to a position is known; before that it is an Unavailable fault.
func (v *Views) GroupsToLeave(ctx context.Context, id string, position eventstore.Position) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, leavePatience)
	defer cancel()
	if err := v.WaitFor(ctx, position); err != nil {
		return nil, err
	}
	memberships, err := v.Memberships(ctx, id)
	ids := make([]string, 0, len(memberships))
	for _, m := range memberships {
		ids = append(ids, m.ID)
	}
	return ids, err
}
