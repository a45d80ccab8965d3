package user

import (
	"cmp"
	"slices"
	"time"

	"dialtone/domain/policy"
)

// EntryKind is what an entry of the calendar is about.
type EntryKind string

// The kinds of entries; planned actions have the names of the actions.
const (
	EntryLinkReminder     EntryKind = "link-reminder"
	EntryLinkEnd          EntryKind = "link-expiry"
	EntryTemporaryEnd     EntryKind = "temporary-password-expiry"
	EntryResetEnd         EntryKind = "reset-expiry"
	EntryPasswordReminder EntryKind = "password-reminder"
	EntryPasswordEnd      EntryKind = "password-expiry"
	EntryMessage          EntryKind = "message-try"
	EntryStep             EntryKind = "step-try"
)

// Entry is something that will happen by itself, or lapses.
type Entry struct {
	At          time.Time
	Kind        EntryKind
	Subject     string // the planned action, link, temporary password, reset, message or step
	Cancellable bool
	Reason      string // why it was planned, where somebody has said so
	Cause       string // why it is held and tried again at this moment, "" for what is not
}

// Calendar lists everything that will happen to the user by itself or lapses,
// soonest first, as things stand at a moment. Work that is late stands there
// until it is done; what has lapsed does not. What is planned to happen behind a
// planned deletion will not happen.
func (s State) Calendar(now time.Time) []Entry {
	if !s.Exists() {
		return nil
	}
	entries := s.plans()
	if !s.Erased {
		entries = slices.Concat(entries, s.linkDates(now), s.passwordDates(now), s.tries(now))
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject))
	})
	end := slices.IndexFunc(entries, func(e Entry) bool { return e.Kind == EntryKind(ToDelete) })
	if end >= 0 {
		entries = entries[:end+1]
	}
	return entries
}

func (s State) plans() (entries []Entry) {
	for _, action := range s.Scheduled {
		entries = append(entries, Entry{
			At: action.Due(), Kind: EntryKind(action.What), Subject: action.ID, Cancellable: true, Reason: action.Reason, Cause: action.Cause,
		})
	}
	return entries
}

func (s State) linkDates(now time.Time) (entries []Entry) {
	l := s.Link
	if !l.OpenAt(now) || s.Lifecycle != Pending {
		return nil
	}
	if l.RemindAt != nil && !l.Reminded {
		entries = append(entries, Entry{At: *l.RemindAt, Kind: EntryLinkReminder, Subject: l.ID})
	}
	return append(entries, Entry{At: l.ExpiresAt, Kind: EntryLinkEnd, Subject: l.ID})
}

func (s State) passwordDates(now time.Time) (entries []Entry) {
	c := s.Credential
	if c.Reset.ID != "" && now.Before(c.Reset.ExpiresAt) {
		entries = append(entries, Entry{At: c.Reset.ExpiresAt, Kind: EntryResetEnd, Subject: c.Reset.ID})
	}
	switch {
	case c.ExpiresAt == nil || !now.Before(*c.ExpiresAt):
	case c.State == CredentialTemporary:
		entries = append(entries, Entry{At: *c.ExpiresAt, Kind: EntryTemporaryEnd, Subject: c.Temporary.ID})
	case c.State == CredentialChosen:
		for _, at := range c.RemindAt[min(c.Reminded, len(c.RemindAt)):] {
			entries = append(entries, Entry{At: at, Kind: EntryPasswordReminder, Subject: "password"})
		}
		entries = append(entries, Entry{At: *c.ExpiresAt, Kind: EntryPasswordEnd, Subject: "password"})
	}
	return entries
}

// tries lists the next tries of messages, and of the step that is worked on
// without one.
func (s State) tries(now time.Time) (entries []Entry) {
	for _, m := range s.Messages {
		if s.wanted(m, now) {
			entries = append(entries, Entry{At: *m.NextTry, Kind: EntryMessage, Subject: m.ID})
		}
	}
	step := s.current()
	carried := step.Name == policy.StepLink || step.Name == policy.StepCredentials
	if s.Lifecycle == Pending && step.NextTry != nil && !carried {
		entries = append(entries, Entry{At: *step.NextTry, Kind: EntryStep, Subject: step.Name})
	}
	return entries
}
