package claim

import (
	"maps"
	"time"
)

// Abandoned notes which claims were given up for an owner whose facts did not
// name them, and when (0004). It never changes: With gives another one.
type Abandoned map[string]time.Time

// With adds a claim that was given up at a moment.
func (a Abandoned) With(claim string, at time.Time) Abandoned {
	more := Abandoned{}
	maps.Copy(more, a)
	more[claim] = at
	return more
}

// Since tells whether a claim that was taken at a moment, or that was due by it,
// has been given up since. What was given up before has been taken again.
func (a Abandoned) Since(claim string, taken time.Time) bool {
	at, given := a[claim]
	return given && !at.Before(taken)
}
