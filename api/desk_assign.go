package api

import (
	"context"
	"errors"
	"strings"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/projections"
)

// AssignForm gives numbers to many users at once.
type AssignForm struct {
	Rows []AssignRow `json:"rows" minItems:"1" maxItems:"500"`
	From string      `json:"from,omitempty" doc:"Rows without a number get the next free one from here on, in their order"`
}

// AssignRow is one user and the number that is to be the user's.
type AssignRow struct {
	User   string `json:"user"`
	Number string `json:"number,omitempty" doc:"Empty: the next free one; whoever has a number keeps it"`
}

// AssignedRow says what became of a row.
type AssignedRow struct {
	User    string `json:"user"`
	Number  string `json:"number,omitempty"`
	Outcome string `json:"outcome" enum:"assigned,refused"`
	Code    string `json:"code,omitempty" example:"number-taken"`
	Detail  string `json:"detail,omitempty"`
}

// AssignNumbers gives numbers to users, row by row: each is a command of its own,
// and what one is refused does not concern the others. The same command again
// finds what it has done; last is the last row that went through.
func (d *Desk) AssignNumbers(ctx context.Context, cause domain.Cause, companyID string, form AssignForm) (Done, []AssignedRow, error) {
	firm, err := d.firm(ctx, companyID)
	if err != nil {
		return Done{}, nil, err
	}
	var last Done
	free := &freeNumbers{views: d.cfg.Views, filter: projections.NumberFilter{
		Company: companyID, State: projections.NumberFree, From: phone(form.From, firm.Country), Limit: 200,
	}}
	rows := make([]AssignedRow, 0, len(form.Rows))
	for _, row := range form.Rows {
		row.User = strings.TrimSpace(row.User)
		done, err := d.assign(ctx, cause.For("assignment:"+row.User), companyID, row, free)
		told := AssignedRow{User: row.User, Number: row.Number, Outcome: "assigned"}
		if fault, is := errors.AsType[*domain.Fault](err); is {
			told.Outcome, told.Code, told.Detail = "refused", fault.Code, fault.Error()
		} else if err != nil {
			return last, rows, err
		} else {
			last = done
			told.Number = string(user.Fold(done.Facts).Number)
		}
		rows = append(rows, told)
	}
	return last, rows, nil
}

// assign carries out one row.
func (d *Desk) assign(ctx context.Context, cause domain.Cause, companyID string, row AssignRow, free *freeNumbers) (Done, error) {
	state, _, err := d.subject(ctx, row.User)
	if err != nil {
		return Done{}, err
	}
	if state.Company != companyID {
		return Done{}, noUser()
	}
	if row.Number != "" {
		return d.ChangeUser(ctx, cause, row.User, ChangeForm{Number: Put(row.Number)})
	}
	seen, err := d.look(ctx, user.Stream(row.User), cause, func([]domain.Fact) error { return nil })
	switch {
	case err != nil || seen.Repeated:
		return done(row.User, seen), err
	case state.Number != "":
		return Done{}, domain.Faultf(domain.Refused, "has-number", "the user has the number %s already", state.Number)
	}
	for {
		n, err := free.next(ctx)
		if err != nil {
			return Done{}, err
		}
		given, err := d.ChangeUser(ctx, cause, row.User, ChangeForm{Number: Put(n), auto: true})
		fault, is := errors.AsType[*domain.Fault](err)
		if !is || fault.Kind != domain.Conflict || !strings.HasPrefix(fault.Code, "number-") {
			return given, err
		}
	}
}

// freeNumbers gives a company's free numbers one after the other, each once.
type freeNumbers struct {
	views  *projections.Views
	filter projections.NumberFilter
	rows   []projections.NumberRow
	over   bool
}

func (f *freeNumbers) next(ctx context.Context) (string, error) {
	if len(f.rows) == 0 && !f.over {
		rows, next, err := f.views.Numbers(ctx, f.filter)
		if err != nil {
			return "", err
		}
		f.rows, f.filter.Cursor, f.over = rows, next, next == ""
	}
	if len(f.rows) == 0 {
		return "", domain.Faultf(domain.Refused, "no-free-number", "the company has no more free numbers from there on; buy some")
	}
	n := f.rows[0].Number
	f.rows = f.rows[1:]
	return n, nil
}

// lineOf gives the number that a path names.
func lineOf(id string) domain.E164 { return domain.E164("+" + strings.TrimPrefix(id, "+")) }

// shownNumber is a number as its facts tell it.
func shownLine(n domain.E164, s number.State, d Done) NumberAnswer {
	last := d.Facts[len(d.Facts)-1].At
	return NumberAnswer{Written: written(d, ""), Body: Number{
		Number: string(n), Company: s.Company, User: s.User, State: string(s.StandingAt(last)), Since: last.UTC(), Kind: kindOf(string(s.Kind)),
		Forward: string(s.Forward), RestsUntil: momentOf(s.Rests),
	}}
}
