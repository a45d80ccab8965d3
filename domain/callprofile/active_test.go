package callprofile_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"dialtone/domain"
	"dialtone/domain/callprofile"
)

func hour(h int) callprofile.Clock { return callprofile.Clock(h * 60) }

// atWork is nine to five from Monday to Friday, with lunch.
var atWork = func() callprofile.Timetable {
	t := callprofile.Timetable{Else: "gone"}
	for day := time.Monday; day <= time.Friday; day++ {
		t.Spans = append(t.Spans,
			callprofile.Span{Day: day, From: hour(9), To: hour(12), Profile: "available"},
			callprofile.Span{Day: day, From: hour(12), To: hour(13), Profile: "lunch"},
			callprofile.Span{Day: day, From: hour(13), To: hour(17), Profile: "available"})
	}
	return t
}()

func TestChoosingAProfile(t *testing.T) {
	activated := func(id string, minutes int) callprofile.Activated {
		return callprofile.Activated{Profile: id, Until: until(minutes)}
	}
	for name, c := range map[string]struct {
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		"for as long as it usually takes": {when: callprofile.Activate{Profile: "lunch", At: noon}.Decide, then: []domain.Event{activated("lunch", 60)}},
		"without an end":                  {when: callprofile.Activate{Profile: "vacation", At: noon}.Decide, then: []domain.Event{callprofile.Activated{Profile: "vacation"}}},
		"to an end of one's own":          {when: callprofile.Activate{Profile: "lunch", Until: until(20), At: noon}.Decide, then: []domain.Event{activated("lunch", 20)}},
		"once more":                       {given: []domain.Event{callprofile.Activated{Profile: "vacation"}}, when: callprofile.Activate{Profile: "vacation", At: after(9)}.Decide},
		"once more, for longer":           {given: []domain.Event{activated("lunch", 60)}, when: callprofile.Activate{Profile: "lunch", At: after(10)}.Decide, then: []domain.Event{activated("lunch", 70)}},
		"one that is not there":           {when: callprofile.Activate{Profile: "siesta", At: noon}.Decide, fault: "no-profile"},
		"into the past":                   {when: callprofile.Activate{Profile: "lunch", Until: until(-1), At: noon}.Decide, fault: "invalid-input"},
		"for ten years":                   {when: callprofile.Activate{Profile: "lunch", Until: until(10 * 366 * 24 * 60), At: noon}.Decide, fault: "invalid-input"},
		"back to the timetable":           {given: []domain.Event{activated("lunch", 60)}, when: callprofile.Resume{}.Decide, then: []domain.Event{callprofile.Resumed{}}},
		"back to it already":              {when: callprofile.Resume{}.Decide},
	} {
		t.Run(name, func(t *testing.T) { check(t, c.given, c.when, c.then, c.fault) })
	}
}

func TestPlansAndTimetables(t *testing.T) {
	plan := callprofile.MakePlan{ID: "p", Profile: "vacation", From: after(100), Until: after(200), At: noon}
	planned := callprofile.Planned{Plan: "p", Profile: "vacation", From: after(100), Until: after(200)}
	backwards, odd, unknown := plan, atWork, atWork
	backwards.Until = after(99)
	odd.Spans = []callprofile.Span{{From: hour(9), To: hour(12), Profile: "out"}, {From: hour(11), To: hour(13), Profile: "out"}}
	unknown.Else = "siesta"
	for name, c := range map[string]struct {
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		"a plan":                      {when: plan.Decide, then: []domain.Event{planned}},
		"the same plan":               {given: []domain.Event{planned}, when: plan.Decide},
		"a plan that ends first":      {when: backwards.Decide, fault: "invalid-input"},
		"a plan for the past":         {when: callprofile.MakePlan{ID: "p", Profile: "lunch", From: after(-9), Until: after(-1), At: noon}.Decide, fault: "invalid-input"},
		"a plan of nothing":           {when: callprofile.MakePlan{ID: "p", Profile: "siesta", From: noon, Until: after(9), At: noon}.Decide, fault: "no-profile"},
		"a plan is dropped":           {given: []domain.Event{planned}, when: callprofile.DropPlan{ID: "p"}.Decide, then: []domain.Event{callprofile.PlanDropped{Plan: "p"}}},
		"a plan that was never there": {when: callprofile.DropPlan{ID: "p"}.Decide, fault: "no-plan"},
		"a timetable":                 {when: callprofile.SetTimetable{Timetable: atWork}.Decide, then: []domain.Event{callprofile.TimetableSet{Timetable: atWork}}},
		"the same timetable":          {given: []domain.Event{callprofile.TimetableSet{Timetable: atWork}}, when: callprofile.SetTimetable{Timetable: atWork}.Decide},
		"no timetable any more":       {given: []domain.Event{callprofile.TimetableSet{Timetable: atWork}}, when: callprofile.SetTimetable{}.Decide, then: []domain.Event{callprofile.TimetableSet{}}},
		"parts that overlap":          {when: callprofile.SetTimetable{Timetable: odd}.Decide, fault: "invalid-input"},
		"hours of no profile":         {when: callprofile.SetTimetable{Timetable: unknown}.Decide, fault: "invalid-input"},
	} {
		t.Run(name, func(t *testing.T) { check(t, c.given, c.when, c.then, c.fault) })
	}
}

func TestWhichProfileIsActiveWhen(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	at := func(day, clock, minute int) time.Time { return time.Date(2026, 3, day, clock, minute, 0, 0, berlin) }
	timetable := callprofile.TimetableSet{Timetable: atWork}
	vacation := callprofile.Planned{Plan: "p", Profile: "vacation", From: at(5, 0, 0), Until: at(12, 0, 0)}
	end := func(at time.Time) *time.Time { return &at }
	for name, c := range map[string]struct {
		given   []domain.Event // from Monday, 13:00 in Berlin
		at      time.Time
		want    string
		because callprofile.Because
		until   time.Time
	}{
		"nothing is said":                    {nil, at(2, 13, 30), "available", callprofile.ByDefault, time.Time{}},
		"chosen without an end":              {[]domain.Event{callprofile.Activated{Profile: "sick"}}, at(30, 3, 0), "sick", callprofile.ByChoice, time.Time{}},
		"chosen to an end":                   {[]domain.Event{callprofile.Activated{Profile: "lunch", Until: end(at(2, 14, 0))}}, at(2, 13, 59), "lunch", callprofile.ByChoice, at(2, 14, 0)},
		"the end has come":                   {[]domain.Event{callprofile.Activated{Profile: "lunch", Until: end(at(2, 14, 0))}}, at(2, 14, 0), "available", callprofile.ByDefault, time.Time{}},
		"at work":                            {[]domain.Event{timetable}, at(3, 9, 0), "available", callprofile.ByTimetable, at(3, 12, 0)},
		"at lunch":                           {[]domain.Event{timetable}, at(3, 12, 59), "lunch", callprofile.ByTimetable, at(3, 13, 0)},
		"in the evening":                     {[]domain.Event{timetable}, at(3, 17, 0), "gone", callprofile.ByTimetable, at(4, 9, 0)},
		"over the weekend":                   {[]domain.Event{timetable}, at(7, 12, 0), "gone", callprofile.ByTimetable, at(9, 9, 0)},
		"chosen while at work":               {[]domain.Event{timetable, callprofile.Activated{Profile: "meeting", Until: end(at(2, 15, 0))}}, at(2, 14, 0), "meeting", callprofile.ByChoice, at(2, 15, 0)},
		"and at work again":                  {[]domain.Event{timetable, callprofile.Activated{Profile: "meeting", Until: end(at(2, 15, 0))}}, at(2, 15, 0), "available", callprofile.ByTimetable, at(2, 17, 0)},
		"available until the evening":        {[]domain.Event{timetable, callprofile.Activated{Profile: "available"}}, at(2, 17, 0), "gone", callprofile.ByTimetable, at(3, 9, 0)},
		"ill on Monday, ill on Tuesday":      {[]domain.Event{timetable, callprofile.Activated{Profile: "sick"}}, at(3, 10, 0), "sick", callprofile.ByChoice, at(3, 12, 0)},
		"well again by hand":                 {[]domain.Event{timetable, callprofile.Activated{Profile: "sick"}, callprofile.Resumed{}}, at(3, 10, 0), "available", callprofile.ByTimetable, at(3, 12, 0)},
		"before the vacation":                {[]domain.Event{vacation}, at(4, 23, 59), "available", callprofile.ByDefault, at(5, 0, 0)},
		"on vacation, whatever the weekday":  {[]domain.Event{timetable, vacation}, at(9, 10, 0), "vacation", callprofile.ByPlan, at(9, 12, 0)},
		"vacation is over":                   {[]domain.Event{timetable, vacation}, at(12, 0, 0), "gone", callprofile.ByTimetable, at(12, 9, 0)},
		"no vacation after all":              {[]domain.Event{timetable, vacation, callprofile.PlanDropped{Plan: "p"}}, at(9, 10, 0), "available", callprofile.ByTimetable, at(9, 12, 0)},
		"a profile that was renamed, chosen": {[]domain.Event{kept("w", 10), callprofile.Activated{Profile: "w"}}, at(2, 14, 0), "w", callprofile.ByChoice, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			active := callprofile.Fold(facts(c.given...)).ActiveAt(c.at, berlin)
			if active.Profile.ID != c.want || active.Because != c.because || !active.Until.Equal(c.until) {
				t.Errorf("it is %s by %s until %v", active.Profile.ID, active.Because, active.Until)
			}
		})
	}
}

// Wherever clocks are put forward or back, each moment has one stretch, and the
// next one begins where it ends.
func TestATimetableHasNoHoles(t *testing.T) {
	for _, place := range []string{"Europe/Berlin", "Europe/Athens", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"} {
		where := zone(t, place)
		rapid.Check(t, func(t *rapid.T) {
			var week callprofile.Timetable
			week.Else = "gone"
			for day := time.Sunday; day <= time.Saturday; day++ {
				for from := 0; from < 24*60; {
					from += rapid.IntRange(1, 600).Draw(t, "pause")
					to := min(24*60, from+rapid.IntRange(1, 600).Draw(t, "length"))
					if from < to {
						week.Spans = append(week.Spans, callprofile.Span{Day: day, From: callprofile.Clock(from), To: callprofile.Clock(to), Profile: "available"})
					}
					from = to
				}
			}
			s := callprofile.Fold(facts(callprofile.TimetableSet{Timetable: week}))
			now := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 365*24*60).Draw(t, "minute"), 0, 0, time.UTC)
			is := s.ActiveAt(now, where)
			switch {
			case is.Until.IsZero():
				if !week.Empty() {
					t.Fatalf("%v never ends", now)
				}
			case !is.From.IsZero() && is.From.After(now) || !is.Until.After(now):
				t.Fatalf("%v is not between %v and %v", now, is.From, is.Until)
			default:
				if last := s.ActiveAt(is.Until.Add(-time.Nanosecond), where); last.Profile.ID != is.Profile.ID {
					t.Fatalf("%v is %s, but just before %v it is %s", now, is.Profile.ID, is.Until, last.Profile.ID)
				}
			}
		})
	}
}

func TestWhatIsChosenInTheEveningStandsUntilTheMorning(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	at := func(day, clock int) time.Time { return time.Date(2026, 3, day, clock, 0, 0, 0, berlin) }
	history := []domain.Fact{
		{Event: callprofile.TimetableSet{Timetable: atWork}, At: at(2, 8)},
		{Event: callprofile.Activated{Profile: "available"}, At: at(2, 18)},
	}
	for clock, want := range map[int]string{18: "available", 23: "available"} {
		if active := callprofile.Fold(history).ActiveAt(at(2, clock), berlin); active.Profile.ID != want || active.Because != callprofile.ByChoice {
			t.Errorf("at %d it is %s by %s", clock, active.Profile.ID, active.Because)
		}
	}
	if active := callprofile.Fold(history).ActiveAt(at(3, 17), berlin); active.Profile.ID != "gone" || !active.From.Equal(at(3, 17)) {
		t.Errorf("the next evening it is %s since %v", active.Profile.ID, active.From)
	}
	history[1].At = at(2, 16)
	if active := callprofile.Fold(history).ActiveAt(at(2, 18), berlin); active.Profile.ID != "gone" || !active.From.Equal(at(2, 17)) {
		t.Errorf("chosen before five, it is %s since %v", active.Profile.ID, active.From)
	}
}

func TestClocksThatArePutForwardMoveWorkWithThem(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := callprofile.Fold(facts(callprofile.TimetableSet{Timetable: atWork}))
	for _, c := range []struct{ day, utc int }{{27, 8}, {30, 7}} { // the Friday before the 29th of March 2026, and the Monday after
		begins := time.Date(2026, 3, c.day, c.utc, 0, 0, 0, time.UTC)
		if before, then := s.ActiveAt(begins.Add(-time.Second), berlin), s.ActiveAt(begins, berlin); before.Profile.ID != "gone" || then.Profile.ID != "available" {
			t.Errorf("on the %dth it turns from %s to %s at %v", c.day, before.Profile.ID, then.Profile.ID, begins)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	where, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return where
}
