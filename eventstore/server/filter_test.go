package server_test

import "testing"

func TestACountedReadOfAllIsFilteredByStreamsAndByTypes(t *testing.T) {
	r := start(t)
	r.write("company-atreides", -1, 0, 1)
	r.write("user-leto", -1, 0)
	for _, c := range []struct {
		name  string
		query query
		want  int
	}{
		{"streams by prefix", filtered(byStream(&expression{Prefix: []string{"company-"}})), 2},
		{"streams by pattern", filtered(byStream(&expression{Regex: "-l"})), 1},
		{"types by prefix", filtered(byType(&expression{Prefix: []string{"happ"}})), 3},
		{"types by a prefix that only a stream has", filtered(byType(&expression{Prefix: []string{"company-"}})), 0},
		{"types by pattern", filtered(byType(&expression{Regex: "^[^$]"})), 3},
	} {
		for _, way := range [][]query{{c.query}, {c.query, backwards, atEnd}} {
			if got := len(r.found(ofAll(way...))); got != c.want {
				t.Errorf("%s: %d events, want %d", c.name, got, c.want)
			}
		}
	}
}
