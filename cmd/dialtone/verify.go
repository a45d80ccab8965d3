package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

func verifyCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "verify", Short: "Checks the hash chains of all events, or of one stream", Args: cobra.NoArgs,
		RunE: configured(verify),
	}
	command.Flags().String("stream", "", "only this stream")
	return command
}

var errBroken = errors.New("the chain is broken")

// verify follows every stream's chain through the whole store and names each
// event at which one breaks: changed, missing, put in or in another place.
func verify(cmd *cobra.Command, _ []string, c Config) error {
	only, err := cmd.Flags().GetString("stream")
	if err != nil {
		return err
	}
	if err := needFiles(c.EventStore); err != nil {
		return err
	}
	store, err := sqlstore.Open(cmd.Context(), sqlstore.Config{Path: sqliteFile(c.EventStore), Clock: time.Now})
	if err != nil {
		return err
	}
	defer store.Close() // only read
	events := store.ReadAll(cmd.Context(), 0, eventstore.Forwards, 0)
	if only != "" {
		events = store.Read(cmd.Context(), only, 0, eventstore.Forwards, 0)
	}
	check := chains{heads: map[string]chainHead{}}
	for event, err := range events {
		if err != nil {
			return err
		}
		if err := check.follow(event); err != nil {
			fmt.Fprintf(cmd.OutOrStdout(), "broken: %s@%d (%s, %s): %v\n", event.Stream, event.Revision, event.Type, event.ID, err)
		}
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

type chains struct {
	heads          map[string]chainHead
	events, broken int
}

// follow checks one event. Behind a break it goes on from what the broken event
// claims, so that each break is named once.
func (c *chains) follow(event eventstore.Recorded) error {
	c.events++
	head := c.heads[event.Stream]
	after, err := eventstore.Verify(head.chain, event)
	if err == nil && event.Revision != head.next {
		err = fmt.Errorf("revision %d was expected", head.next)
	}
	if err != nil {
		c.broken++
		after = eventstore.ClaimedChain(event)
	}
	c.heads[event.Stream] = chainHead{chain: after, next: event.Revision + 1}
	return err
}
