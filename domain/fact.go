package domain

import "time"

// Event is what happened, in the past tense and as plain data. Type is its
// wire name, written by hand and versioned: "user.created.v1".
type Event interface{ Type() string }

// Actor is who asked for a change.
type Actor struct {
	Kind string `json:"kind"` // operator, support, admin, user, system, provider, visitor
	ID   string `json:"id,omitempty"`
}

// The kinds of actors.
const (
	ActorOperator = "operator"
	ActorSupport  = "support" // the operator's staff who look and change nothing
	ActorAdmin    = "admin"
	ActorUser     = "user"
	ActorSystem   = "system"
	ActorProvider = "provider" // who carries messages and reports about them
	ActorVisitor  = "visitor"  // whoever opens a page that needs no login: a person or a program
)

// The channels a change can come through.
const (
	ChannelAPI      = "api"
	ChannelPage     = "page"
	ChannelWorkflow = "workflow"
	ChannelSweep    = "sweep"
	ChannelWebhook  = "webhook" // a provider's report
	ChannelPhone    = "phone"   // a desk phone that configures itself
	ChannelNotice   = "notice"  // what a workflow of somebody else has to tell; it wakes whom it is told
)

// Cause is what stands around a command: its id, who asked, when, how and why.
// The same Cause handed in twice is the same command.
type Cause struct {
	Command     string // derived id; recognises a repetition
	Actor       Actor
	Channel     string
	Reason      string
	Correlation string // the first command of the chain; Command if empty
	Causation   string // the fact that made this command necessary
	Batch       string
	Policy      string    // name and version of the rules that were judged by
	At          time.Time // the moment the rules judge by
}

// For gives the cause of a command that follows from this one on another stream.
func (c Cause) For(stream string) Cause {
	next := c
	next.Command = DeriveID(c.Command, stream)
	if next.Correlation == "" {
		next.Correlation = c.Command
	}
	return next
}

// Fact is an event with what its metadata says: the form in which it is folded.
type Fact struct {
	Event    Event
	ID       string
	Stream   string
	Revision uint64
	At       time.Time
	Actor    Actor
	Channel  string
	Reason   string
	Command  string

	Correlation string // the first command of the chain this one belongs to
	Causation   string // the fact or command that made this one necessary

	Erased bool // the subject's key is gone: personal fields are empty
}

// Decide looks at a stream's facts and says which events follow. No events and
// no error means "already so".
type Decide func(history []Fact) ([]Event, error)

// Fold applies facts to a state, oldest first.
func Fold[S any](initial S, evolve func(S, Fact) S, history []Fact) S {
	state := initial
	for _, fact := range history {
		state = evolve(state, fact)
	}
	return state
}
