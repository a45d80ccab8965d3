package user

import (
	"slices"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// Fold gives the user as its history tells it.
func Fold(history []domain.Fact) State { return domain.Fold(State{}, Evolve, history) }

// Evolve applies one fact. It cannot fail, and it never changes what the given
// state points to.
func Evolve(s State, f domain.Fact) State {
	before, shown := s.Steps, s.Shown()
	s = evolve(s, f)
	s.Steps = dated(before, s.Steps, f.At)
	if s.Shown() != shown {
		s.Since = f.At
	}
	s.Credential.SelfReset = s.Credential.SelfReset.mailed(s.Messages)
	return s
}

// dated writes to each step since when it stands as it does.
func dated(before, after []Step, at time.Time) []Step {
	for i := range after {
		switch {
		case i < len(before) && after[i].Name == before[i].Name && after[i].State == before[i].State && after[i].Cause == before[i].Cause:
			if after[i].Since.Equal(before[i].Since) {
				continue
			}
			after[i].Since = before[i].Since
		default:
			after[i].Since = at
		}
	}
	return after
}

func evolve(s State, f domain.Fact) State {
	s.Erased = s.Erased || f.Erased
	switch e := f.Event.(type) {
	case Created:
		return created(s, e, f)
	case DetailsChanged:
		if e.movesMobile(s) {
			s = s.helped(f.At)
		}
		return detailsChanged(s, e).reachable(e)
	case EmailClaimed:
		s.loosen(s.Claims.Email)
		s.Claims.Email = e.Claim
		return s.withdrawLink()
	case NumberChanged:
		return numberChanged(s, e)
	case SwapFinished:
		s.Swap = Swap{}
	case ExtensionChanged:
		s.loosen(s.Claims.Extension)
		s.Extension, s.Claims.Extension = e.Extension, extensionClaim(s.Company, e.Extension)
	case LicenceChanged:
		if e.Claim != s.Claims.Seat {
			s.loosen(s.Claims.Seat)
		}
		s.Licence, s.Claims.Seat = e.Licence, e.Claim
		s = s.ordering(e.SIM)
		return s.verifying(e.Verify)
	case SeatMoved:
		s.loosen(s.Claims.Seat)
		s.Claims.Seat = e.To
	case Suspended, Resumed, Deleted, LicenceGivenUp, Restored, GroupsFound, GroupsLeft, GroupsRejoined, ErasureBegun, Erased:
		return life(s, f)
	case ActionScheduled, ActionCancelled, ActionCarriedOut, ActionFailed, ActionHeld:
		return planned(s, f)
	case ClaimAbandoned:
		s.Abandoned = s.Abandoned.With(e.Claim, f.At)
	case ClaimsReleased:
		s.Loose = slices.DeleteFunc(slices.Clone(s.Loose), func(claim string) bool { return slices.Contains(e.Claims, claim) })
	case DeviceClaimed, DeviceLoginIssued:
		return phoned(s, f)
	case SIMAdded, SIMRemoved, SIMsRegained:
		return sims(s, f)
	default:
		return activation(s, f)
	}
	return s
}

// phoned applies the facts of the desk phone.
func phoned(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case DeviceClaimed:
		s.LoginElsewhere = s.LoginElsewhere || s.Login.Username != "" && s.Claims.Device != "" && s.Claims.Device != e.Claim
		s.loosen(s.Claims.Device)
		s.Claims.Device = e.Claim
	case DeviceLoginIssued:
		s.Login, s.LoginID, s.LoginElsewhere = e, f.ID, false
	}
	return s
}

// activation applies the facts of the activation.
func activation(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case ActivationStarted:
		s.Started, s.Lifecycle, s.Steps = true, Pending, nil
		for _, name := range e.Steps {
			s.Steps = append(s.Steps, newStep(name))
		}
	case ActivationRetried:
		s.Lifecycle = Pending
		s = s.withStep(e.Step, func(step *Step) { *step = Step{Name: step.Name, State: Waiting, Attempts: step.Attempts} })
		if e.Step == policy.StepLink {
			s.Link = s.Link.retire()
			s = s.hush("")
		}
		if e.Step == policy.StepCredentials { // another password takes the place of the one that could not be sent
			s = s.hushCredential("")
		}
	case StepStarted:
		s = s.withStep(e.Step, func(step *Step) {
			step.State, step.Attempts, step.NextTry = Running, e.Attempt, nil
		})
	case StepDelayed:
		s = s.withStep(e.Step, func(step *Step) { step.trouble(Waiting, e.Attempt, e.Trouble) })
	case StepFailed:
		s = s.withStep(e.Step, func(step *Step) { step.trouble(StepBroken, e.Attempt, e.Trouble) })
	case StepDone:
		s = s.withStep(e.Step, func(step *Step) { *step = Step{Name: step.Name, State: Done, Attempts: step.Attempts} })
		if s.Lifecycle == Failed && s.current().State != StepBroken { // what had failed came to a good end after all
			s.Lifecycle = Pending
		}
	case Activated:
		s.Lifecycle = Active
	case ActivationFailed:
		s.Lifecycle = Failed
	default:
		return messages(s, f)
	}
	return s
}

// messages applies the facts of links and messages.
func messages(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case LinkIssued:
		return s.newLink(e.Link, f)
	case LinkRenewedByUser:
		return s.newLink(e.Link, f)
	case LinkRenewedByAdmin:
		return s.newLink(e.Link, f).helped(f.At)
	case LinkRenewedByOperator:
		return s.newLink(e.Link, f).helped(f.At)
	case LinkReminded:
		s.Link.Reminded = true
	case LinkMissed:
		if e.Link == s.Link.ID {
			s.Link.Missed++
		}
		if s.Link.State == LinkOpen && s.Link.Missed >= linkGuesses {
			s.Link.State = LinkOver
			s = s.hush("")
		}
	case LinkUsed:
		s.Link.State = LinkDone
		s = s.hush("")
	case LinkExpired:
		s.Link.State = LinkOver
		s = s.hush("")
	case MessageRequested:
		at := f.At
		if s.sentAgain(e) {
			s = s.helped(at)
		}
		s = s.overtake(e)
		s.Messages = append(s.settled(at), Message{
			ID: e.ID, Purpose: e.Purpose, Channel: e.Channel, Link: e.Link, Credential: e.Credential, Left: e.Left, To: e.to(), RequestedAt: at, NextTry: &at,
		})
	case MessageAccepted:
		s = s.withMessage(e.ID, func(m *Message) { m.accept(e, f.At) })
		if m, ok := s.Message(e.ID); ok && m.carriesLink() && m.Link == s.Link.ID && s.Link.State == LinkOpen {
			s = s.linkWaits("link-open", "user")
		}
	case MessageRefused:
		s = s.withMessage(e.ID, func(m *Message) {
			m.Attempts, m.NextTry, m.Final, m.Trouble = e.Attempt, e.NextTry, e.NextTry == nil, e.Trouble
		})
	case MessageDelivered:
		s = s.withMessage(e.ID, func(m *Message) { m.deliver(f.At) })
	case MessageBounced:
		s = s.withMessage(e.ID, func(m *Message) { m.bounce(e, f.At) })
	case MessageDelayed:
		s = s.withMessage(e.ID, func(m *Message) { m.delay(e) })
	case LinkOpened:
		if e.Link == s.Link.ID {
			s.Link.OpenedAt = f.At
		}
	default:
		return credentials(s, f)
	}
	return s
}

func created(s State, e Created, f domain.Fact) State {
	abandoned := s.Abandoned
	s = State{
		ID: e.ID, Company: e.Company, Site: e.Site, Language: e.Language, Licence: e.Licence, Device: e.Device, Options: e.Options,
		Number: e.Number, Extension: e.Extension, Claims: e.Claims, Lifecycle: Pending, CreatedAt: f.At,
		Abandoned: abandoned, Erased: f.Erased, Credential: Credential{State: CredentialNone}, Link: CurrentLink{State: LinkNone},
	}
	if e.Personal != nil {
		s.Person = *e.Personal
	}
	return s.ordering(e.SIM)
}

func detailsChanged(s State, e DetailsChanged) State {
	set(&s.Language, e.Language)
	set(&s.Site, e.Site)
	set(&s.Device, e.Device)
	if e.Options != nil {
		s.Options = *e.Options
	}
	if p := e.Personal; p != nil {
		set(&s.Person.FirstName, p.FirstName)
		set(&s.Person.LastName, p.LastName)
		set(&s.Person.DirectoryFirstName, p.DirectoryFirstName)
		set(&s.Person.DirectoryLastName, p.DirectoryLastName)
		set(&s.Person.Email, p.Email)
		set(&s.Person.Mobile, p.Mobile)
		s.Verification.Verified = s.Verification.Verified && p.Mobile == nil
		if p.Mobile != nil { // a code that went to another mobile proves nothing
			s.Verification.Code = MobileCodeIssued{}
		}
		set(&s.Person.MobileNumber, p.MobileNumber)
		set(&s.Person.ContractNumber, p.ContractNumber)
		set(&s.Person.MAC, p.MAC)
	}
	return s
}

func set(field, value *string) {
	if value != nil {
		*field = *value
	}
}

// hush lets the messages about other links than this one not be sent any more.
func (s State) hush(link string) State {
	return s.withdraw(func(m *Message) bool { return m.Link != "" && m.Link != link })
}

// withdraw lets messages that nobody has taken yet not be sent any more.
func (s State) withdraw(which func(*Message) bool) State {
	return s.withMessages(func(m *Message) bool { return !m.Accepted && which(m) }, func(m *Message) { m.Final, m.NextTry = true, nil })
}

func (s *State) loosen(claims ...string) {
	for _, claim := range claims {
		if claim != "" {
			s.Loose = append(slices.Clone(s.Loose), claim)
		}
	}
}

func (s State) withStep(name string, change func(*Step)) State {
	s.Steps = slices.Clone(s.Steps)
	for i := range s.Steps {
		if s.Steps[i].Name == name {
			change(&s.Steps[i])
		}
	}
	return s
}

func (step *Step) trouble(state StepState, attempt int, t Trouble) {
	deadline := step.Deadline
	*step = Step{
		Name: step.Name, State: state, Cause: t.Cause, Responsible: t.Responsible,
		Code: t.Code, Text: t.Text, Attempts: attempt, NextTry: t.NextTry, Deadline: deadline,
	}
}

func (s State) withMessage(id string, change func(*Message)) State {
	return s.withMessages(func(m *Message) bool { return m.ID == id }, change)
}

func (s State) withMessages(which func(*Message) bool, change func(*Message)) State {
	s.Messages = slices.Clone(s.Messages)
	for i := range s.Messages {
		if which(&s.Messages[i]) {
			change(&s.Messages[i])
		}
	}
	return s
}

// settled gives the messages without the oldest that are over at a moment, so
// that a long life does not make a large state.
func (s State) settled(at time.Time) []Message {
	const keep = 20
	messages := slices.Clone(s.Messages)
	for len(messages) > keep && !s.wanted(messages[0], at) {
		messages = messages[1:]
	}
	return messages
}
