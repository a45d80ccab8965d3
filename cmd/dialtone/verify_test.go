package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

// written gives all events of a furnished house, and its folder.
func written(t *testing.T) ([]eventstore.Recorded, string) {
	t.Helper()
	t.Chdir(t.TempDir())
	folder := t.TempDir()
	furnish(t, folder)
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: folder + "/events.db", Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var events []eventstore.Recorded
	for event, err := range store.ReadAll(t.Context(), 0, eventstore.Forwards, 0) {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	return events, folder
}

func TestEachBreakIsNamedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		bend func(events []eventstore.Recorded) []eventstore.Recorded
		want []string // the beginning and the end of each finding
	}{
		"nothing is touched":  {func(e []eventstore.Recorded) []eventstore.Recorded { return e }, nil},
		"the end was cut off": {func(e []eventstore.Recorded) []eventstore.Recorded { return e[:4] }, nil},
		"content was changed": {func(e []eventstore.Recorded) []eventstore.Recorded { e[1].Data = []byte(`{}`); return e }, []string{"user-ada@0 … gives"}},
		"metadata was changed": {
			func(e []eventstore.Recorded) []eventstore.Recorded {
				e[3].Meta = bytes.Replace(e[3].Meta, []byte(`"api"`), []byte(`"spi"`), 1)
				return e
			},
			[]string{"user-ada@1 … gives"},
		},
		"an event is missing": {
			func(e []eventstore.Recorded) []eventstore.Recorded { return slices.Delete(e, 1, 2) },
			[]string{"positions 2 to 2 are missing ahead of number-+4930123450@0 … ", "user-ada@1 … revision 0 was expected"},
		},
		"a stream is missing": {
			func(e []eventstore.Recorded) []eventstore.Recorded { return slices.Delete(e, 2, 3) },
			[]string{"positions 3 to 3 are missing ahead of user-ada@1 … "},
		},
		"the end of a stream is missing": {
			func(e []eventstore.Recorded) []eventstore.Recorded { return slices.Delete(e, 4, 5) },
			[]string{"positions 5 to 5 are missing ahead of user-ada@2 … "},
		},
		"an event came earlier": {
			func(e []eventstore.Recorded) []eventstore.Recorded { e[3].Time = e[3].Time.Add(-time.Minute); return e },
			[]string{"user-ada@1 … before the event ahead of it at "},
		},
		"all came earlier": {
			func(e []eventstore.Recorded) []eventstore.Recorded {
				for i := range e {
					e[i].Time = e[i].Time.Add(-time.Hour)
				}
				return e[:1]
			},
			[]string{"company-acme@0 … before its command at "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			events, _ := written(t)
			check := verification{heads: map[string]chainHead{}, whole: true}
			var findings []string
			for _, event := range c.bend(events) {
				findings = append(findings, check.follow(event)...)
			}
			if len(findings) != len(c.want) || check.broken != len(c.want) {
				t.Fatalf("%d found: %q, want %q", check.broken, findings, c.want)
			}
			for i, want := range c.want {
				begins, holds, _ := strings.Cut(want, " … ")
				if !strings.HasPrefix(findings[i], begins) || !strings.Contains(findings[i], holds) {
					t.Errorf("found %q, want %q", findings[i], want)
				}
			}
		})
	}
}

func TestVerifyingOneStream(t *testing.T) {
	_, folder := written(t)
	if status, out, told := dialtone(folder, "verify"); status != 0 || !strings.Contains(out, "6 events in 3 streams, 0 broken") {
		t.Errorf("all: status %d\n%s%s", status, out, told)
	}
	if status, out, told := dialtone(folder, "verify", "--stream", "user-ada"); status != 0 || !strings.Contains(out, "3 events in 1 streams, 0 broken") {
		t.Errorf("one: status %d\n%s%s", status, out, told)
	}
	if status, out, told := dialtone(folder, "verify", "--stream", "user-eve"); status != 1 || !strings.Contains(told, "user-eve") {
		t.Errorf("one that has no events: status %d\n%s%s", status, out, told)
	}
}
