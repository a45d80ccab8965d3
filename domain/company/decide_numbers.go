package company

import (
	"time"

	"dialtone/domain"
)

// BuyNumbers is the command that names numbers of the operator's pool which were
// claimed for the company. At is when.
type BuyNumbers struct {
	Numbers []domain.E164
	At      time.Time
}

// Decide names those that the company does not name yet; where the operator's
// network connects numbers, it is to bring them into service.
func (in BuyNumbers) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	blocks := Joined(in.Numbers)
	if s.gaveUp(blocks, in.At) {
		return nil, tooSlow()
	}
	var events []domain.Event
	for _, b := range blocks {
		if s.Owns(b.From) && s.Owns(b.To) {
			continue
		}
		events = append(events, NumbersBought(b))
		if s.Policy.ConnectNumbers {
			events = append(events, ConnectionOrdered(b))
		}
	}
	if s.MainNumber == "" && len(blocks) > 0 {
		events = append(events, MainNumberSet{Number: blocks[0].From})
	}
	return events, nil
}

// ReturnNumber is the command that lets go of a number. The number's own stream
// says first that it is the company's no longer.
type ReturnNumber struct{ Number domain.E164 }

// Check refuses the main number and the main fax, which the company is reached by.
func (in ReturnNumber) Check(s State) error {
	switch {
	case !s.Exists():
		return missing()
	case s.MainNumber == in.Number:
		return domain.Faultf(domain.Refused, "main-number", "the main number stays; choose another main number first")
	case s.MainFax == in.Number:
		return domain.Faultf(domain.Refused, "main-number", "the main fax stays; choose another one first")
	}
	return nil
}

// Decide names the number no longer.
func (in ReturnNumber) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() || !s.Owns(in.Number) {
		return nil, nil
	}
	return []domain.Event{NumbersReturned{From: in.Number, To: in.Number}}, nil
}
