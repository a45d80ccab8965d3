package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/eventstore"
)

// ReturnLicence gives a licence of a kind back to the operator: one that is not
// bound any more.
func (d *Desk) ReturnLicence(ctx context.Context, cause domain.Cause, id string, form ReturnForm, options ...eventstore.Option) (Done, error) {
	give := company.ReturnLicence{ID: domain.DeriveID("licence-return", cause.Command), Kind: strings.TrimSpace(form.Kind), At: cause.At}
	return d.onCompany(ctx, cause, id, give.Decide, options...)
}

// DeleteUserWith ends a user, whose licence goes back to the operator where that
// is wanted and one of its kind is not bound (rule 2.22).
func (d *Desk) DeleteUserWith(giveUp bool) userCommand {
	if !giveUp {
		return d.DeleteUser
	}
	return func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
		state, firm, err := d.subject(ctx, id)
		if err != nil {
			return Done{}, err
		}
		if state.Exists() && state.Claims.Seat != "" {
			give := company.ReturnLicence{ID: "asked", Kind: state.Licence, At: cause.At}
			if err := give.Check(firm); err != nil {
				return Done{}, err
			}
		}
		return d.ends(ctx, cause, id, true, options...)
	}
}

// bindings tells how many licences of a kind are bound, day by day, the first
// that ends first.
func bindings(firm company.State, kind string, now time.Time) (shown []Bound) {
	bound, _ := firm.Seats(kind, now)
	until := map[time.Time]int{}
	for _, seat := range bound {
		until[firm.BoundUntil(seat).UTC()]++
	}
	for day, count := range until {
		shown = append(shown, Bound{Until: day, Count: count})
	}
	slices.SortFunc(shown, func(a, b Bound) int { return a.Until.Compare(b.Until) })
	return shown
}
