package callprofile

import (
	"fmt"
	"slices"
	"time"
)

// Clock is a time of day in minutes after midnight, 0 to 1440; 1440 is the
// midnight at the day's end.
type Clock int

// String gives it as "08:30".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// on gives the moment of a day when a place's clocks show the time. Of two such
// moments, when clocks are put back, it is one; for none, when they are put
// forward, it is an hour beside it (time.Date).
func (c Clock) on(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, int(c), 0, 0, day.Location())
}

// Span is a part of a day of the week and the profile it brings; it ends before To.
type Span struct {
	Day     time.Weekday `json:"day"` // 0 is Sunday
	From    Clock        `json:"from"`
	To      Clock        `json:"to"`
	Profile string       `json:"profile"`
}

// Timetable says which profile each part of a week brings, by the clocks of the
// user's site. Between the spans it is Else. Without any span there is no
// timetable (rule 2.49).
type Timetable struct {
	Spans []Span `json:"spans,omitempty"` // in their order
	Else  string `json:"else,omitempty"`
}

// Empty tells whether there is no timetable.
func (t Timetable) Empty() bool { return len(t.Spans) == 0 }

// uses tells whether the timetable brings a profile.
func (t Timetable) uses(profile string) bool {
	return !t.Empty() && (t.Else == profile || slices.ContainsFunc(t.Spans, func(s Span) bool { return s.Profile == profile }))
}

// stretch is a profile and from when to when it is there.
type stretch struct {
	profile     string
	from, until time.Time
}

// at gives the stretch of the timetable that a moment lies in: what its span or
// the time between two spans brings. A week and a day on both sides are enough
// to find where it begins and ends.
func (t Timetable) at(now time.Time, zone *time.Location) stretch {
	local := now.In(zone)
	found := stretch{profile: t.Else, from: local.AddDate(0, 0, -8), until: local.AddDate(0, 0, 8)}
	for day := -8; day <= 8; day++ {
		date := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, zone)
		for _, span := range t.Spans {
			if span.Day != date.Weekday() {
				continue
			}
			from, until := span.From.on(date), span.To.on(date)
			switch {
			case !from.Before(until): // clocks were put forward over it
			case !now.Before(from) && now.Before(until):
				return stretch{profile: span.Profile, from: from, until: until}
			case !until.After(now): // spans come in their order
				found.from = until
			case from.After(now) && from.Before(found.until):
				found.until = from
			}
		}
	}
	return found
}
