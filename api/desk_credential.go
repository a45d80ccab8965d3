package api

import (
	"context"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

const wishUsername = "username"

// Secret is a temporary password that was issued. The password itself is there
// only where it was drawn and goes by hand, for who asked to pass it on.
type Secret struct {
	Done
	Way, LoginName, Password, Passcode string
	Chosen                             bool // by who asked, who knows it
}

// IssueCredential gives a user a temporary password and lets a locked one in
// again.
func (d *Desk) IssueCredential(ctx context.Context, cause domain.Cause, id string, in SecretForm, options ...eventstore.Option) (Secret, error) {
	state, firm, seen, err := d.unseen(ctx, cause, id)
	if err != nil {
		return Secret{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	command := user.IssueCredential{Cause: cause, Company: firm, Way: in.Way}
	if in.Password != "" && !seen.Repeated {
		if command.Sum, err = d.chosenFor(state, firm, in); err != nil {
			return Secret{}, err
		}
	}
	var held *eventstore.Reservation
	if state.NeedsUsername(firm.Policy) && state.Exists() {
		wish, names := d.usernames(state, firm, cause)
		if held, err = d.journal.Reserve(ctx, cause, wish); err != nil {
			return Secret{}, err
		}
		command.Claim = held.Granted[wishUsername]
		command.Username = names[command.Claim]
	}
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, command.Decide, options...)
	if held != nil {
		held.Settle(ctx, err)
	}
	if err != nil {
		return Secret{}, err
	}
	state = user.Fold(result.Facts)
	issued := state.Credential.Temporary
	secret := Secret{Done: done(id, result), Way: issued.Way, LoginName: state.LoginName(firm.Policy)}
	secret.Chosen = issued.Chosen
	if issued.Way == policy.ByHand && !result.Repeated {
		if !issued.Chosen {
			secret.Password = user.TemporaryPassword(d.cfg.LinkKey, id, issued.ID)
		}
		if issued.Passcode > 0 {
			secret.Passcode = user.TemporaryPasscode(d.cfg.LinkKey, id, issued.ID, issued.Passcode)
		}
	}
	return secret, nil
}

// chosenFor gives the hash of the temporary password that an admin has chosen for
// a user, by the rules for the user's own (4.9).
func (d *Desk) chosenFor(state user.State, firm company.State, in SecretForm) (hash string, err error) {
	if in.Way != "" && in.Way != policy.ByHand {
		return "", invalid("/way", "by-hand", "is by hand where the password was chosen: it is never sent")
	}
	if err := checkPassword(state, firm, in.Password, in.Password); err != nil {
		return "", err
	}
	if hash, err = d.cfg.Hash(in.Password); err != nil {
		return "", domain.Faultf(domain.Unavailable, "busy", "the password could not be taken just now; try again")
	}
	return hash, nil
}

// usernames are the names to try for a user who has none.
func (d *Desk) usernames(state user.State, firm company.State, cause domain.Cause) (eventstore.Wish, map[string]string) {
	w := wisher{user: state.ID, firm: firm, command: cause.Command, at: cause.At, claimKey: d.cfg.ClaimKey}
	names, candidates := map[string]string{}, []eventstore.Candidate{}
	for _, name := range user.Usernames(state) {
		candidate := w.username(name)
		names[candidate.Stream] = name
		candidates = append(candidates, candidate)
	}
	return eventstore.Wish{Name: wishUsername, Candidates: slices.Values(candidates)}, names
}

func (w wisher) username(name string) eventstore.Candidate {
	return eventstore.Candidate(user.ClaimUsername(w.claimKey, w.user, name, domain.Cause{Command: w.command, At: w.at}))
}

// RequestReset asks for the mail by which a password is reset. Whether anybody
// has the name is told by nothing.
func (d *Desk) RequestReset(ctx context.Context, cause domain.Cause, name string) error {
	visitor, known, _, err := d.named(ctx, name)
	if err != nil || !known {
		return err
	}
	id := visitor.User.ID
	cause.Actor, cause.Policy = domain.Actor{Kind: domain.ActorUser, ID: id}, visitor.Company.Policy.Stamp()
	_, err = d.journal.Execute(ctx, user.Stream(id), cause, user.RequestReset{Cause: cause, Mint: user.ResetMinter(d.cfg.LinkKey, id)}.Decide)
	return err
}

// RemindUsername asks for the mail that tells the user name of whoever has an address.
func (d *Desk) RemindUsername(ctx context.Context, cause domain.Cause, email string) error {
	h, err := d.journal.Load(ctx, user.EmailClaim(d.cfg.ClaimKey, email))
	if err != nil {
		return err
	}
	id, isUser := strings.CutPrefix(claim.Fold(h.Facts).Owner, user.Stream(""))
	if !isUser {
		return nil
	}
	_, firm, err := d.subject(ctx, id)
	if domain.KindOf(err) == domain.Missing {
		return nil // an order that has come to nothing, or not to its end yet
	}
	if err != nil {
		return err
	}
	cause.Actor, cause.Policy = domain.Actor{Kind: domain.ActorUser, ID: id}, firm.Policy.Stamp()
	_, err = d.journal.Execute(ctx, user.Stream(id), cause, user.RemindUsername{At: cause.At, Policy: firm.Policy}.Decide)
	return err
}

// UnlockLogin lets a locked user log in again with the password there is.
func (d *Desk) UnlockLogin(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	return d.onUser(ctx, cause, id, func(domain.Cause, policy.Policy) domain.Decide { return user.UnlockLogin{}.Decide }, options...)
}
