package api

import (
	"context"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// TokenHolder is whom an activation link was made for. Trouble says why the
// link cannot be used at this moment; nil if it can.
type TokenHolder struct {
	User    user.State
	Company company.State
	Hash    string // of the token
	Trouble error
}

// Token finds whom an activation token was made for. A token that never was the
// user's is a Missing fault and tells nothing about anybody.
func (d *Desk) Token(ctx context.Context, token string) (TokenHolder, error) {
	nobody := domain.Faultf(domain.Missing, "no-link", "there is no such link")
	id, ok := user.TokenUser(token)
	if !ok {
		return TokenHolder{}, nobody
	}
	state, firm, err := d.subject(ctx, id)
	switch {
	case domain.KindOf(err) == domain.Missing:
		return TokenHolder{}, nobody
	case err != nil:
		return TokenHolder{}, err
	}
	hash, now := user.TokenHash(token), d.journal.Now()
	if state.StateAt(hash, now) == user.LinkNone {
		return TokenHolder{}, nobody
	}
	return TokenHolder{User: state, Company: firm, Hash: hash, Trouble: state.Usable(hash, now)}, nil
}

// Confirm follows an activation link: whether it can be used is judged before
// the secrets are, and the secrets before anything is written.
func (d *Desk) Confirm(ctx context.Context, cause domain.Cause, token string, chosen policy.Chosen) (Done, error) {
	holder, err := d.Token(ctx, token)
	if err != nil {
		return Done{}, err
	}
	if holder.Trouble != nil {
		return Done{}, holder.Trouble
	}
	id, secrets := holder.User.ID, holder.Company.Policy.Secrets
	if err := secrets.Check(chosen, knownOf(holder.User, holder.Company)); err != nil {
		return Done{}, err
	}
	sum, err := d.hash(secrets, chosen)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = holder.Company.Policy.Stamp()
	confirm := user.Confirm{Hash: holder.Hash, At: cause.At, Policy: holder.Company.Policy, Sum: sum}
	confirm.Right = user.IsLinkPassword(d.cfg.LinkKey, id, holder.User.Link.Link, chosen.Code)
	if secrets.SecurityQuestion {
		confirm.Question = chosen.Question
	}
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, confirm.Decide)
	if after := user.Fold(result.Facts); err == nil && after.Link.Missed > holder.User.Link.Missed && after.StateAt(holder.Hash, cause.At) != user.LinkDone {
		return Done{}, invalid("/code", "code-wrong", "is not the password that was sent by SMS")
	}
	return done(id, result), err
}

// hash hashes what the rules ask for; an answer is compared without regard to
// case and spaces around it.
func (d *Desk) hash(secrets policy.Secrets, chosen policy.Chosen) (user.CredentialSum, error) {
	var sum user.CredentialSum
	for _, s := range []struct {
		asked  bool
		secret string
		into   *string
	}{
		{true, chosen.Password, &sum.Password},
		{secrets.PIN.Max > 0, chosen.PIN, &sum.PIN},
		{secrets.SecurityQuestion, strings.ToLower(strings.TrimSpace(chosen.Answer)), &sum.Answer},
	} {
		if !s.asked {
			continue
		}
		hash, err := d.cfg.Hash(s.secret)
		if err != nil {
			return sum, domain.Faultf(domain.Unavailable, "busy", "the secrets could not be taken just now; try again")
		}
		*s.into = hash
	}
	return sum, nil
}
