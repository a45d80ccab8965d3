package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// AskVendor asks the vendor once for what is to be done about a SIM, and notes
// how it went.
func (a *SIMs) AskVendor(ctx context.Context, in SIMErrand) (sim.Duty, error) {
	history, err := a.load(ctx, in.SIM)
	if err != nil {
		return sim.Duty{}, fmt.Errorf("ask the vendor about SIM %s: %w", in.SIM, err)
	}
	s := sim.Fold(history)
	if now := s.Duty(a.Journal.Now()); now.Task != in.Duty.Task || now.Attempt != in.Duty.Attempt {
		return a.next(history), nil
	}
	job, err := a.job(ctx, s, in.Duty.Task)
	if err != nil {
		return sim.Duty{}, fmt.Errorf("ask the vendor about SIM %s: %w", in.SIM, err)
	}
	answer, outcome := a.Vendor.Do(ctx, job)
	if ctx.Err() != nil {
		return sim.Duty{}, fmt.Errorf("ask the vendor about SIM %s: %w", in.SIM, ctx.Err())
	}
	if in.Duty.Task == sim.Check && outcome.Code == codeUnknownOrder {
		answer, outcome = a.orderAgain(ctx, job, in.Duty.Attempt)
	}
	if in.Duty.Task == sim.Check && outcome.Accepted && answer.State != VendorDispatched {
		outcome = vendorOutcome(answer.State, causeDispatchAwaited, answer.State == VendorCancelled)
	}
	cause := a.cause(in.SIM, history, string(in.Duty.Task), strconv.Itoa(s.Round), strconv.Itoa(in.Duty.Attempt))
	finish := sim.Finish{
		Task: in.Duty.Task, Attempt: in.Duty.Attempt, At: cause.At,
		Answer: sim.Answer{Sent: answer.State == VendorDispatched, Profile: answer.Profile},
	}
	if finish.Claims, err = a.claim(ctx, s, answer.Profile.Card, cause); errors.Is(err, errCardElsewhere) {
		outcome = vendorOutcome("same card", causeCardInUse, true)
	} else if err != nil {
		return sim.Duty{}, fmt.Errorf("claim the card of SIM %s: %w", in.SIM, err)
	}
	finish.Trouble = vendorTrouble(outcome, in.Duty.Attempt, in.SIM, cause.At)
	if finish.Trouble == nil && in.Duty.Task == sim.Activate && s.Replaces != "" {
		if err := a.retire(ctx, s, cause); err != nil {
			return sim.Duty{}, err
		}
	}
	if finish.Trouble == nil && in.Duty.Task == sim.Prepare && s.User != "" {
		if err := a.renew(ctx, s, cause); err != nil {
			return sim.Duty{}, err
		}
	}
	return a.execute(ctx, in.SIM, cause, finish.Decide)
}

// job says what the vendor is asked for.
func (a *SIMs) job(ctx context.Context, s sim.State, task sim.Task) (VendorJob, error) {
	firm, err := a.firm(ctx, s.Company)
	if err != nil {
		return VendorJob{}, err
	}
	job := VendorJob{
		Task: task, Key: domain.DeriveID("sim-vendor", s.ID, string(task), strconv.Itoa(s.Round)), Order: domain.DeriveID("sim-order", s.ID),
		SIM: s.ID, Kind: s.Kind, Card: s.Card, Company: VendorCompany{ID: firm.ID, Name: firm.Name, Country: firm.Country},
	}
	if task == sim.Activate && s.Replaces != "" {
		former, err := a.load(ctx, s.Replaces)
		if err != nil {
			return VendorJob{}, err
		}
		if old := sim.Fold(former); old.User == s.User { // what has left its user meanwhile is not swapped
			job.Former = old.Card
		}
	}
	return job, nil
}

// codeUnknownOrder is the code of an answer that knows nothing of an order which
// the vendor had taken before.
const codeUnknownOrder = "http 404 unknown-order"

// orderAgain gives an order anew that the vendor has lost. It bears the same id,
// so that there are never two of it.
func (a *SIMs) orderAgain(ctx context.Context, lost VendorJob, attempt int) (VendorAnswer, Outcome) {
	lost.Task, lost.Key = sim.Order, domain.DeriveID(lost.Key, "again", strconv.Itoa(attempt))
	answer, outcome := a.Vendor.Do(ctx, lost)
	if outcome.Accepted && answer.State == "" {
		answer.State = VendorAccepted
	}
	return answer, outcome
}

var errCardElsewhere = errors.New("the card is another SIM's")

// claim takes what the vendor says about a card for its SIM, and gives all claims
// the SIM has.
func (a *SIMs) claim(ctx context.Context, s sim.State, card sim.Card, cause domain.Cause) ([]string, error) {
	claims := slices.Clone(s.Claims)
	for _, stream := range s.Card.Completed(card).Claims(a.ClaimKey) {
		if slices.Contains(claims, stream) {
			continue
		}
		take := claim.Take{Owner: sim.Stream(s.ID), By: cause.Command, At: cause.At, Taken: sim.Taken()}
		if _, err := a.Journal.Execute(ctx, stream, cause.For(stream), take.Decide, eventstore.ByState()); domain.KindOf(err) == domain.Conflict {
			return nil, errCardElsewhere
		} else if err != nil {
			return nil, err
		}
		claims = append(claims, stream)
	}
	return claims, nil
}

// retire ends the SIM in whose place this one works.
func (a *SIMs) retire(ctx context.Context, s sim.State, cause domain.Cause) error {
	told := cause.For(sim.Stream(s.Replaces))
	told.Channel = domain.ChannelNotice
	if _, err := a.Journal.Execute(ctx, sim.Stream(s.Replaces), told, sim.Replace{User: s.User, By: s.ID}.Decide); err != nil {
		return fmt.Errorf("end SIM %s: %w", s.Replaces, err)
	}
	return nil
}

// renew takes from a user the eSIM there was, where the user has seen its code and
// another one is ready.
func (a *SIMs) renew(ctx context.Context, s sim.State, cause domain.Cause) error {
	h, err := a.Journal.Load(ctx, user.Stream(s.User))
	if err != nil {
		return fmt.Errorf("look for the eSIM that ends: %w", err)
	}
	for _, held := range user.Fold(h.Facts).SIMs {
		if held.ID == s.ID || held.Kind != sim.ESIM {
			continue
		}
		told := cause.For(sim.Stream(held.ID))
		told.Channel = domain.ChannelNotice
		if _, err := a.Journal.Execute(ctx, sim.Stream(held.ID), told, sim.Detach{User: s.User, Reason: "esim-renewed"}.Decide); err != nil {
			return fmt.Errorf("end eSIM %s: %w", held.ID, err)
		}
	}
	return nil
}
