package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dialtone/domain/wire"
	"dialtone/eventstore"
)

func verifyCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "verify", Short: "Checks chains, positions and times of all events, or of one stream", Args: cobra.NoArgs,
		RunE: configured(verify),
	}
	command.Flags().String("stream", "", "only this stream; what is missing beside it is not noticed")
	return command
}

var errBroken = errors.New("the events are not as they were written")

// verify goes through all events and names each at which something is broken:
// changed, missing, put in, in another place or at another time. What was cut
// off behind the last event is not to be seen here.
func verify(cmd *cobra.Command, _ []string, c Config) error {
	only, err := cmd.Flags().GetString("stream")
	if err != nil {
		return err
	}
	if err := needFiles(c.EventStore); err != nil {
		return err
	}
	store, err := openStore(cmd.Context(), c, newLog(cmd.ErrOrStderr(), "warn"))
	if err != nil {
		return err
	}
	defer store.Close() // only read
	events := store.ReadAll(cmd.Context(), 0, eventstore.Forwards, 0)
	if only != "" {
		events = store.Read(cmd.Context(), only, 0, eventstore.Forwards, 0)
	}
	counted := eventsAt(c.EventStore) != remoteEvents
	check := verification{heads: map[string]chainHead{}, whole: only == "" && counted}
	for event, err := range events {
		if err != nil {
			return err
		}
		for _, finding := range check.follow(event) {
			fmt.Fprintln(cmd.OutOrStdout(), "broken:", finding)
		}
	}
	if only != "" && check.events == 0 {
		return fmt.Errorf("there is no event of a stream %s", only)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d events in %d streams, %d broken\n", check.events, len(check.heads), check.broken)
	if check.broken > 0 {
		return errBroken
	}
	return nil
}

type chainHead struct {
	chain eventstore.Chain
	next  uint64
}

// verification is how far the check has come.
type verification struct {
	heads          map[string]chainHead
	last           eventstore.Recorded
	whole          bool // every event comes by and an SQL store counts positions one by one: there are no gaps
	events, broken int
}

// follow checks one event and gives what is broken. Behind a break it goes on
// from what the event claims, so that each break is named once.
func (v *verification) follow(event eventstore.Recorded) []string {
	var findings []string
	if from, to := v.last.Position+1, event.Position-1; v.whole && from <= to {
		findings = append(findings, fmt.Sprintf("positions %d to %d are missing ahead of %s@%d", from, to, event.Stream, event.Revision))
	}
	if err := v.check(event); err != nil {
		findings = append(findings, fmt.Sprintf("%s@%d (%s, %s): %v", event.Stream, event.Revision, event.Type, event.ID, err))
	}
	v.last = event
	v.events++
	v.broken += len(findings)
	return findings
}

// check looks at an event of the house itself; those of others have no chain.
func (v *verification) check(event eventstore.Recorded) error {
	if !wire.IsOurs(event.Stream) {
		return nil
	}
	if err := v.chain(event); err != nil {
		return err
	}
	return eventstore.VerifyTime(v.last.Time, event)
}

// chain checks that an event is the next of its stream.
func (v *verification) chain(event eventstore.Recorded) error {
	head := v.heads[event.Stream]
	after, err := eventstore.Verify(head.chain, event)
	if event.Revision != head.next {
		err = fmt.Errorf("revision %d was expected", head.next)
	}
	if err != nil {
		after = eventstore.ClaimedChain(event)
	}
	v.heads[event.Stream] = chainHead{chain: after, next: event.Revision + 1}
	return err
}
