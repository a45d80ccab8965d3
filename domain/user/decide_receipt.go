package user

import (
	"slices"

	"dialtone/domain"
)

// Receipt is what a provider reports about a message it was given.
type Receipt struct {
	User, Message string   // whom and what it is about, by our ids
	Attempt       int      // which attempt at the message it is about, from 1; 0: the one that was taken last
	Provider      string   // the provider's id for the attempt; mail servers have none
	Status        string   // the provider's word, for the command's id
	Delivered     bool     // it has arrived
	Delayed       bool     // the mail server goes on trying; Trouble says why it has not arrived
	Trouble       *Trouble // it came to nothing, unless it is only delayed
}

// NoteReceipt is the command that notes a receipt. Receipts come late, more
// than once and in any order, so the order they come in never decides:
//   - delivered is the end. Nothing that is reported later takes it back, and a
//     delivery that is reported after a failure counts, since somebody has the
//     message then; a try that was still to come is not made.
//   - a failure counts once, and only for the attempt that the provider took last;
//     that an earlier attempt came to nothing is no news about the later one.
//   - whatever is reported proves that the provider has the message, also when
//     the answer to our request was lost.
type NoteReceipt struct{ Receipt Receipt }

// Decide notes what is news. A message that is not known is a Missing fault.
func (in NoteReceipt) Decide(history []domain.Fact) ([]domain.Event, error) {
	s, r := Fold(history), in.Receipt
	m, ok := s.Message(r.Message)
	if !ok {
		return nil, domain.Faultf(domain.Missing, "no-message", "there is no such message")
	}
	r, last := r.about(m)
	var events []domain.Event
	switch {
	case m.Delivered || slices.Contains(m.Bounces, r.Provider) && !r.Delivered:
		return nil, nil
	case !m.Accepted && !slices.Contains(m.Bounces, r.Provider): // sent, though nobody saw the answer
		events = append(events, MessageAccepted{ID: m.ID, Attempt: max(r.Attempt, m.Attempts, 1), Provider: r.Provider})
		events = append(events, s.noteCredential(m, nil)...)
	case m.Accepted && last != r.Provider && !r.Delivered:
		return nil, nil
	}
	switch {
	case r.Delivered:
		events = append(events, MessageDelivered{ID: m.ID, Provider: r.Provider})
	case r.Delayed && !m.Delayed && r.Trouble != nil:
		events = append(events, MessageDelayed{ID: m.ID, Provider: r.Provider, Trouble: *r.Trouble})
	case r.Trouble != nil && !r.Delayed:
		trouble := s.whileWanted(m, *r.Trouble)
		events = append(events, MessageBounced{ID: m.ID, Provider: r.Provider, Trouble: trouble})
		events = append(events, s.linkSuffers(m, trouble, r.Trouble.NextTry == nil)...)
	}
	return events, nil
}

// whileWanted takes away the next try of a message that is not wanted any more:
// its link is over, used or replaced, so is its temporary password, its reset or
// the password whose end it tells of, or the user is gone.
func (s State) whileWanted(m Message, trouble Trouble) Trouble {
	replaced := m.Link != "" && (m.Link != s.Link.ID || s.Link.State != LinkOpen) || m.Credential != "" && s.endOf(m) == nil
	followed := m.Credential != "" && m.Credential == s.Credential.Temporary.ID && s.Credential.State != CredentialTemporary
	outdated := m.remindsOfEnd() && m.RequestedAt.Before(s.Credential.Since)
	if m.Final || !s.Exists() || replaced || followed || outdated {
		trouble.NextTry = nil
	}
	return s.untilItEnds(m, trouble)
}

// OpenLink is the command that notes that a link's page was opened.
type OpenLink struct{ Hash string } // of the token

// Decide notes it once a link, and of the link that counts only.
func (in OpenLink) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Unopened(in.Hash) {
		return nil, nil
	}
	return []domain.Event{LinkOpened{Link: s.Link.ID}}, nil
}

// Unopened tells whether opening the page of the link with this hash is news.
func (s State) Unopened(hash string) bool {
	l := s.Link
	return s.Exists() && hash != "" && l.Hash == hash && l.OpenedAt.IsZero() && (l.State == LinkOpen || l.State == LinkOver)
}
