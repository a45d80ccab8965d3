package api

import (
	"context"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// NewPassword is what a user types who chooses a password.
type NewPassword struct {
	Old             string // "" where a reset link stands for it
	Password, Again string
	Username        string // "" to keep the one there is
	Token           string // of a reset link
}

// ChangePassword lets a user choose a password: behind a login, where the old
// one has to be right, or by a reset link.
func (d *Desk) ChangePassword(ctx context.Context, cause domain.Cause, id string, in NewPassword) (Done, error) {
	state, firm, seen, err := d.unseen(ctx, cause, id)
	if err != nil || seen.Repeated {
		return done(id, seen), err
	}
	cause.Policy = firm.Policy.Stamp()
	command := user.ChangePassword{At: cause.At, Policy: firm.Policy}
	if in.Token != "" {
		command.Reset = user.TokenHash(in.Token)
		err = state.ResetUsable(command.Reset, cause.At)
	} else {
		err = d.proven(ctx, cause, Visitor{User: state, Company: firm}, in.Old)
	}
	if err != nil {
		return Done{}, err
	}
	if err := d.checkNew(state, firm, in); err != nil {
		return Done{}, err
	}
	if command.Sum, err = d.cfg.Hash(in.Password); err != nil {
		return Done{}, domain.Faultf(domain.Unavailable, "busy", "the password could not be taken just now; try again")
	}
	var held *eventstore.Reservation
	if in.Username != "" && in.Username != state.Credential.Username {
		w := wisher{user: id, firm: firm, command: cause.Command, at: cause.At, claimKey: d.cfg.ClaimKey}
		if held, err = d.journal.Reserve(ctx, cause, wish(wishUsername, nil, w.username(in.Username))...); err != nil {
			return Done{}, err
		}
		command.Username, command.Claim = in.Username, held.Granted[wishUsername]
	}
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, command.Decide)
	if held != nil {
		held.Settle(ctx, err)
	}
	return d.released(ctx, cause, done(id, result), err)
}

// unseen finds whom a command is about, and tells whether it was executed before.
func (d *Desk) unseen(ctx context.Context, cause domain.Cause, id string) (user.State, company.State, eventstore.Result, error) {
	state, firm, err := d.subject(ctx, id)
	if err != nil {
		return state, firm, eventstore.Result{}, err
	}
	seen, err := d.look(ctx, user.Stream(id), cause, func([]domain.Fact) error { return nil })
	return state, firm, seen, err
}

// proven needs the password there is. Who has a session guesses no more than who
// has none.
func (d *Desk) proven(ctx context.Context, cause domain.Cause, who Visitor, password string) error {
	method, count, err := d.guess(ctx, who, true, password)
	if err != nil || method != "" {
		return err
	}
	if err := d.lock(ctx, cause.For("lock"), who, count); err != nil {
		return err
	}
	return invalid("/old", "wrong", "is not your password")
}

// ChangePIN lets a user choose a PIN, by the password.
func (d *Desk) ChangePIN(ctx context.Context, cause domain.Cause, id, password, pin, again string) (Done, error) {
	state, firm, seen, err := d.unseen(ctx, cause, id)
	if err != nil || seen.Repeated {
		return done(id, seen), err
	}
	if err := merged(d.proven(ctx, cause, Visitor{User: state, Company: firm}, password), firm.Policy.Secrets.CheckPIN(pin, again)); err != nil {
		return Done{}, err
	}
	sum, err := d.cfg.Hash(pin)
	if err != nil {
		return Done{}, domain.Faultf(domain.Unavailable, "busy", "the PIN could not be taken just now; try again")
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, user.ChangePIN{Sum: sum}.Decide)
	return done(id, result), err
}

// ChangeEmail lets a user name the address that resets are mailed to; where one
// is replaced, by the password.
func (d *Desk) ChangeEmail(ctx context.Context, cause domain.Cause, id, password, address string) (Done, error) {
	state, firm, seen, err := d.unseen(ctx, cause, id)
	if err != nil || seen.Repeated {
		return done(id, seen), err
	}
	if state.Person.Email != "" {
		if err := d.proven(ctx, cause, Visitor{User: state, Company: firm}, password); err != nil {
			return Done{}, err
		}
	}
	return d.ChangeUser(ctx, cause, id, ChangeForm{Email: Put(address)})
}

// ResetHolder finds whom a reset link was made for; a Missing or Refused fault
// when it cannot be used.
func (d *Desk) ResetHolder(ctx context.Context, token string) (Visitor, error) {
	id, ok := user.TokenUser(token)
	if !ok {
		return Visitor{}, domain.Faultf(domain.Missing, "no-link", "there is no such link")
	}
	state, firm, err := d.subject(ctx, id)
	if err != nil {
		return Visitor{}, err
	}
	return Visitor{User: state, Company: firm}, state.ResetUsable(user.TokenHash(token), d.journal.Now())
}

// checkPassword judges a password by the policy's rules, typed twice, for a user
// who has or takes these names.
func checkPassword(state user.State, firm company.State, password, again string, names ...string) error {
	secrets := firm.Policy.Secrets
	secrets.PIN, secrets.SecurityQuestion = policy.PIN{}, false
	return secrets.Check(policy.Chosen{Password: password, PasswordAgain: again}, knownOf(state, firm, names...))
}

// knownOf gives the words that others try first as this user's password.
func knownOf(state user.State, firm company.State, names ...string) policy.Known {
	return policy.Known{
		Person: append(append(state.Personal(), state.Credential.Username), names...),
		House:  []string{firm.Name, firm.Policy.Operator},
	}
}

// checkNew judges what was chosen, all of it at once.
func (d *Desk) checkNew(state user.State, firm company.State, in NewPassword) error {
	wrong := checkPassword(state, firm, in.Password, in.Again, in.Username)
	var c domain.Check
	c.Need(in.Password == "" || in.Password != in.Old, "/password", "same", "is the password you have; choose another")
	mustRename := in.Token == "" && state.MustRename(firm.Policy)
	c.Need(!mustRename || in.Username != "" && in.Username != state.Credential.Username, "/username", "same", "must be changed at the first login, too")
	if in.Username != "" {
		return merged(wrong, c.Err(), user.CheckUsername(in.Username))
	}
	return merged(wrong, c.Err())
}
