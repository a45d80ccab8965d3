package activities

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// SIMVendor makes, sends, activates and blocks SIMs. The same job again, by its
// key, is nothing.
type SIMVendor interface {
	Do(ctx context.Context, job VendorJob) (VendorAnswer, Outcome)
}

// SIMs performs the duties of SIMs' workflows.
type SIMs struct {
	Journal  *eventstore.Journal
	Vendor   SIMVendor
	ClaimKey []byte // claims on cards are named with it
}

// SIMErrand is what a workflow asks for: a SIM's id and the duty to be done. It
// holds ids only.
type SIMErrand struct {
	SIM  string   `json:"sim"`
	Duty sim.Duty `json:"duty"`
}

// LookAtSIM tells what a SIM's facts ask for now.
func (a *SIMs) LookAtSIM(ctx context.Context, in SIMErrand) (sim.Duty, error) {
	history, err := a.load(ctx, in.SIM)
	if err != nil {
		return sim.Duty{}, fmt.Errorf("look at SIM %s: %w", in.SIM, err)
	}
	return a.next(history), nil
}

// NameSIM has the user's stream name the SIM, and spares the dispatch of one that
// was ordered by itself for the same user (2.13). A user who is gone, or who
// needs none any more, does not get it.
func (a *SIMs) NameSIM(ctx context.Context, in SIMErrand) (sim.Duty, error) {
	history, err := a.load(ctx, in.SIM)
	if err != nil {
		return sim.Duty{}, fmt.Errorf("give SIM %s to its user: %w", in.SIM, err)
	}
	s := sim.Fold(history)
	if s.Duty(a.Journal.Now()) != in.Duty {
		return a.next(history), nil
	}
	for _, stream := range s.Claims {
		cause := a.cause(in.SIM, history, "confirm", stream)
		if _, err := a.Journal.Execute(ctx, stream, cause, claim.Confirm(sim.Stream(in.SIM)), eventstore.ByState()); err != nil {
			return sim.Duty{}, fmt.Errorf("confirm what SIM %s has claimed: %w", in.SIM, err)
		}
	}
	names := user.NameSIM{SIM: user.SIM{ID: in.SIM, Kind: s.Kind, Automatic: s.Automatic && s.Undispatched(), Replaces: s.Replaces}}
	cause := a.cause(in.SIM, history, "name", s.User, strconv.Itoa(s.Round))
	named, err := a.Journal.Execute(ctx, user.Stream(s.User), cause, names.Decide)
	if fault, ok := errors.AsType[*domain.Fault](err); ok && domain.Final(err) {
		return a.execute(ctx, in.SIM, a.cause(in.SIM, history, "turn-away", s.User, strconv.Itoa(s.Round)),
			sim.Detach{User: s.User, Reason: fault.Code}.Decide)
	}
	if err != nil {
		return sim.Duty{}, fmt.Errorf("give SIM %s to its user: %w", in.SIM, err)
	}
	if err := a.spare(ctx, in.SIM, history, user.Fold(named.Facts)); err != nil {
		return sim.Duty{}, err
	}
	return a.execute(ctx, in.SIM, a.cause(in.SIM, history, "stand", s.User, strconv.Itoa(s.Round)), sim.Stand{User: s.User}.Decide)
}

// spare cancels the dispatch of what was ordered by itself for a user who has
// another SIM by now.
func (a *SIMs) spare(ctx context.Context, id string, history []domain.Fact, holder user.State) error {
	if sim.Fold(history).Kind == sim.Data {
		return nil
	}
	for _, other := range holder.SIMs {
		if other.ID == id || !other.Automatic {
			continue
		}
		cause := a.cause(id, history, "call-off", other.ID)
		cause.Channel = domain.ChannelNotice
		if _, err := a.Journal.Execute(ctx, sim.Stream(other.ID), cause, sim.CallOff{Instead: id}.Decide); err != nil {
			return fmt.Errorf("spare the dispatch of SIM %s: %w", other.ID, err)
		}
	}
	return nil
}

// ForgetSIM has the former user's stream name the SIM no more.
func (a *SIMs) ForgetSIM(ctx context.Context, in SIMErrand) (sim.Duty, error) {
	history, err := a.load(ctx, in.SIM)
	if err != nil {
		return sim.Duty{}, fmt.Errorf("take SIM %s from its user: %w", in.SIM, err)
	}
	s := sim.Fold(history)
	if s.Duty(a.Journal.Now()) != in.Duty {
		return a.next(history), nil
	}
	former := in.Duty.Subject
	cause := a.cause(in.SIM, history, "forget", former, strconv.Itoa(len(history)))
	_, err = a.Journal.Execute(ctx, user.Stream(former), cause, user.DropSIM{SIM: in.SIM}.Decide)
	if err != nil && !domain.Final(err) {
		return sim.Duty{}, fmt.Errorf("take SIM %s from its user: %w", in.SIM, err)
	}
	return a.execute(ctx, in.SIM, cause.For(sim.Stream(in.SIM)), sim.Leave{User: former}.Decide)
}

func (a *SIMs) next(history []domain.Fact) sim.Duty { return sim.Fold(history).Duty(a.Journal.Now()) }

func (a *SIMs) load(ctx context.Context, id string) ([]domain.Fact, error) {
	h, err := a.Journal.Load(ctx, sim.Stream(id))
	return h.Facts, err
}

func (a *SIMs) execute(ctx context.Context, id string, cause domain.Cause, decide domain.Decide) (sim.Duty, error) {
	result, err := a.Journal.Execute(ctx, sim.Stream(id), cause, decide)
	if err != nil {
		return sim.Duty{}, fmt.Errorf("note what became of SIM %s: %w", id, err)
	}
	return a.next(result.Facts), nil
}

// cause makes the cause of a command that the workflow gives about a SIM; an
// activity that runs again gives the same command.
func (a *SIMs) cause(id string, history []domain.Fact, purpose ...string) domain.Cause {
	cause := domain.Cause{
		Command: domain.DeriveID(append([]string{"workflow", id, "sim"}, purpose...)...),
		Actor:   domain.Actor{Kind: domain.ActorSystem, ID: "workflow"}, Channel: domain.ChannelWorkflow, At: a.Journal.Now(),
	}
	return following(cause, history)
}

func (a *SIMs) firm(ctx context.Context, id string) (company.State, error) {
	h, err := a.Journal.Load(ctx, company.Stream(id))
	return company.Fold(h.Facts), err
}
