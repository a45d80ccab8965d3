package callprofile_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/callprofile"
)

// noon is a Monday's.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func after(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func until(minutes int) *time.Time {
	at := after(minutes)
	return &at
}

// facts happen one a minute, from noon on.
func facts(events ...domain.Event) []domain.Fact {
	history := make([]domain.Fact, len(events))
	for n, event := range events {
		history[n] = domain.Fact{Event: event, ID: fmt.Sprint(n), Revision: uint64(n), At: after(n)}
	}
	return history
}

func settings(number int, change func(*callprofile.Settings)) callprofile.Settings {
	s := callprofile.Settings{
		Name: "Workshop", Number: number, Shown: callprofile.Shown{Fixed: callprofile.ShowFixed, Mobile: callprofile.ShowMobile},
		Calls: callprofile.Handling{Ring: callprofile.Both},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func kept(id string, number int) callprofile.Kept {
	s := settings(number, nil)
	return callprofile.Kept{Profile: id, Personal: &s}
}

func TestEveryUserBeginsWithTenProfiles(t *testing.T) {
	all := callprofile.Fold(nil).Profiles()
	ids := []string{"available", "lunch", "meeting", "gone", "vacation", "sick", "out", "trip", "child", "training"}
	if len(all) != len(ids) {
		t.Fatalf("there are %d", len(all))
	}
	for n, p := range all {
		if p.ID != ids[n] || p.Number != n {
			t.Errorf("number %d is %s with number %d", n, p.ID, p.Number)
		}
		if _, err := (callprofile.Keep{ID: p.ID, Settings: p.Settings}).Decide(nil); err != nil {
			t.Errorf("%s breaks the rules of profiles: %v", p.ID, err)
		}
		mobile := p.ID == "gone" || p.ID == "vacation" || p.ID == "sick" || p.ID == "child"
		if (p.Shown.Fixed == callprofile.ShowMobile) != mobile || p.Shown.Fixed != p.Shown.Mobile {
			t.Errorf("%s shows %+v (rule 2.34)", p.ID, p.Shown)
		}
	}
}

func TestProfilesAreMadeChangedAndRemoved(t *testing.T) {
	workshop := settings(10, nil)
	lunch := settings(1, func(s *callprofile.Settings) { s.Name, s.Minutes = "", 45 })
	for name, c := range map[string]struct {
		given []domain.Event
		when  func([]domain.Fact) ([]domain.Event, error)
		then  []domain.Event
		fault string
	}{
		"a new one":                  {when: callprofile.Keep{ID: "w", Settings: workshop}.Decide, then: []domain.Event{callprofile.Kept{Profile: "w", Personal: &workshop}}},
		"a usual one keeps its name": {when: callprofile.Keep{ID: "lunch", Settings: lunch}.Decide, then: []domain.Event{callprofile.Kept{Profile: "lunch", Personal: &lunch}}},
		"already so":                 {given: []domain.Event{kept("w", 10)}, when: callprofile.Keep{ID: "w", Settings: workshop}.Decide},
		"a number that is another's": {when: callprofile.Keep{ID: "w", Settings: settings(2, nil)}.Decide, fault: "number-taken"},
		"no name of its own":         {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) { s.Name = " " })}.Decide, fault: "invalid-input"},
		"a number of three digits":   {when: callprofile.Keep{ID: "w", Settings: settings(100, nil)}.Decide, fault: "invalid-input"},
		"forwarded to nowhere":       {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) { s.Calls.Ring = callprofile.Forward })}.Decide, fault: "invalid-input"},
		"busy for a word":            {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) { s.Calls.Busy = callprofile.Target{Kind: callprofile.Number, To: "home"} })}.Decide, fault: "invalid-input"},
		"a target of no kind":        {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) { s.Calls.Busy = callprofile.Target{Kind: "fax"} })}.Decide, fault: "invalid-input"},
		"a target that needs none": {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) {
			s.Calls.Busy = callprofile.Target{Kind: callprofile.Voicemail, To: "700"}
		})}.Decide, fault: "invalid-input"},
		"a forward that never counts": {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) { s.Calls.Forward = callprofile.Target{Kind: callprofile.Voicemail} })}.Decide, fault: "invalid-input"},
		"rings for an hour":           {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) { s.Calls.Seconds = 3600 })}.Decide, fault: "invalid-input"},
		"shows somebody else":         {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) { s.Shown.Mobile = "boss" })}.Decide, fault: "invalid-input"},
		"a message with a line break": {when: callprofile.Keep{ID: "w", Settings: settings(10, func(s *callprofile.Settings) { s.Message = "a\nb" })}.Decide, fault: "invalid-input"},
		"a usual one goes":            {when: callprofile.Remove{ID: "trip", At: noon}.Decide, then: []domain.Event{callprofile.Removed{Profile: "trip"}}},
		"one's own goes":              {given: []domain.Event{kept("w", 10)}, when: callprofile.Remove{ID: "w", At: noon}.Decide, then: []domain.Event{callprofile.Removed{Profile: "w"}}},
		"available stays":             {when: callprofile.Remove{ID: "available", At: noon}.Decide, fault: "profile-needed"},
		"gone already":                {given: []domain.Event{callprofile.Removed{Profile: "trip"}}, when: callprofile.Remove{ID: "trip", At: noon}.Decide, fault: "no-profile"},
		"active":                      {given: []domain.Event{callprofile.Activated{Profile: "trip"}}, when: callprofile.Remove{ID: "trip", At: after(9)}.Decide, fault: "profile-in-use"},
		"active no longer":            {given: []domain.Event{callprofile.Activated{Profile: "trip", Until: until(5)}}, when: callprofile.Remove{ID: "trip", At: after(9)}.Decide, then: []domain.Event{callprofile.Removed{Profile: "trip"}}},
		"planned":                     {given: []domain.Event{callprofile.Planned{Plan: "p", Profile: "trip", From: after(50), Until: after(60)}}, when: callprofile.Remove{ID: "trip", At: after(9)}.Decide, fault: "profile-in-use"},
		"in the timetable":            {given: []domain.Event{callprofile.TimetableSet{Timetable: atWork}}, when: callprofile.Remove{ID: "gone", At: after(9)}.Decide, fault: "profile-in-use"},
	} {
		t.Run(name, func(t *testing.T) { check(t, c.given, c.when, c.then, c.fault) })
	}
}

func TestWhatWasRemovedCanBeMadeAgain(t *testing.T) {
	s := callprofile.Fold(facts(callprofile.Removed{Profile: "trip"}, kept("w", 7)))
	if _, there := s.Profile("trip"); there || len(s.Profiles()) != 10 {
		t.Error("it is still there")
	}
	if p, _ := s.Numbered(7); p.ID != "w" {
		t.Errorf("number 7 is %s", p.ID)
	}
	s = callprofile.Fold(facts(callprofile.Removed{Profile: "trip"}, kept("trip", 12)))
	if p, there := s.Profile("trip"); !there || p.Number != 12 {
		t.Errorf("it is %+v, %t", p, there)
	}
}

func TestManyProfilesAreEnough(t *testing.T) {
	var given []domain.Event
	for n := 10; n < 50; n++ {
		given = append(given, kept(fmt.Sprint("w", n), n))
	}
	check(t, given, callprofile.Keep{ID: "w50", Settings: settings(50, nil)}.Decide, nil, "too-many-profiles")
}

func check(t *testing.T, given []domain.Event, when domain.Decide, then []domain.Event, fault string) {
	t.Helper()
	got, err := when(facts(given...))
	switch code := codeOf(err); {
	case code != fault:
		t.Errorf("the fault is %q (%v), not %q", code, err, fault)
	case !reflect.DeepEqual(got, then):
		t.Errorf("the facts are %+v, not %+v", got, then)
	}
}

func codeOf(err error) string {
	if fault, ok := errors.AsType[*domain.Fault](err); ok {
		return fault.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
