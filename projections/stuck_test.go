package projections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/domain/user"
	"dialtone/projections"
)

func TestStuckActivationsAreListedTheOldestFirst(t *testing.T) {
	h := newHouse(t)
	all := activation("link-1")
	for n, count := range map[int]int{1: 5, 2: len(all), 3: 1, 4: 2} { // busy network, open link, just begun, line running
		h.tell(user.Stream(userID(n)), plain(userID(n), []string{zeta, acme}[n%2], "User", strings.Repeat("x", n)))
		h.tell(user.Stream(userID(n)), all[:count]...)
	}
	h.tell(user.Stream(userID(5)), plain(userID(5), acme, "Not", "Started"))
	h.tell(user.Stream(userID(4)), user.Deleted{})
	h.followed()
	list := func(f projections.StuckFilter) (found []string) {
		t.Helper()
		for {
			f.Limit = 2
			rows, next, err := h.views.Stuck(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range rows {
				if i > 0 && row.SinceMicro < rows[i-1].SinceMicro || row.Since().IsZero() {
					t.Errorf("%s stands so since %s", row.User, row.Since())
				}
				found = append(found, row.User[7:8]+" "+row.Name+" "+row.State+" "+row.Cause)
			}
			if f.Cursor = next; next == "" {
				slices.Sort(found)
				return found
			}
		}
	}
	for name, c := range map[string]struct {
		filter projections.StuckFilter
		want   []string
	}{
		"all":             {projections.StuckFilter{}, []string{"1 network waiting network-busy", "2 link waiting link-open", "3 line waiting "}},
		"of a company":    {projections.StuckFilter{Company: zeta}, []string{"2 link waiting link-open"}},
		"by cause":        {projections.StuckFilter{Cause: "network-busy"}, []string{"1 network waiting network-busy"}},
		"by who must act": {projections.StuckFilter{Responsible: "user"}, []string{"2 link waiting link-open"}},
		"by step":         {projections.StuckFilter{Step: "line", State: "waiting"}, []string{"3 line waiting "}},
		"long ago":        {projections.StuckFilter{Before: morning.Add(-time.Hour)}, nil},
		"by now":          {projections.StuckFilter{Before: morning.Add(1000 * time.Hour)}, []string{"1 network waiting network-busy", "2 link waiting link-open", "3 line waiting "}},
	} {
		if got := list(c.filter); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if _, _, err := h.views.Stuck(t.Context(), projections.StuckFilter{Cursor: "nonsense"}); err == nil {
		t.Error("any cursor will do")
	}
}
