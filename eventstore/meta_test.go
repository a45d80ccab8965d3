package eventstore_test

import (
	"strings"
	"testing"
	"time"

	"dialtone/eventstore"
)

func TestRecordedTimesFollowTheEventAheadAndTheCommand(t *testing.T) {
	command := `{"at":"` + noon.Format(time.RFC3339Nano) + `"}`
	for name, c := range map[string]struct {
		before, recorded time.Time
		meta             string
		fault            string
	}{
		"with the command":                {noon, noon, command, ""},
		"long after it":                   {noon, noon.Add(24 * time.Hour), command, ""},
		"with the event ahead":            {noon.Add(time.Hour), noon.Add(time.Hour), command, ""},
		"the first of all":                {time.Time{}, noon, command, ""},
		"before the event ahead":          {noon.Add(1), noon, command, "before the event ahead of it"},
		"before the command by the skew":  {time.Time{}, noon.Add(-eventstore.ClockSkew), command, ""},
		"before the command by more":      {time.Time{}, noon.Add(-eventstore.ClockSkew - 1), command, "before its command"},
		"with metadata that say nothing":  {time.Time{}, noon, `{`, "read metadata"},
		"with metadata that have no time": {time.Time{}, noon, `{}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := eventstore.VerifyTime(c.before, eventstore.Recorded{Time: c.recorded, Proposed: eventstore.Proposed{Meta: []byte(c.meta)}})
			if (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("the check says %v, want %q", err, c.fault)
			}
		})
	}
}
