package callprofile

import (
	"slices"
	"strconv"
	"time"

	"dialtone/domain"
)

// Chosen is what somebody chose: Until is zero where it holds until something
// else comes.
type Chosen struct {
	Profile   string
	At, Until time.Time
}

// Plan is a profile that is to be active from one moment to another.
type Plan struct {
	ID, Profile string
	From, Until time.Time
}

// State is how a user takes calls, as the facts tell it. Without any fact it is
// the usual.
type State struct {
	changed   map[string]Settings // profiles that were made or changed
	removed   []string            // of the usual ones
	Chosen    *Chosen
	Plans     []Plan // in the order of their beginnings
	Timetable Timetable
	Switches  Switches
	Rules     []Named
}

// Profiles gives the user's profiles in the order of their numbers.
func (s State) Profiles() []Profile {
	var all []Profile
	for _, p := range Usual() {
		if _, changed := s.changed[p.ID]; !changed && !slices.Contains(s.removed, p.ID) {
			all = append(all, p)
		}
	}
	for id, settings := range s.changed {
		all = append(all, Profile{ID: id, Settings: settings})
	}
	slices.SortFunc(all, func(a, b Profile) int { return a.Number - b.Number })
	return all
}

// Profile finds a profile by its id.
func (s State) Profile(id string) (Profile, bool) {
	if settings, changed := s.changed[id]; changed {
		return Profile{ID: id, Settings: settings}, true
	}
	all := Usual()
	at := slices.IndexFunc(all, func(p Profile) bool { return p.ID == id })
	if at < 0 || slices.Contains(s.removed, id) {
		return Profile{}, false
	}
	return all[at], true
}

// Numbered finds a profile by its number.
func (s State) Numbered(number int) (Profile, bool) {
	all := s.Profiles()
	at := slices.IndexFunc(all, func(p Profile) bool { return p.Number == number })
	if at < 0 {
		return Profile{}, false
	}
	return all[at], true
}

// Named finds a profile by its number or its id, as people and phones name it.
func (s State) Named(name string) (Profile, bool) {
	if number, err := strconv.Atoi(name); err == nil {
		if p, there := s.Numbered(number); there {
			return p, true
		}
	}
	return s.Profile(name)
}

// Rule finds a call rule by its id.
func (s State) Rule(id string) (Rule, bool) {
	at := slices.IndexFunc(s.Rules, func(r Named) bool { return r.ID == id })
	if at < 0 {
		return Rule{}, false
	}
	return s.Rules[at].Rule, true
}

// Fold gives how the user takes calls as the history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }

// Evolve applies one fact. It cannot fail, and it never changes what the given
// state points to.
func Evolve(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Kept:
		if e.Personal != nil {
			s.changed = with(s.changed, e.Profile, *e.Personal)
			s.removed = without(s.removed, e.Profile)
		}
	case Removed:
		s.changed = less(s.changed, e.Profile)
		s.removed = append(without(s.removed, e.Profile), e.Profile)
	case SwitchesSet:
		s.Switches = Switches{}
		if e.Personal != nil {
			s.Switches = *e.Personal
		}
	case RuleSet:
		s.Rules = slices.DeleteFunc(slices.Clone(s.Rules), func(r Named) bool { return r.ID == e.Rule })
		if e.Personal != nil {
			s.Rules = append(s.Rules, Named{ID: e.Rule, Rule: *e.Personal})
		}
	case RuleRemoved:
		s.Rules = slices.DeleteFunc(slices.Clone(s.Rules), func(r Named) bool { return r.ID == e.Rule })
	default:
		return timed(s, f)
	}
	return s
}

// timed applies the facts about what is active when.
func timed(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Activated:
		s.Chosen = &Chosen{Profile: e.Profile, At: f.At}
		if e.Until != nil {
			s.Chosen.Until = *e.Until
		}
	case Resumed:
		s.Chosen = nil
	case Planned:
		s.Plans = append(dropped(s.Plans, e.Plan), Plan{ID: e.Plan, Profile: e.Profile, From: e.From, Until: e.Until})
		slices.SortStableFunc(s.Plans, func(a, b Plan) int { return a.From.Compare(b.From) })
	case PlanDropped:
		s.Plans = dropped(s.Plans, e.Plan)
	case TimetableSet:
		s.Timetable = e.Timetable
	}
	return s
}

func dropped(plans []Plan, id string) []Plan {
	return slices.DeleteFunc(slices.Clone(plans), func(p Plan) bool { return p.ID == id })
}

func without(ids []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })
}

func with(all map[string]Settings, id string, settings Settings) map[string]Settings {
	more := less(all, id)
	more[id] = settings
	return more
}

func less(all map[string]Settings, id string) map[string]Settings {
	rest := map[string]Settings{}
	for other, settings := range all {
		if other != id {
			rest[other] = settings
		}
	}
	return rest
}
