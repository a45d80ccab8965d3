package user

import "time"

// SelfReset is the last time the user tried to reset the password without
// anybody's help (1.19): what an admin should know before helping.
type SelfReset struct {
	ID      string    // of the reset, "" where there was no address to mail it to
	At      time.Time // zero: never tried
	Outcome ResetOutcome
}

// ResetOutcome is what came of a user's own attempt to reset the password.
type ResetOutcome string

// What can come of it.
const (
	ResetUntried   ResetOutcome = "none"
	ResetAsked     ResetOutcome = "requested" // the mail is on its way
	ResetMailed    ResetOutcome = "mailed"
	ResetUnreached ResetOutcome = "unreached" // no address, or no mail reaches it
	ResetUnused    ResetOutcome = "unused"    // mailed, and the link is over
	ResetUsed      ResetOutcome = "used"
)

// mailed notes what became of the mail with the link.
func (r SelfReset) mailed(messages []Message) SelfReset {
	if r.ID == "" || r.Outcome == ResetUsed {
		return r
	}
	for _, m := range messages {
		if m.Credential != r.ID {
			continue
		}
		switch m.State() {
		case MessageTaken, MessageArrived:
			r.Outcome = ResetMailed
		case MessageReturned, MessageImpossible:
			r.Outcome = ResetUnreached
		case MessageWaiting, MessageWithdrawn:
		}
	}
	return r
}

// Until tells what has come of it until a moment: a link that is over was not
// used, and one that was not mailed by then reached nobody.
func (r SelfReset) Until(at time.Time) SelfReset {
	over := !at.Before(r.At.Add(ResetValid))
	switch {
	case r.At.IsZero():
		r.Outcome = ResetUntried
	case r.Outcome == ResetMailed && over:
		r.Outcome = ResetUnused
	case r.Outcome == ResetAsked && over:
		r.Outcome = ResetUnreached
	}
	return r
}
