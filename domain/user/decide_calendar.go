package user

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// What a calendar can hold: how far ahead it reaches and how much is planned at
// once, and the longest reason in code points.
const (
	horizonYears = 10
	mostPlanned  = 50
	reasonLength = 200
)

// Schedule is the command that plans an action.
type Schedule struct {
	Cause  domain.Cause
	Policy policy.Policy
	What   Action
	At     time.Time
	Reason string
}

// Decide plans the action. What an actor may not do now cannot be planned by the
// same actor either; whether the user stands right for it is judged on the day.
// A deletion takes the place of everything that is planned behind it.
func (in Schedule) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, gone()
	}
	at := in.At.UTC()
	if err := in.check(at); err != nil {
		return nil, err
	}
	if err := in.fits(s, at); err != nil {
		return nil, err
	}
	scheduled := ActionScheduled{ID: PlanID(s.ID, in.Cause), What: in.What, At: at}
	if reason := strings.TrimSpace(in.Reason); reason != "" {
		scheduled.Personal = &ActionNote{Reason: reason}
	}
	events := []domain.Event{scheduled}
	if in.What == ToDelete {
		events = append(events, cancelled(s.Scheduled, func(a Scheduled) bool { return a.At.After(at) })...)
	}
	return events, nil
}

// PlanID is the id of what a command plans for a user: that of its event.
func PlanID(id string, cause domain.Cause) string {
	return domain.EventID(Stream(id), cause.Command, 0)
}

// check judges the form of the wish.
func (in Schedule) check(at time.Time) error {
	var c domain.Check
	known := slices.Contains([]Action{ToActivate, ToSuspend, ToResume, ToDelete}, in.What)
	c.Need(known, "/what", "unknown", "is activate, suspend, resume or delete, not %q", string(in.What))
	c.Need(at.After(in.Cause.At), "/at", "past", "lies in the past")
	c.Need(at.Before(in.Cause.At.AddDate(horizonYears, 0, 0)), "/at", "too-far", "lies more than %d years ahead", horizonYears)
	c.Need(utf8.RuneCountInString(in.Reason) <= reasonLength, "/reason", "too-long", "has at most %d characters", reasonLength)
	c.Need(utf8.ValidString(in.Reason) && !strings.ContainsFunc(in.Reason, unicode.IsControl), "/reason", "form", "must not hold control characters")
	return c.Err()
}

// fits tells what speaks against the plan beside what is planned already.
func (in Schedule) fits(s State, at time.Time) error {
	if in.What != ToActivate {
		if err := mayTouch(s, in.Cause.Actor, in.Policy); err != nil {
			return err
		}
	}
	if in.What == ToActivate && s.Lifecycle == Active {
		return domain.Faultf(domain.Refused, "already-activated", "the user is activated already")
	}
	if len(s.Scheduled) >= mostPlanned {
		return domain.Faultf(domain.Refused, "calendar-full", "at most %d actions can be planned at once; cancel one first", mostPlanned)
	}
	for _, other := range s.Scheduled {
		switch {
		case other.At.Equal(at) && other.What == in.What:
			return domain.Faultf(domain.Conflict, "already-planned", "the same is planned for this moment already").At("/at")
		case other.At.Equal(at):
			return domain.Faultf(domain.Conflict, "moment-taken", "something else (%s) is planned for the very same moment; choose another", other.What).At("/at")
		case other.What == ToDelete && other.Due().Before(at):
			return domain.Faultf(domain.Conflict, "behind-deletion", "the user will be deleted on %s, before that moment", other.Due().Format(time.RFC3339)).At("/at")
		}
	}
	return nil
}

// cancelled gives the facts that end what is planned.
func cancelled(planned []Scheduled, which func(Scheduled) bool) (events []domain.Event) {
	for _, action := range planned {
		if which(action) {
			events = append(events, ActionCancelled{ID: action.ID})
		}
	}
	return events
}

// CancelAction is the command that takes an action out of the calendar.
type CancelAction struct {
	Action string
	Actor  domain.Actor
	Policy policy.Policy
}

// Decide cancels what has not been done yet. What was cancelled before is
// already so; what was done cannot be taken back.
func (in CancelAction) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if s.ID == "" {
		return nil, gone()
	}
	if action, ok := s.Planned(in.Action); ok {
		if action.What != ToActivate {
			if err := mayTouch(s, in.Actor, in.Policy); err != nil {
				return nil, err
			}
		}
		return []domain.Event{ActionCancelled{ID: in.Action}}, nil
	}
	for _, f := range slices.Backward(history) {
		switch e := f.Event.(type) {
		case ActionCancelled:
			if e.ID == in.Action {
				return nil, nil
			}
		case ActionCarriedOut:
			if e.ID == in.Action {
				return nil, domain.Faultf(domain.Refused, "action-done", "that was done already and cannot be cancelled any more")
			}
		case ActionFailed:
			if e.ID == in.Action {
				return nil, domain.Faultf(domain.Refused, "action-done", "that was tried already and cannot be cancelled any more")
			}
		}
	}
	return nil, domain.Faultf(domain.Missing, "no-action", "nothing of that name is planned for the user")
}

// Planned finds what is planned by its id.
func (s State) Planned(id string) (Scheduled, bool) {
	for _, action := range s.Scheduled {
		if action.ID == id {
			return action, true
		}
	}
	return Scheduled{}, false
}
