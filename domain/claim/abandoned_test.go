package claim_test

import (
	"testing"
	"time"

	"dialtone/domain/claim"
)

func TestWhatWasGivenUpIsKnownSinceThen(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	none := claim.Abandoned(nil)
	some := none.With("seat-1", noon)
	more := some.With("seat-2", noon).With("seat-1", noon.Add(time.Hour))
	for _, c := range []struct {
		of    claim.Abandoned
		claim string
		taken time.Time
		want  bool
	}{
		{none, "seat-1", noon, false},
		{some, "seat-1", noon, true},
		{some, "seat-1", noon.Add(-time.Second), true},
		{some, "seat-1", noon.Add(time.Second), false}, // taken again
		{some, "seat-2", noon, false},
		{more, "seat-1", noon.Add(time.Hour), true},
		{more, "seat-2", noon, true},
	} {
		if got := c.of.Since(c.claim, c.taken); got != c.want {
			t.Errorf("%v.Since(%s, %s) is %t", c.of, c.claim, c.taken, got)
		}
	}
}
