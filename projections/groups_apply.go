package projections

import (
	"context"
	"reflect"

	"dialtone/domain/group"
)

var groups = projection{name: "groups", tables: []string{"call_groups", "group_members"}, wants: []string{"group."}, apply: applyGroups}

// groupsSheet leaves out what is filled anew from the folded state.
var groupsSheet = sheet{table: "call_groups", key: "id", prefix: "group-", columns: []string{"id", "revision", "born", "folded"}}

// applyGroups lets the domain say what facts do to groups.
func applyGroups(ctx context.Context, w *writer, batch []record) error {
	changes, err := evolveRows[groupRecord](ctx, w, groupsSheet, batch)
	if err != nil {
		return err
	}
	for _, c := range changes {
		c.row.take(c.row.Folded)
		if err := putMembers(ctx, w, c.row.ID, listed(c.before.Folded), listed(c.row.Folded)); err != nil {
			return err
		}
	}
	return putAll(ctx, w, groupsSheet, changes)
}

func (row *groupRecord) at() (key string, revision uint64) { return row.ID, row.Revision }

func (row *groupRecord) begin(id string, first record) { row.ID, row.Born = id, first.Position }

func (row *groupRecord) evolve(r record) {
	row.Folded = group.Evolve(row.Folded, r.fact)
	row.UpdatedAt, row.Revision, row.Position = r.fact.At.UTC(), r.Revision, r.Position
}

// take fills the columns from a state.
func (row *groupRecord) take(s group.State) {
	row.Company, row.Kind, row.Name, row.Site = s.Company, string(s.Kind), s.Name, s.Site
	row.Extension, row.Strategy, row.Members, row.Gone = s.Extension, s.Strategy, len(listed(s)), s.Gone
	row.CreatedAt = s.CreatedAt.UTC()
}

// listed gives the members that are listed: of a deleted group none.
func listed(s group.State) []group.Member {
	if s.Gone {
		return nil
	}
	return s.Members
}

// putMembers writes the members of a group, if they are not as they were before.
func putMembers(ctx context.Context, w *writer, id string, before, after []group.Member) error {
	if reflect.DeepEqual(before, after) {
		return nil
	}
	if err := w.exec(ctx, "group_members", "DELETE FROM %s WHERE group_id = ?", id); err != nil {
		return err
	}
	for i, m := range after {
		row := MemberRow{Group: id, User: m.User, Place: i + 1, LoggedOut: m.LoggedOut, Since: m.Since.UTC()}
		if err := w.put(ctx, "group_members", &row, replacing); err != nil {
			return err
		}
	}
	return nil
}
