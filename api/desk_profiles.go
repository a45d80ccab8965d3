package api

import (
	"context"
	"fmt"
	"time"

	"dialtone/domain"
	"dialtone/domain/callprofile"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// profiled is a user with how the user takes calls.
type profiled struct {
	user     user.State
	zone     *time.Location // of the user's site
	state    callprofile.State
	revision uint64
}

// profilesOf loads how a user takes calls, from the user's own stream of it.
func (d *Desk) profilesOf(ctx context.Context, id string) (profiled, error) {
	state, firm, err := d.subject(ctx, id)
	if err != nil {
		return profiled{}, err
	}
	zone, err := siteZone(firm, state)
	if err != nil {
		return profiled{}, err
	}
	h, err := d.journal.Load(ctx, callprofile.Stream(id))
	if err != nil {
		return profiled{}, err
	}
	return profiled{user: state, zone: zone, state: callprofile.Fold(h.Facts), revision: uint64(max(h.Revision, 0))}, nil
}

// activeProfile gives the id of the profile that a user's calls are taken by at a
// moment, as a history tells it.
func (d *Desk) activeProfile(ctx context.Context, state user.State, at time.Time, history func(context.Context, string) (eventstore.History, error)) (string, error) {
	h, err := history(ctx, callprofile.Stream(state.ID))
	if err != nil {
		return "", err
	}
	taken, zone := callprofile.Fold(h.Facts), time.UTC
	if !taken.Timetable.Empty() {
		firm, err := d.firm(ctx, state.Company)
		if err != nil {
			return "", err
		}
		if zone, err = siteZone(firm, state); err != nil {
			return "", err
		}
	}
	return taken.ActiveAt(at, zone).Profile.ID, nil
}

// siteZone is the time zone of the user's place.
func siteZone(firm company.State, state user.State) (*time.Location, error) {
	zone, err := time.LoadLocation(firm.ZoneAt(state.Site))
	if err != nil {
		return nil, fmt.Errorf("the time zone of site %q: %w", state.Site, err)
	}
	return zone, nil
}

// TakeCalls executes a command on how a user takes calls. Whatever state the user
// is in, profiles can be prepared (rule 1.8); a deleted user has none.
func (d *Desk) TakeCalls(ctx context.Context, cause domain.Cause, id string, decide domain.Decide, options ...eventstore.Option) (Done, error) {
	state, firm, err := d.subject(ctx, id)
	switch {
	case err != nil:
		return Done{}, err
	case !state.Exists():
		return Done{}, domain.Faultf(domain.Conflict, "user-deleted", "the user is deleted")
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, callprofile.Stream(id), cause, decide, options...)
	return done(id, result), err
}

// profileID gives the id of a profile that was named by id or by number.
func profileID(history []domain.Fact, name string) string {
	if p, there := callprofile.Fold(history).Named(name); there {
		return p.ID
	}
	return name
}

// keepProfile makes a call profile or changes one.
func keepProfile(name string, form ProfileForm) domain.Decide {
	trimmed(&form.Name, &form.Message)
	return func(history []domain.Fact) ([]domain.Event, error) {
		return callprofile.Keep{ID: profileID(history, name), Settings: form.settings()}.Decide(history)
	}
}

// removeProfile ends a call profile.
func removeProfile(name string, at time.Time) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		return callprofile.Remove{ID: profileID(history, name), At: at}.Decide(history)
	}
}

// activateProfile chooses the profile that calls are taken by.
func activateProfile(form ActivationForm, at time.Time) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		return callprofile.Activate{Profile: profileID(history, form.Profile), Until: form.Until, At: at}.Decide(history)
	}
}

// planProfile plans a profile for a time to come.
func planProfile(id string, form ProfilePlanForm, at time.Time) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		return callprofile.MakePlan{ID: id, Profile: profileID(history, form.Profile), From: form.From, Until: form.Until, At: at}.Decide(history)
	}
}
