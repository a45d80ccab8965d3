package projections

import (
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"dialtone/eventstore"
)

// plan tells how SQLite goes about a question.
func plan(t *testing.T, v *Views, q *bun.SelectQuery) string {
	t.Helper()
	var steps []struct {
		ID, Parent, Notused int
		Detail              string
	}
	if err := v.reading.NewRaw("EXPLAIN QUERY PLAN "+q.String()).Scan(t.Context(), &steps); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, step := range steps {
		told = append(told, step.Detail)
	}
	return strings.Join(told, "; ")
}

func TestAPageOfUsersIsFoundWithoutLookingAtTheOthers(t *testing.T) {
	v := openAlone(t, users)
	for _, c := range []struct {
		chosen string
		filter UserFilter
		index  string
	}{
		{"all", UserFilter{}, "users_born"},
		{"a company's", UserFilter{Company: "c"}, "users_company"},
		{"a company's who wait", UserFilter{Company: "c", State: "pending"}, "users_in_state"},
		{"everybody who waits", UserFilter{State: "pending"}, "users_everywhere"},
		{"a site's", UserFilter{Company: "c", Site: "s"}, "users_at_site"},
		{"a company's who are found by words", UserFilter{Company: "c", Query: "ada lund"}, "users_company"},
		{"who waits for the operator", UserFilter{Help: "operator"}, "users_helpless"},
	} {
		for _, after := range []uint64{0, 7} {
			var rows []userRecord
			how := plan(t, v, behind(v.selectUsers(&rows, c.filter), eventstore.Position(after), 50))
			if !strings.Contains(how, c.index) || strings.Contains(how, "TEMP B-TREE") {
				t.Errorf("%s, behind %d: %q, want the index %s in its order", c.chosen, after, how, c.index)
			}
		}
	}
	if how := plan(t, v, v.selectAdmins("c")); !strings.Contains(how, "users_admins") || strings.Contains(how, "TEMP B-TREE") {
		t.Errorf("the admins: %q, want their index", how)
	}
}
