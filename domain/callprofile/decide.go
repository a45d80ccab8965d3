package callprofile

import (
	"reflect"
	"time"

	"dialtone/domain"
)

// Keep is the command that makes a profile or changes one: Settings are all of
// it as it is to be.
type Keep struct {
	ID       string
	Settings Settings
}

// Decide writes the profile as it is from now on.
func (in Keep) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	var c domain.Check
	c.Need(in.ID != "", "/id", "missing", "is needed")
	checkSettings(&c, in.ID, in.Settings)
	if err := c.Err(); err != nil {
		return nil, err
	}
	before, there := s.Profile(in.ID)
	if other, taken := s.Numbered(in.Settings.Number); taken && other.ID != in.ID {
		return nil, domain.Faultf(domain.Conflict, "number-taken", "profile number %d is another profile's", in.Settings.Number).At("/number")
	}
	switch {
	case there && reflect.DeepEqual(before.Settings, in.Settings):
		return nil, nil
	case !there && len(s.Profiles()) >= mostProfiles:
		return nil, domain.Faultf(domain.Refused, "too-many-profiles", "a user has at most %d profiles", mostProfiles)
	}
	return []domain.Event{Kept{Profile: in.ID, Personal: &in.Settings}}, nil
}

// Remove is the command that ends a profile: At is now.
type Remove struct {
	ID string
	At time.Time
}

// Decide removes a profile that nothing brings any more. Available stays: it is
// what is active where nothing else is.
func (in Remove) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if in.ID == Available {
		return nil, domain.Faultf(domain.Refused, "profile-needed", "this profile is active where no other is, and stays")
	}
	if _, there := s.Profile(in.ID); !there {
		return nil, missing(in.ID)
	}
	if why := s.neededFor(in.ID, in.At); why != "" {
		return nil, domain.Faultf(domain.Refused, "profile-in-use", "the profile %s", why)
	}
	return []domain.Event{Removed{Profile: in.ID}}, nil
}

// neededFor says what still brings a profile; "" for nothing.
func (s State) neededFor(id string, now time.Time) string {
	if c := s.Chosen; c != nil && c.Profile == id && (c.Until.IsZero() || now.Before(c.Until)) {
		return "is active; choose another one first"
	}
	if s.Timetable.uses(id) {
		return "is in the timetable"
	}
	for _, p := range s.Plans {
		if p.Profile == id && now.Before(p.Until) {
			return "is planned for " + p.From.UTC().Format(time.RFC3339)
		}
	}
	return ""
}

// Activate is the command that chooses a profile: At is now. Until is when it
// ends, nil for as long as the profile usually takes.
type Activate struct {
	Profile string
	Until   *time.Time
	At      time.Time
}

// Decide activates it. What is chosen already, to the same end, stays as it is.
func (in Activate) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	p, there := s.Profile(in.Profile)
	if !there {
		return nil, missing(in.Profile).At("/profile")
	}
	until := in.Until
	if until == nil && p.Minutes > 0 {
		end := in.At.Add(time.Duration(p.Minutes) * time.Minute)
		until = &end
	}
	var c domain.Check
	if until != nil {
		c.Need(in.At.Before(*until), "/until", "past", "is later than now")
		c.Need(!until.After(in.At.Add(longestActive*time.Minute)), "/until", "range", "is within %d days", longestActive/24/60)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	if is := s.Chosen; is != nil && is.Profile == in.Profile && in.Until == nil && until == nil && is.Until.IsZero() {
		return nil, nil
	}
	return []domain.Event{Activated{Profile: in.Profile, Until: until}}, nil
}

// Resume is the command that leaves what is active to timetable and plans again.
type Resume struct{}

// Decide ends what was chosen.
func (in Resume) Decide(history []domain.Fact) ([]domain.Event, error) {
	if Fold(history).Chosen == nil {
		return nil, nil
	}
	return []domain.Event{Resumed{}}, nil
}

// MakePlan is the command that plans a profile for a time to come: At is now.
type MakePlan struct {
	ID, Profile string
	From, Until time.Time
	At          time.Time
}

// Decide plans it. Plans may overlap: the higher priority counts.
func (in MakePlan) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if _, there := s.Profile(in.Profile); !there {
		return nil, missing(in.Profile).At("/profile")
	}
	var c domain.Check
	c.Need(in.From.Before(in.Until), "/until", "order", "is later than the beginning")
	c.Need(in.At.Before(in.Until), "/until", "past", "is later than now")
	if err := c.Err(); err != nil {
		return nil, err
	}
	ahead := 0
	for _, p := range s.Plans {
		switch {
		case p == Plan{ID: in.ID, Profile: in.Profile, From: in.From, Until: in.Until}:
			return nil, nil
		case p.ID != in.ID && in.At.Before(p.Until):
			ahead++
		}
	}
	if ahead >= mostPlans {
		return nil, domain.Faultf(domain.Refused, "too-many-plans", "a user has at most %d plans ahead", mostPlans)
	}
	return []domain.Event{Planned{Plan: in.ID, Profile: in.Profile, From: in.From, Until: in.Until}}, nil
}

// DropPlan is the command that takes a plan back, or ends one that has begun.
type DropPlan struct{ ID string }

// Decide drops it.
func (in DropPlan) Decide(history []domain.Fact) ([]domain.Event, error) {
	for _, p := range Fold(history).Plans {
		if p.ID == in.ID {
			return []domain.Event{PlanDropped{Plan: in.ID}}, nil
		}
	}
	return nil, domain.Faultf(domain.Missing, "no-plan", "there is no such plan")
}

// SetTimetable is the command that says what the days of a week bring.
type SetTimetable struct{ Timetable Timetable }

// Decide sets it.
func (in SetTimetable) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	var c domain.Check
	checkTimetable(&c, s, in.Timetable)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if in.Timetable.Empty() {
		in.Timetable = Timetable{}
	}
	if reflect.DeepEqual(s.Timetable, in.Timetable) {
		return nil, nil
	}
	return []domain.Event{TimetableSet(in)}, nil
}

func missing(profile string) *domain.Fault {
	return domain.Faultf(domain.Missing, "no-profile", "the user has no profile %q", profile)
}
