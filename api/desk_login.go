package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// errLogin is all that is told of a login that failed.
var errLogin = domain.Faultf(domain.Denied, codeLogin, "name or password is wrong, or the account is locked")

// noHash is what an unknown user's password is compared with, so that it takes
// as long as a known one's.
const noHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Visitor is a user who has logged in.
type Visitor struct {
	User    user.State
	Company company.State
}

// LogIn lets a user in who gives a name of his and the right password, chosen
// or temporary. Failures make the next try by the name wait and lock the account
// in the end; all that is told of them is one sentence.
func (d *Desk) LogIn(ctx context.Context, cause domain.Cause, name, password string) (Visitor, error) {
	visitor, known, typed, err := d.named(ctx, name)
	if err != nil {
		return Visitor{}, err
	}
	rule, counter := visitor.Company.Policy.Usual().Lock, d.failures.named(typed)
	wait, err := d.failures.Turn(ctx, counter, rule)
	switch {
	case err != nil:
		return Visitor{}, err
	case wait > 0:
		return Visitor{}, domain.TooSoon(wait, "too many logins failed; wait a little before you try again")
	}
	method, count, err := d.guess(ctx, visitor, known, password)
	if err != nil {
		return Visitor{}, errors.Join(err, d.failures.TakeBack(ctx, counter))
	}
	if method != "" {
		cause.Actor, cause.Policy = domain.Actor{Kind: domain.ActorUser, ID: visitor.User.ID}, visitor.Company.Policy.Stamp()
		result, err := d.journal.Execute(ctx, user.Stream(visitor.User.ID), cause, user.LogIn{Method: method}.Decide)
		switch {
		case err == nil:
			visitor.User = user.Fold(result.Facts)
			return visitor, d.failures.Forget(ctx, counter)
		case domain.KindOf(err) != domain.Denied && domain.KindOf(err) != domain.Missing:
			return Visitor{}, errors.Join(err, d.failures.TakeBack(ctx, counter))
		}
	}
	if err := d.lock(ctx, cause, visitor, count); err != nil {
		return Visitor{}, err
	}
	return Visitor{}, errLogin
}

// guess proves a password and tells how it let in, "" if it does not, and how
// many have been tried. However many come at once and by whatever names, no more
// are compared than the policy allows before the account is locked.
func (d *Desk) guess(ctx context.Context, who Visitor, known bool, password string) (method string, count int, err error) {
	counter := d.failures.at(who.User)
	if known && !who.User.Credential.Locked && !who.User.Suspended {
		if count, err = d.failures.Count(ctx, counter); err != nil {
			return "", 0, err
		}
	}
	method, err = d.prove(who.User, known && count <= who.Company.Policy.Usual().Lock.After, password)
	switch {
	case err != nil && count > 0:
		return "", 0, errors.Join(err, d.failures.TakeBack(ctx, counter))
	case method != "":
		return method, count, d.failures.Forget(ctx, counter)
	}
	return "", count, err
}

// lock ends guessing once there were too many.
func (d *Desk) lock(ctx context.Context, cause domain.Cause, who Visitor, count int) error {
	if count < who.Company.Policy.Usual().Lock.After {
		return nil
	}
	cause.Actor, cause.Policy = domain.Actor{Kind: domain.ActorSystem, ID: "login"}, who.Company.Policy.Stamp()
	_, err := d.journal.Execute(ctx, user.Stream(who.User.ID), cause, user.LockLogin{Failures: count}.Decide)
	return err
}

// prove compares a password with the user's and tells how it let in, "" if it
// does not. It takes as long for nobody as for somebody.
func (d *Desk) prove(s user.State, known bool, password string) (method string, err error) {
	c, now := s.Credential, d.journal.Now()
	known = known && !c.Locked && !s.Suspended
	hash := noHash
	if known && c.Sum.Password != "" {
		hash = c.Sum.Password
	}
	same, err := d.cfg.Verify(password, hash)
	switch {
	case err != nil: // told of nobody as of somebody
		return "", domain.Faultf(domain.Unavailable, "busy", "the password could not be compared just now; try again")
	case !known:
		return "", nil
	case c.State == user.CredentialTemporary:
		right := user.IsTemporary(d.cfg.LinkKey, s.ID, c.Temporary, password) || c.Temporary.Chosen && same && hash != noHash
		if right && now.Before(c.Temporary.ExpiresAt) {
			return "temporary", nil
		}
	case same && hash != noHash:
		return "password", nil
	}
	return "", nil
}

// named finds whose name somebody types: a user name, an address or a number,
// as far as the company's policy takes them. Counted is the one writing of the
// name by which failures are counted: however a number is spelled, it is one.
func (d *Desk) named(ctx context.Context, name string) (who Visitor, known bool, counted string, err error) {
	var countries []string
	if mayBeNational(name) {
		if countries, err = d.cfg.Views.Countries(ctx); err != nil {
			return Visitor{}, false, "", err
		}
	}
	counted, numbers := name, numbersMeant(name, countries)
	if len(numbers) > 0 {
		counted = string(numbers[0])
	}
	kinds, err := d.owners(ctx, name, numbers)
	if err != nil {
		return Visitor{}, false, "", err
	}
	for _, found := range kinds {
		state, firm, err := d.subject(ctx, found.user)
		switch {
		case domain.KindOf(err) == domain.Missing:
		case err != nil:
			return Visitor{}, false, "", err
		case state.Exists() && state.Claims.Holds(found.claim) && state.LogsInBy(found.kind, firm.Policy): // a former name may not have been given back yet
			return Visitor{User: state, Company: firm}, true, counted, nil
		}
	}
	return Visitor{}, false, counted, nil
}

// named is a user whom a claim names in a way of logging in.
type named struct{ kind, user, claim string }

// owners gives the users that a name could be meant for.
func (d *Desk) owners(ctx context.Context, name string, numbers []domain.E164) ([]named, error) {
	name = strings.TrimSpace(name)
	var found []named
	for _, typed := range []struct{ kind, stream string }{
		{policy.LoginUsername, user.LoginClaim(d.cfg.ClaimKey, name)}, {policy.LoginEmail, user.EmailClaim(d.cfg.ClaimKey, name)},
	} {
		h, err := d.journal.Load(ctx, typed.stream)
		if err != nil {
			return nil, err
		}
		if owner := claim.Fold(h.Facts).Owner; owner != "" {
			found = append(found, named{typed.kind, strings.TrimPrefix(owner, user.Stream("")), typed.stream})
		}
	}
	for _, n := range numbers {
		h, err := d.journal.Load(ctx, number.Stream(n))
		if err != nil {
			return nil, err
		}
		if owner := number.Fold(h.Facts).User; owner != "" {
			found = append(found, named{policy.LoginNumber, owner, number.Stream(n)})
		}
	}
	return found, nil
}

// mayBeNational tells whether a name can be a number without its country's code,
// so that it matters in which countries there are companies.
func mayBeNational(name string) bool {
	name = strings.TrimSpace(name)
	return !strings.HasPrefix(name, "+") && !strings.ContainsFunc(name, unicode.IsLetter) && strings.ContainsFunc(name, unicode.IsDigit)
}

// numbersMeant gives the numbers somebody can mean who types one nationally.
func numbersMeant(typed string, countries []string) []domain.E164 {
	var meant []domain.E164
	for _, country := range append([]string{""}, countries...) {
		n := domain.E164(phone(typed, country))
		if n.Valid() && !slices.Contains(meant, n) {
			meant = append(meant, n)
		}
	}
	return meant
}
