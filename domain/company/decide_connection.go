package company

import "dialtone/domain"

// FinishConnection is the command of the workflow that tells how an attempt to
// bring the block that begins with From into service ended: Trouble is nil where
// it is in service, and without a next try where the network refuses it for good.
type FinishConnection struct {
	From    domain.E164
	Attempt int
	Trouble *domain.Trouble
}

// Decide writes how the attempt ended, unless the block is done with.
func (in FinishConnection) Decide(history []domain.Fact) ([]domain.Event, error) {
	c, ok := Fold(history).Connection(in.From)
	if !ok || c.State != Connecting || in.Attempt <= c.Attempts {
		return nil, nil
	}
	switch {
	case in.Trouble == nil:
		return []domain.Event{ConnectionMade{From: in.From, Attempt: in.Attempt}}, nil
	case in.Trouble.NextTry == nil:
		return []domain.Event{ConnectionFailed{From: in.From, Attempt: in.Attempt, Trouble: *in.Trouble}}, nil
	}
	return []domain.Event{ConnectionDelayed{From: in.From, Attempt: in.Attempt, Trouble: *in.Trouble}}, nil
}

// RetryConnections is the command of the operator to try every block again that
// is not in service: at once where it waits for its next try, anew where the
// network refused it.
type RetryConnections struct{}

// Decide begins again with what is not in service.
func (RetryConnections) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	if !s.Exists() {
		return nil, missing()
	}
	var events []domain.Event
	for _, c := range s.Connections {
		if c.State == Refused || c.State == Connecting && c.Trouble != nil {
			events = append(events, ConnectionRetried{From: c.From})
		}
	}
	return events, nil
}

func missing() error {
	return domain.Faultf(domain.Missing, "no-company", "there is no such company")
}

// tooSlow is the fault of an order whose claims a sweep has given up meanwhile.
func tooSlow() error {
	return domain.Faultf(domain.Conflict, "claims-expired", "the order took too long and what it had claimed was given up; order again")
}
