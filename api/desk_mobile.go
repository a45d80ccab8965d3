package api

import (
	"context"
	"strings"

	"dialtone/domain"
	"dialtone/domain/user"
)

// RequestMobileCode sends the code that verifies a user's mobile; where there is
// none, one can be named.
func (d *Desk) RequestMobileCode(ctx context.Context, cause domain.Cause, id, mobile string) (Done, error) {
	state, firm, err := d.subject(ctx, id)
	if err != nil {
		return Done{}, err
	}
	if strings.TrimSpace(mobile) != "" && state.Person.Mobile == "" {
		if _, err := d.ChangeUser(ctx, cause.For("mobile"), id, ChangeForm{Mobile: Put(mobile)}); err != nil {
			return Done{}, err
		}
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, user.RequestMobileCode{Cause: cause, Policy: firm.Policy}.Decide)
	return done(id, result), err
}

// VerifyMobile judges the code that a user types. A wrong one is a fact, too.
func (d *Desk) VerifyMobile(ctx context.Context, cause domain.Cause, id, typed string) (Done, error) {
	command := user.VerifyMobile{At: cause.At, Right: func(issued user.MobileCodeIssued) bool {
		return user.IsMobileCode(d.cfg.LinkKey, id, issued, typed)
	}}
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, command.Decide)
	if err != nil {
		return Done{}, err
	}
	if !user.Fold(result.Facts).Verification.Verified {
		return done(id, result), domain.Faultf(domain.Refused, "code-wrong", "this is not the code that was sent").At("/code")
	}
	return done(id, result), nil
}
