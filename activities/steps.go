package activities

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"dialtone/domain"
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
			_, err := u.Journal.Execute(ctx, stream, u.cause(s, "confirm", stream), user.Confirming(stream, s.state.ID), eventstore.ByState())
			return err
		})
	}
	err := group.Wait()
	if domain.KindOf(err) == domain.Refused {
		return &user.Trouble{Cause: "claim-lost", Responsible: "operator", Text: "the number, extension or address belongs to somebody else by now"}, nil
	}
	return nil, err
}

// activateService asks the operator's network to put the number into service.
func (u *Users) activateService(ctx context.Context, s subject, attempt int) *user.Trouble {
	if s.state.Number == "" {
		return &user.Trouble{Cause: "number-missing", Responsible: "admin", Text: "the network activates numbers, and the user has none"}
	}
	err := u.Network.Activate(ctx, domain.DeriveID("network", s.state.ID, string(s.state.Number)), s.state.Number)
	return networkTrouble(err, attempt, u.Journal.Now(), string(s.state.Number))
}

// networkTrouble says what an error of the operator's network means, nil for
// none. Its words are cleaned of the names given.
func networkTrouble(err error, attempt int, now time.Time, names ...string) *domain.Trouble {
	if err == nil {
		return nil
	}
	trouble := &domain.Trouble{Cause: "network-unavailable", Responsible: "network", Text: "the operator's network does not answer"}
	if fault, ok := errors.AsType[*domain.Fault](err); ok {
		trouble.Code, trouble.Text = fault.Code, clean(fault.Detail, names...)
	}
	if domain.Final(err) {
		trouble.Cause, trouble.Responsible = "network-refused", "operator"
		return trouble
	}
	next := now.Add(NextTry(Outcome{Cause: causeConnection}, attempt))
	trouble.NextTry = &next
	return trouble
}

// ReleaseClaims gives back what is no longer the user's.
func (u *Users) ReleaseClaims(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("release claims: %w", err)
	}
	released := make([]string, 0, len(s.state.Loose))
	for _, stream := range s.state.Loose {
		if _, err := u.Journal.Execute(ctx, stream, u.cause(s, "release", stream), s.state.Releasing(stream, u.Journal.Now(), s.firm.Policy), eventstore.ByState()); err != nil {
			return user.Duty{}, fmt.Errorf("release claims: %w", err)
		}
		released = append(released, stream)
	}
	note := u.cause(s, "note-released", strconv.Itoa(len(s.history)))
	return u.execute(ctx, s, note, user.NoteReleased{Claims: released}.Decide)
}
