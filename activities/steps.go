package activities

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// RunStep works once on the step that the activation stands at, and notes
// before and after how it went.
func (u *Users) RunStep(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("work on step %s: %w", in.Duty.Subject, err)
	}
	name := in.Duty.Subject
	started, err := u.Journal.Execute(ctx, user.Stream(s.state.ID),
		u.cause(s, "start-step", name, strconv.Itoa(in.Duty.Attempt)), user.StartStep{Step: name}.Decide)
	if err != nil {
		return user.Duty{}, fmt.Errorf("start step %s: %w", name, err)
	}
	s.state, s.history = user.Fold(started.Facts), started.Facts
	step, _ := s.state.Step(name)
	if step.State != user.Running {
		return u.next(started.Facts), nil
	}
	var trouble *user.Trouble
	switch name {
	case policy.StepLine:
		trouble, err = u.connectLine(ctx, s)
	case policy.StepNetwork:
		trouble = u.activateService(ctx, s, step.Attempts)
	default:
		err = domain.Faultf(domain.Refused, "unknown-step", "no activity does the step %s", name)
	}
	if err != nil {
		return user.Duty{}, fmt.Errorf("work on step %s: %w", name, err)
	}
	finish := user.FinishStep{Step: name, Attempt: step.Attempts, Trouble: trouble}
	return u.execute(ctx, s, u.cause(s, "finish-step", name, strconv.Itoa(step.Attempts)), finish.Decide)
}

// connectLine makes everything that was claimed for the user stand for good.
func (u *Users) connectLine(ctx context.Context, s subject) (*user.Trouble, error) {
	group, ctx := errgroup.WithContext(ctx)
	for _, stream := range s.state.Claims.List() {
		group.Go(func() error {
			_, err := u.Journal.Execute(ctx, stream, u.cause(s, "confirm", stream), confirm(stream, s.state.ID), eventstore.ByState())
			return err
		})
	}
	err := group.Wait()
	if domain.KindOf(err) == domain.Refused {
		return &user.Trouble{Cause: "claim-lost", Responsible: "operator", Text: "the number, extension or address belongs to somebody else by now"}, nil
	}
	return nil, err
}

func confirm(stream, id string) domain.Decide {
	if strings.HasPrefix(stream, "number-") {
		return number.Confirm(id)
	}
	return claim.Confirm(user.Stream(id))
}

func release(stream, id, reason string) domain.Decide {
	if strings.HasPrefix(stream, "number-") {
		return number.Release(id, reason)
	}
	return claim.Release(user.Stream(id), reason)
}

// activateService asks the operator's network to put the number into service.
func (u *Users) activateService(ctx context.Context, s subject, attempt int) *user.Trouble {
	if s.state.Number == "" {
		return &user.Trouble{Cause: "number-missing", Responsible: "admin", Text: "the network activates numbers, and the user has none"}
	}
	err := u.Network.Activate(ctx, domain.DeriveID("network", s.state.ID, string(s.state.Number)), s.state.Number)
	if err == nil {
		return nil
	}
	trouble := &user.Trouble{Cause: "network-unavailable", Responsible: "network", Text: "the operator's network does not answer"}
	var fault *domain.Fault
	if errors.As(err, &fault) {
		trouble.Cause, trouble.Code, trouble.Text = "network-refused", fault.Code, clean(fault.Detail, string(s.state.Number))
	}
	if domain.Final(err) {
		trouble.Responsible = "operator"
		return trouble
	}
	if fault != nil {
		trouble.Cause = "network-unavailable"
	}
	wait := NextTry(Outcome{Cause: causeConnection}, attempt)
	next := u.Journal.Now().Add(wait)
	trouble.NextTry = &next
	return trouble
}

// ReleaseClaims gives back what is no longer the user's.
func (u *Users) ReleaseClaims(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("release claims: %w", err)
	}
	reason := "changed"
	if s.state.Lifecycle == user.Gone {
		reason = "user deleted"
	}
	released := make([]string, 0, len(s.state.Loose))
	for _, stream := range s.state.Loose {
		if _, err := u.Journal.Execute(ctx, stream, u.cause(s, "release", stream), release(stream, s.state.ID, reason), eventstore.ByState()); err != nil {
			return user.Duty{}, fmt.Errorf("release claims: %w", err)
		}
		released = append(released, stream)
	}
	note := u.cause(s, "note-released", strconv.Itoa(len(s.history)))
	return u.execute(ctx, s, note, user.NoteReleased{Claims: released}.Decide)
}

// zoneOf is the time zone a user's texts are written in: the site's, or that of
// the company's country where it has one only, otherwise UTC.
func zoneOf(s subject) *time.Location {
	name := zones[s.firm.Country]
	if site, ok := s.firm.Site(s.state.Site); ok && site.TimeZone != "" {
		name = site.TimeZone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// zones holds the countries that lie in one time zone, as far as operators are
// served there.
var zones = map[string]string{
	"AT": "Europe/Vienna", "CH": "Europe/Zurich", "DE": "Europe/Berlin", "GB": "Europe/London",
	"GR": "Europe/Athens", "IT": "Europe/Rome", "SE": "Europe/Stockholm",
}
