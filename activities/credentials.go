package activities

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// IssueCredential issues the temporary password of an activation, with a name
// to log in with where the user has none, and asks for their messages.
func (u *Users) IssueCredential(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("issue the temporary password: %w", err)
	}
	cause := u.cause(s, "issue-credential", strconv.Itoa(len(s.history)))
	command := user.IssueCredential{Cause: cause, Company: s.firm, Step: true}
	var held *eventstore.Reservation
	if s.state.NeedsUsername(s.firm.Policy) && s.state.Reachable(s.firm.Policy) {
		wish, names := u.usernames(s, cause)
		if held, err = u.Journal.Reserve(ctx, cause, wish); err != nil {
			return user.Duty{}, fmt.Errorf("find a user name: %w", err)
		}
		command.Claim = held.Granted[wish.Name]
		command.Username = names[command.Claim]
	}
	duty, err := u.execute(ctx, s, cause, command.Decide)
	if held != nil {
		held.Settle(ctx, err)
	}
	return duty, err
}

// usernames are the names to try, as claims and by the claims' streams.
func (u *Users) usernames(s subject, cause domain.Cause) (eventstore.Wish, map[string]string) {
	names := map[string]string{}
	var candidates []eventstore.Candidate
	for _, name := range user.Usernames(s.state) {
		claim := user.ClaimUsername(u.ClaimKey, s.state.ID, name, cause)
		names[claim.Stream] = name
		candidates = append(candidates, eventstore.Candidate(claim))
	}
	return eventstore.Wish{Name: "username", Candidates: slices.Values(candidates)}, names
}

// RemindOfPassword asks for the reminder of a password's end.
func (u *Users) RemindOfPassword(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("remind of the password's end: %w", err)
	}
	cause := u.cause(s, "remind-password", s.state.Credential.SetAt.UTC().String(), strconv.Itoa(in.Duty.Attempt))
	return u.execute(ctx, s, cause, user.RemindOfPasswordEnd{At: cause.At}.Decide)
}

// ExpirePassword lets a password end that was not renewed in time.
func (u *Users) ExpirePassword(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("let the password expire: %w", err)
	}
	cause := u.cause(s, "expire-password", in.Duty.Subject)
	return u.execute(ctx, s, cause, user.ExpirePassword{At: cause.At}.Decide)
}
