package company

import (
	"slices"
	"time"

	"dialtone/domain"
)

// ConnectionState is where the connection of a block stands.
type ConnectionState string

// The states of a connection.
const (
	Connecting ConnectionState = "waiting" // for the network, or for the next try
	Connected  ConnectionState = "done"
	Refused    ConnectionState = "failed"
)

// Connection is the order to the operator's network to bring a block of numbers
// into service.
type Connection struct {
	Block
	State    ConnectionState
	Attempts int
	Trouble  *domain.Trouble // of the last try, nil where there was none
	Since    time.Time       // of the state
	Round    int             // how often the operator had it begun anew
}

// Connection finds the connection of the block that begins with a number.
func (s State) Connection(from domain.E164) (Connection, bool) {
	i := slices.IndexFunc(s.Connections, func(c Connection) bool { return c.From == from })
	if i < 0 {
		return Connection{}, false
	}
	return s.Connections[i], true
}

// Began gives the moment from which the age of the company's first passwords
// counts (4.5, X10): where the operator's network connects the numbers, that of
// the first block in service, or now while none is; else the order, since such a
// company works from then on.
func (s State) Began(now time.Time) time.Time {
	if len(s.Connections) == 0 {
		return s.CreatedAt
	}
	began := now
	for _, c := range s.Connections {
		if c.State == Connected && c.Since.Before(began) {
			began = c.Since
		}
	}
	return began
}

// connections applies the facts about the operator's network.
func connections(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case ConnectionOrdered:
		s.Connections = append(slices.Clip(s.Connections), Connection{Block: Block(e), State: Connecting, Since: f.At})
	case ConnectionDelayed:
		return s.withConnection(e.From, func(c *Connection) { c.Attempts, c.Trouble = e.Attempt, &e.Trouble })
	case ConnectionMade:
		return s.withConnection(e.From, func(c *Connection) {
			c.State, c.Attempts, c.Trouble, c.Since = Connected, e.Attempt, nil, f.At
		})
	case ConnectionFailed:
		return s.withConnection(e.From, func(c *Connection) {
			c.State, c.Attempts, c.Trouble, c.Since = Refused, e.Attempt, &e.Trouble, f.At
		})
	case ConnectionRetried:
		return s.withConnection(e.From, func(c *Connection) {
			c.State, c.Trouble, c.Since, c.Round = Connecting, nil, f.At, c.Round+1
		})
	}
	return s
}

func (s State) withConnection(from domain.E164, change func(*Connection)) State {
	s.Connections = slices.Clone(s.Connections)
	for i := range s.Connections {
		if s.Connections[i].From == from {
			change(&s.Connections[i])
		}
	}
	return s
}
