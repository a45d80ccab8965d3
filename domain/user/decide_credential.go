package user

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

// IssueCredential is the command that gives the user a temporary password: of
// the workflow, when the activation stands at that step, or of an admin or the
// back-office, who may name the way it goes ("" for the policy's). Username and
// its claim come with the first one.
type IssueCredential struct {
	Cause           domain.Cause
	Company         company.State
	Way             string
	Username, Claim string
	Step            bool   // only while the activation stands at the step
	Sum             string // of the password that the one who asks has chosen, argon2id in PHC form; "" to draw one
}

// Decide issues the password and asks for the messages that carry it. Whoever
// gets it by hand is shown it by the one who asked.
func (in IssueCredential) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	switch {
	case !s.Exists():
		return nil, gone()
	case in.Step && (s.Lifecycle != Pending || s.current().Name != policy.StepCredentials || !s.credentialDue(in.Cause.At)):
		return nil, nil
	case s.Suspended && !in.Step:
		return nil, domain.Faultf(domain.Refused, "suspended", "the user is suspended; resume first")
	}
	if in.Step && s.hasCredential(in.Cause.At) {
		return s.stepDone(policy.StepCredentials), nil
	}
	rules := in.Company.Policy.Usual()
	way, err := s.wayOf(in.wanted(), rules.Credentials.Password)
	if err != nil {
		return in.stuck(s, err)
	}
	if in.Step && way == policy.ByHand {
		return in.stuck(s, domain.Faultf(domain.Refused, handOver, "somebody has to hand the password over"))
	}
	if err := s.helpRests(in.Cause.At); err != nil && !in.Step && way != policy.ByHand {
		return nil, err
	}
	var events []domain.Event
	if s.Credential.Username == "" && in.Claim != "" {
		events = append(events, UsernameSet{Claim: in.Claim, Personal: &Username{Username: in.Username}})
	}
	issued := CredentialIssued{
		ID: domain.EventID(Stream(s.ID), in.Cause.Command, len(events)), Key: LinkKey, Way: way,
		Passcode: rules.Credentials.Passcode, ExpiresAt: in.expiry(rules.Credentials),
	}
	if in.Sum != "" {
		if way != policy.ByHand {
			return nil, domain.Faultf(domain.Invalid, "by-hand", "a password that was chosen is handed over by hand, and never sent").At("/way")
		}
		issued.Chosen, issued.Personal = true, &CredentialSum{Password: in.Sum}
	}
	events = append(events, issued)
	for _, m := range credentialMessages(issued, s.nameWay(in.Company, way)) {
		events = append(events, m)
	}
	if way == policy.ByHand && s.standsAt(policy.StepCredentials) {
		events = append(events, s.stepDone(policy.StepCredentials)...)
	}
	if way == policy.ByHand && !s.Credential.SetAt.IsZero() { // nothing else tells the user that the own password is void
		events = append(events, s.notice(PurposePasswordChanged, history)...)
	}
	return events, nil
}

// wanted is the way that was named; what was chosen goes by hand.
func (in IssueCredential) wanted() string {
	if in.Way == "" && in.Sum != "" {
		return policy.ByHand
	}
	return in.Way
}

// stuck says who has to help where no way leads to the user.
func (in IssueCredential) stuck(s State, err error) ([]domain.Event, error) {
	if !in.Step {
		return nil, err
	}
	if s.current().Cause == handOver {
		return nil, nil
	}
	trouble := Trouble{Cause: handOver, Responsible: "admin", Text: "neither mail nor SMS reaches the user: hand the password over, or name an address or a mobile"}
	return []domain.Event{StepDelayed{Step: policy.StepCredentials, Attempt: s.current().Attempts, Trouble: trouble}}, nil
}

// expiry is the temporary password's end: that of the company's first
// passwords where the policy counts from there (X10), else some days from now.
func (in IssueCredential) expiry(rules policy.Credentials) time.Time {
	if rules.CompanyMaxAge > 0 {
		if end := in.Company.Began(in.Cause.At).Add(rules.CompanyMaxAge.Std()); end.After(in.Cause.At) {
			return end
		}
	}
	return in.Cause.At.Add(rules.TemporaryValid.Std())
}

// wayOf gives the way a password goes: the wanted one, or the first of the
// policy's that leads to the user.
func (s State) wayOf(wanted string, ways []string) (string, error) {
	if wanted != "" {
		ways = []string{wanted}
	}
	for _, way := range ways {
		switch {
		case way == policy.ByHand, way == policy.BySMS && s.Person.Mobile != "", way == policy.ByMail && s.Person.Email != "":
			return way, nil
		}
	}
	switch wanted {
	case policy.BySMS:
		return "", domain.Faultf(domain.Refused, "no-mobile", "the user has no mobile that an SMS could go to")
	case policy.ByMail:
		return "", domain.Faultf(domain.Refused, "no-email", "the user has no address that a mail could go to")
	case "":
		return "", domain.Faultf(domain.Refused, "no-way", "neither a mail nor an SMS reaches the user; hand the password over")
	}
	return "", domain.Faultf(domain.Invalid, "unknown-way", "a password goes by sms, mail or hand, not %q", wanted).At("/way")
}

// Reachable tells whether a mail or an SMS could carry a password to the user.
func (s State) Reachable(rules policy.Policy) bool {
	way, err := s.wayOf("", rules.Usual().Credentials.Password)
	return err == nil && way != policy.ByHand
}

// nameWay says how the user name goes: with the password where both go by mail,
// and to the main user where the policy sends both in one SMS (0.1); by a mail of
// its own where the policy has it so (0.12); otherwise, "", it is not sent.
func (s State) nameWay(firm company.State, way string) string {
	rules := firm.Policy.Credentials
	switch {
	case way == policy.ByMail, way == policy.BySMS && rules.OneSMS && s.ID == firm.MainUser:
		return way
	case way == policy.BySMS || way == policy.ByHand:
		if rules.Username == policy.ByMail && s.Person.Email != "" {
			return policy.ByMail
		}
	}
	return ""
}

// credentialMessages are what carries a temporary password, and the user name
// that goes a way of its own or the same.
func credentialMessages(issued CredentialIssued, name string) (messages []MessageRequested) {
	message := func(purpose, channel string) {
		id := domain.DeriveID("message", issued.ID, purpose, channel)
		messages = append(messages, MessageRequested{ID: id, Purpose: purpose, Channel: channel, Credential: issued.ID})
	}
	if name == policy.ByMail && issued.Way != policy.ByMail {
		message(PurposeUsername, Mail)
	}
	switch {
	case issued.Way == policy.BySMS && name == policy.BySMS:
		message(PurposeBoth, SMS)
	case issued.Way == policy.BySMS:
		message(PurposePassword, SMS)
	case issued.Way == policy.ByMail:
		message(PurposeBoth, Mail)
	}
	return messages
}

// credentialDue tells whether the activation's step asks for a temporary
// password: none was issued for it, or the one that was came to its end on the way.
func (s State) credentialDue(at time.Time) bool {
	step := s.current()
	over := step.Cause != handOver && s.Credential.State == CredentialTemporary && !at.Before(s.Credential.Temporary.ExpiresAt)
	return step.State == Waiting && (step.Cause == "" || over)
}

// hasCredential tells whether the user can log in already: with a password of
// his own, or with a temporary one that has been told.
func (s State) hasCredential(at time.Time) bool {
	c := s.Credential
	if c.State != CredentialTemporary {
		return c.State == CredentialChosen || c.State == CredentialOver
	}
	for _, m := range s.Messages {
		if m.Credential == c.Temporary.ID && !m.Accepted {
			return false
		}
	}
	return at.Before(c.Temporary.ExpiresAt)
}

func (s State) standsAt(step string) bool {
	return s.Started && s.Lifecycle != Active && s.current().Name == step
}

// noteCredential gives what follows for the activation from how a message that
// carries the temporary password ended.
func (s State) noteCredential(m Message, trouble *Trouble) []domain.Event {
	if !s.standsAt(policy.StepCredentials) || m.Credential != s.Credential.Temporary.ID || !s.Exists() {
		return nil
	}
	switch {
	case trouble != nil && s.current().State == StepBroken:
		return nil // the other message has failed already
	case trouble != nil && trouble.NextTry == nil:
		return s.stepFailed(policy.StepCredentials, *trouble)
	case trouble != nil:
		return []domain.Event{StepDelayed{Step: policy.StepCredentials, Attempt: s.current().Attempts, Trouble: *trouble}}
	}
	for _, other := range s.Messages {
		if other.Credential == m.Credential && other.ID != m.ID && !other.Accepted {
			return nil
		}
	}
	return s.stepDone(policy.StepCredentials)
}
