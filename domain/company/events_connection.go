package company

import "dialtone/domain"

// ConnectionOrdered says that the operator's network is to bring a block of the
// company's numbers into service.
type ConnectionOrdered struct {
	From domain.E164 `json:"from"`
	To   domain.E164 `json:"to"`
}

// ConnectionDelayed says that the network could not do it yet.
type ConnectionDelayed struct {
	From    domain.E164 `json:"from"`
	Attempt int         `json:"attempt"`
	domain.Trouble
}

// ConnectionMade says that the block is in service.
type ConnectionMade struct {
	From    domain.E164 `json:"from"`
	Attempt int         `json:"attempt"`
}

// ConnectionFailed says that the network will not do it.
type ConnectionFailed struct {
	From    domain.E164 `json:"from"`
	Attempt int         `json:"attempt"`
	domain.Trouble
}

// ConnectionRetried says that the operator wants it tried again.
type ConnectionRetried struct {
	From domain.E164 `json:"from"`
}

// Type is the wire name.
func (ConnectionOrdered) Type() string { return "company.connection-ordered.v1" }

// Type is the wire name.
func (ConnectionDelayed) Type() string { return "company.connection-delayed.v1" }

// Type is the wire name.
func (ConnectionMade) Type() string { return "company.connection-made.v1" }

// Type is the wire name.
func (ConnectionFailed) Type() string { return "company.connection-failed.v1" }

// Type is the wire name.
func (ConnectionRetried) Type() string { return "company.connection-retried.v1" }
