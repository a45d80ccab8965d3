package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/company"
	"dialtone/domain/user"
)

// writeForTest writes to the tables of a generation.
func (v *Views) writeForTest(t *testing.T, g tables, write func(ctx context.Context, w *writer) error) {
	t.Helper()
	err := v.writing.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return write(ctx, newWriter(tx, g)) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestARowIsPutAsBunWouldInsertIt(t *testing.T) {
	odd := time.Date(2026, 5, 4, 8, 0, 0, 120_450_000, time.FixedZone("", 3600))
	person := userRecord{UserRow: UserRow{ID: "1", Suspended: true, CreatedAt: odd, LinkExpiresAt: &odd, Revision: 7, Position: 1 << 40}, Born: 3}
	person.take(user.State{ID: "1", Lifecycle: user.Active, CreatedAt: odd, Person: user.Person{FirstName: "O'Hara <\u00fc>", Email: "?@%s"}})
	for _, test := range []struct {
		p     projection
		table string
		row   any
	}{
		{users, "users", &person},
		{users, "users", &userRecord{}},
		{users, "activation_steps", &StepRow{User: "1", Ord: 2, Name: "link", Deadline: &odd}},
		{companies, "companies", &CompanyRow{ID: "1", Users: 4, State: company.State{ID: "1", Licences: map[string]int{"standard": 1}}}},
		{numbers, "numbers", &NumberRow{Number: "+4930123450", Since: odd, Position: 9}},
		{claims, "claims", &ClaimRow{Stream: "email-1", Deadline: odd}},
		{licences, "licences", &LicenceRow{Pool: "seat-1", Count: 3, Used: 2}},
		{history, "history", &HistoryRow{Position: 1, At: odd, Erased: true, Data: json.RawMessage(`{"name":"'"}`)}},
	} {
		t.Run(test.table, func(t *testing.T) {
			v := openAlone(t, test.p)
			beside := v.besideForTest(t, test.p)
			if _, err := v.writing.NewInsert().Model(test.row).Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
			v.writeForTest(t, beside, func(ctx context.Context, w *writer) error { return w.put(ctx, test.table, test.row, replacing) })
			var same int
			query := fmt.Sprintf("SELECT count(*) FROM (SELECT * FROM %[1]s INTERSECT SELECT * FROM %[1]s_g1)", test.table)
			if err := v.reading.QueryRowContext(t.Context(), query).Scan(&same); err != nil || same != 1 {
				t.Errorf("got %d, %v, want the same row", same, err)
			}
		})
	}
}

func TestPuttingARowAgainReplacesOrLeavesIt(t *testing.T) {
	v := openAlone(t, numbers)
	for _, step := range []struct{ company, conflict, want string }{
		{"a", leaving, "a"}, {"b", leaving, "a"}, {"c", replacing, "c"}, {"d", "UPDATE SET company = old.company || EXCLUDED.company", "cd"},
	} {
		v.writeForTest(t, tables{}, func(ctx context.Context, w *writer) error {
			return w.put(ctx, "numbers", &NumberRow{Number: "+4930123450", Company: step.company}, step.conflict)
		})
		var got string
		if err := v.reading.QueryRowContext(t.Context(), "SELECT company FROM numbers").Scan(&got); err != nil || got != step.want {
			t.Errorf("after %s: got %q, %v, want %q", step.company, got, err, step.want)
		}
	}
}
