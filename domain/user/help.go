package user

import (
	"slices"
	"time"

	"dialtone/domain"
)

// helpsAnHour is how often an hour somebody can make something be sent to a
// user: links that are renewed or sent again, temporary passwords, notices of
// another mobile. Help needs two or three; each SMS costs, and whoever has an
// admin's session must not be able to fill a telephone.
const helpsAnHour = 6

// helped notes that something was sent by way of help.
func (s State) helped(at time.Time) State {
	helps := append(slices.Clone(s.Helps), at)
	s.Helps = helps[max(0, len(helps)-helpsAnHour):]
	return s
}

// helpRests tells why nothing more is to be sent to the user yet, nil if it is.
func (s State) helpRests(at time.Time) error {
	if len(s.Helps) < helpsAnHour {
		return nil
	}
	wait := s.Helps[0].Add(time.Hour).Sub(at)
	if wait <= 0 {
		return nil
	}
	return domain.TooSoon(wait, "%d messages were sent to this user within an hour; try again in %d min", helpsAnHour, int((wait+time.Minute-1)/time.Minute))
}

// sentAgain tells whether a message with a link goes a way on which the link was
// sent before.
func (s State) sentAgain(e MessageRequested) bool {
	return e.Link != "" && e.Purpose != PurposeReminder && slices.ContainsFunc(s.Messages, func(m Message) bool {
		return m.Link == e.Link && m.Channel == e.Channel
	})
}
