package user

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// Mint gives for a link's id the id of the key and the hash of the token that
// is derived with it. The token itself stays outside the domain.
type Mint func(link string) (key, hash string)

// IssueLink is the workflow's command: the first link of an activation.
type IssueLink struct {
	Cause  domain.Cause
	Policy policy.Policy
	Mint   Mint
}

// Decide issues the link and asks for its mail.
func (in IssueLink) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || s.Lifecycle != Pending || s.current().Name != policy.StepLink || s.Link.State == LinkOpen {
		return nil, nil
	}
	link := newLink(s.ID, in.Cause, in.Policy, in.Mint)
	return append([]domain.Event{LinkIssued{link}, mailFor(PurposeLink, link.ID)}, link.passwordFor()...), nil
}

// RenewLink is the command of the user, an admin or the back-office who wants a
// new link (X8: each is a different fact).
type RenewLink struct {
	Cause  domain.Cause
	Policy policy.Policy
	Mint   Mint
}

// Decide puts a new link in the place of the old one. The user can renew an
// expired link only; an admin and the back-office an open one too, since a mail
// can get lost.
func (in RenewLink) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	step, ok := s.Step(policy.StepLink)
	switch {
	case !s.Exists():
		return nil, gone()
	case s.Suspended:
		return nil, domain.Faultf(domain.Refused, "suspended", "the user is suspended; resume first")
	case !in.Policy.Has(policy.StepLink):
		return nil, domain.Faultf(domain.Refused, "no-link", "this operator's users are activated without a link")
	case s.Lifecycle == Active || step.State == Done:
		return nil, domain.Faultf(domain.Refused, "already-activated", "the user has followed the link already")
	case !s.Started || !ok || s.current().Name != policy.StepLink:
		return nil, domain.Faultf(domain.Refused, "no-link-yet", "no link has been sent yet; start the activation")
	case in.Cause.Actor.Kind == domain.ActorUser && s.Link.OpenAt(in.Cause.At):
		return nil, domain.Faultf(domain.Refused, "link-valid", "the link is still valid until %s", s.Link.ExpiresAt.Format(time.RFC3339))
	}
	if err := s.helpRests(in.Cause.At); err != nil && in.Cause.Actor.Kind != domain.ActorUser {
		return nil, err
	}
	link := newLink(s.ID, in.Cause, in.Policy, in.Mint)
	renewed := map[string]domain.Event{
		domain.ActorUser: LinkRenewedByUser{link}, domain.ActorAdmin: LinkRenewedByAdmin{link},
	}[in.Cause.Actor.Kind]
	if renewed == nil {
		renewed = LinkRenewedByOperator{link}
	}
	return append([]domain.Event{renewed, mailFor(PurposeRenewed, link.ID)}, link.passwordFor()...), nil
}

// newLink makes the link whose id is that of the first event of its command.
func newLink(id string, cause domain.Cause, rules policy.Policy, mint Mint) Link {
	link := Link{ID: domain.EventID(Stream(id), cause.Command, 0), ExpiresAt: cause.At.Add(rules.Link.Valid.Std()), Password: rules.Link.SMSPassword}
	link.Key, link.Hash = mint(link.ID)
	if after := rules.Link.RemindAfter.Std(); after > 0 {
		at := cause.At.Add(after)
		link.RemindAt = &at
	}
	return link
}

// linkGuesses is how many passwords may be tried on a link's page.
const linkGuesses = 5

// passwordFor asks for the SMS with the password that the link's page asks for.
func (l Link) passwordFor() []domain.Event {
	if !l.Password {
		return nil
	}
	return []domain.Event{messageFor(PurposeLinkPassword, SMS, l.ID)}
}

func mailFor(purpose, link string) MessageRequested { return messageFor(purpose, Mail, link) }

func messageFor(purpose, channel, link string) MessageRequested {
	return MessageRequested{ID: domain.DeriveID("message", link, purpose, channel), Purpose: purpose, Channel: channel, Link: link}
}

// OpenAt tells whether the link can be used at a moment.
func (l CurrentLink) OpenAt(at time.Time) bool { return l.State == LinkOpen && at.Before(l.ExpiresAt) }

// StateAt tells where the link with this hash stands at a moment; LinkNone for
// a hash that was never the user's.
func (s State) StateAt(hash string, at time.Time) LinkState {
	if slices.Contains(s.Link.Older, hash) {
		return LinkSuperseded
	}
	switch {
	case hash == "" || s.Link.Hash != hash || !s.Exists():
		return LinkNone
	case s.Link.State == LinkOpen && !at.Before(s.Link.ExpiresAt):
		return LinkOver
	}
	return s.Link.State
}

// Confirm is the command of the user who follows the link and has chosen his
// secrets, of which only the hashes arrive here.
type Confirm struct {
	Hash     string // of the token
	At       time.Time
	Policy   policy.Policy
	Question string
	Sum      CredentialSum
	Right    bool // the password from the SMS, where the link asks for it
}

// Decide uses the link up, sets the credential and ends the link's step. A wrong
// password from the SMS is a miss: it locks the link in the end, never the user.
func (in Confirm) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if err := s.Usable(in.Hash, in.At); err != nil {
		return nil, err
	}
	if s.Link.Password && !in.Right {
		missed := []domain.Event{LinkMissed{Link: s.Link.ID}}
		if s.Link.Missed+1 >= linkGuesses {
			missed = append(missed, s.stepFailed(policy.StepLink, Trouble{Cause: "link-guessed", Responsible: "admin"})...)
		}
		return missed, nil
	}
	sum := in.Sum
	events := []domain.Event{LinkUsed{Link: s.Link.ID}, CredentialSet{Age: ageOf(in.Policy.Credentials, in.At), Question: in.Question, Personal: &sum}}
	return append(events, s.stepDone(policy.StepLink)...), nil
}

// Usable tells why a link cannot be used at a moment, nil if it can.
func (s State) Usable(hash string, at time.Time) error {
	switch s.StateAt(hash, at) {
	case LinkOpen:
		if s.Suspended {
			return domain.Faultf(domain.Refused, "suspended", "the account is suspended; ask your administrator")
		}
		return nil
	case LinkOver:
		return domain.Faultf(domain.Refused, "link-expired", "the link was valid until %s; ask for a new one", s.Link.ExpiresAt.Format(time.RFC3339))
	case LinkDone:
		return domain.Faultf(domain.Refused, "link-used", "the account is activated already")
	case LinkSuperseded:
		return domain.Faultf(domain.Refused, "link-superseded", "a newer link was sent; use that one")
	case LinkNone:
	}
	return domain.Faultf(domain.Missing, "no-link", "there is no such link")
}

// Remind is the workflow's command: the reminder of an open link.
type Remind struct {
	Link   string
	At     time.Time
	Policy policy.Policy
}

// Decide asks for the reminder by mail, and by SMS where the policy wants it
// and the user has a mobile.
func (in Remind) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	l := s.Link
	if !s.Exists() || l.ID != in.Link || !l.OpenAt(in.At) || l.Reminded || l.RemindAt == nil || in.At.Before(*l.RemindAt) {
		return nil, nil
	}
	events := []domain.Event{LinkReminded{Link: l.ID}, mailFor(PurposeReminder, l.ID)}
	if in.Policy.ReminderBySMS && s.Person.Mobile != "" {
		events = append(events, messageFor(PurposeReminder, SMS, l.ID))
	}
	return events, nil
}
