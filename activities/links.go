package activities

import (
	"context"
	"fmt"
	"strconv"

	"dialtone/domain/user"
)

// IssueLink issues the activation link and asks for its mail.
func (u *Users) IssueLink(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("issue the link: %w", err)
	}
	cause := u.cause(s, "issue-link", strconv.Itoa(len(s.state.Link.Older)))
	command := user.IssueLink{Cause: cause, Policy: s.firm.Policy, Mint: user.Minter(u.LinkKey, s.state.ID)}
	return u.execute(ctx, s, cause, command.Decide)
}

// Remind asks for the reminder of a link that waits to be used.
func (u *Users) Remind(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("remind of the link: %w", err)
	}
	cause := u.cause(s, "remind", in.Duty.Subject)
	return u.execute(ctx, s, cause, user.Remind{Link: in.Duty.Subject, At: cause.At, Policy: s.firm.Policy}.Decide)
}

// ExpireLink lets a link end that was not used in time.
func (u *Users) ExpireLink(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("let the link expire: %w", err)
	}
	cause := u.cause(s, "expire-link", in.Duty.Subject)
	return u.execute(ctx, s, cause, user.ExpireLink{Link: in.Duty.Subject, At: cause.At}.Decide)
}
