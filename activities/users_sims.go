package activities

import (
	"context"
	"errors"
	"fmt"

	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// OrderSIM orders the SIM that a user's licence asks for. Its own workflow has it
// sent; who has another SIM by then does not need it (2.12, 2.13).
func (u *Users) OrderSIM(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("order a SIM: %w", err)
	}
	if !s.state.OrderSIM || !s.state.Exists() {
		return u.next(s.history), nil
	}
	id := user.SIMOrder(s.state.ID, s.state.SIMsOrdered)
	order := u.cause(s, "order-sim", id)
	told := order.For(sim.Stream(id))
	told.Channel = domain.ChannelNotice
	place := sim.PlaceOrder{ID: id, Company: s.state.Company, Kind: sim.Voice, User: s.state.ID, Automatic: true}
	if _, err := u.Journal.Execute(ctx, sim.Stream(id), told, place.Decide); err != nil {
		return user.Duty{}, fmt.Errorf("order a SIM: %w", err)
	}
	duty, err := u.execute(ctx, s, order, user.NameSIM{SIM: user.SIM{ID: id, Kind: sim.Voice, Automatic: true}}.Decide)
	if fault, ok := errors.AsType[*domain.Fault](err); ok && fault.Code == "has-sim" { // the SIM's own workflow cancels it
		return u.Look(ctx, in)
	}
	return duty, err
}

// LetSIMGo detaches a SIM from a user who is deleted: another one can have it (2.10).
func (u *Users) LetSIMGo(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("let SIM %s go: %w", in.Duty.Subject, err)
	}
	if s.state.Exists() {
		return u.next(s.history), nil
	}
	id := in.Duty.Subject
	deletion, _ := user.Deletion(s.history)
	cause := u.cause(s, "let-sim-go", id, deletion.ID)
	told := cause.For(sim.Stream(id))
	told.Channel = domain.ChannelNotice
	_, err = u.Journal.Execute(ctx, sim.Stream(id), told, sim.Detach{User: s.state.ID, Reason: "user-gone"}.Decide)
	if err != nil && domain.KindOf(err) != domain.Missing {
		return user.Duty{}, fmt.Errorf("let SIM %s go: %w", id, err)
	}
	return u.execute(ctx, s, cause, user.DropSIM{SIM: id}.Decide)
}
