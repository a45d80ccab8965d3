package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// Ending judges the deletion of a user as DeleteUser would, and writes nothing.
func (d *Desk) Ending(ctx context.Context, cause domain.Cause, id string) (Ending, error) {
	state, firm, err := d.subject(ctx, id)
	if err != nil {
		return Ending{}, err
	}
	return d.ending(ctx, cause, state, firm)
}

func (d *Desk) ending(ctx context.Context, cause domain.Cause, state user.State, firm company.State) (ending Ending, err error) {
	ends, refused := user.Delete{Actor: cause.Actor, Policy: firm.Policy}.Ends(state)
	if domain.KindOf(refused) == domain.Missing && refused != nil {
		return Ending{}, refused
	}
	ending = Ending{Goes: []Going{}, Groups: []EndingGroup{}, Planned: []CalendarEntry{}, EraseAt: momentOf(ends.EraseAt(cause.At))}
	if fault, is := errors.AsType[*domain.Fault](refused); is {
		ending.Refused = &FieldProblem{Code: fault.Code, Detail: fault.Detail}
		ends.Goes = state.Goes()
	}
	if within := firm.Policy.RestoreWithin.Std(); within > 0 {
		ending.RestoreUntil = momentOf(cause.At.Add(within))
	}
	if ending.Goes, err = d.goings(ctx, ends.Goes, state, firm.Policy.RestsUntil(cause.At)); err != nil {
		return Ending{}, err
	}
	if state.Claims.Seat != "" {
		if ending.Licence, err = d.endingLicence(ctx, cause.At, state, firm); err != nil {
			return Ending{}, err
		}
	}
	for _, action := range state.Scheduled {
		entry := user.Entry{At: action.At, Kind: user.EntryKind(action.What), Subject: action.ID, Cancellable: true, Reason: action.Reason}
		ending.Planned = append(ending.Planned, shownEntry(entry))
	}
	memberships, err := d.cfg.Views.Memberships(ctx, state.ID)
	for _, m := range memberships {
		ending.Groups = append(ending.Groups, EndingGroup{ID: m.ID, Name: m.Name, Told: max(0, m.Members-1)})
	}
	return ending, err
}

// goings words what a fact would name, thing by thing.
func (d *Desk) goings(ctx context.Context, goes *user.Goes, state user.State, rests time.Time) ([]Going, error) {
	list := []Going{}
	if goes == nil {
		return list, nil
	}
	add := func(there bool, g Going) {
		if there {
			list = append(list, g)
		}
	}
	add(goes.Number != "", Going{What: wishNumber, Value: string(goes.Number), To: "company", Until: momentOf(rests)})
	add(goes.Extension != "", Going{What: wishExtension, Value: goes.Extension, To: "company"})
	add(goes.Device != "" || state.Claims.Device != "", Going{What: wishDevice, Value: goes.Device, To: "company"})
	for _, id := range goes.SIMs {
		h, err := d.journal.Load(ctx, sim.Stream(id))
		if err != nil {
			return nil, err
		}
		to := "company"
		if sim.Fold(h.Facts).Undispatched() {
			to = "vendor"
		}
		add(true, Going{What: "sim", Value: id, To: to})
	}
	add(goes.Email, Going{What: wishEmail, Value: state.Person.Email, To: "anyone"})
	add(goes.Username, Going{What: wishUsername, Value: state.Credential.Username, To: "anyone"})
	return list, nil
}

// endingLicence tells whether the licence of a user can go back, and who changes
// licences with the user for that (rule 2.22).
func (d *Desk) endingLicence(ctx context.Context, at time.Time, state user.State, firm company.State) (*EndingLicence, error) {
	own, _ := firm.SeatNamed(state.Claims.Seat, state.Licence)
	told := &EndingLicence{Kind: state.Licence, Asked: true}
	if until := firm.BoundUntil(own); until != nil && until.After(at) {
		told.BoundUntil = until
	}
	err := company.ReturnLicence{Kind: state.Licence, At: at}.Check(firm)
	if fault, is := errors.AsType[*domain.Fault](err); is {
		told.Asked, told.Why = false, fault.Code
	}
	if !told.Asked || told.BoundUntil == nil {
		return told, nil
	}
	sits := ""
	for _, run := range firm.UnboundRuns(state.Licence, at) {
		taken, first, err := d.cfg.Views.Sitting(ctx, company.SeatPool(firm.ID, state.Licence), run.First, run.Last, user.Stream(state.ID))
		switch {
		case err != nil:
			return nil, err
		case taken < run.Last-run.First+1: // nobody has to move
			return told, nil
		case sits == "":
			sits = first
		}
	}
	if sits != "" {
		other, _, err := d.subject(ctx, strings.TrimPrefix(sits, user.Stream("")))
		if err != nil {
			return nil, err
		}
		told.Swaps = &EndingUser{ID: other.ID, FirstName: other.Person.FirstName, LastName: other.Person.LastName}
	}
	return told, nil
}
