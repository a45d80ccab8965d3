package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
)

func userCommand() *cobra.Command {
	command := &cobra.Command{Use: "user", Short: "What is known of a user"}
	history := &cobra.Command{
		Use: "history ID", Short: "A user's facts, oldest first", Args: cobra.ExactArgs(1),
		RunE: configured(userHistory),
	}
	history.Flags().Bool("json", false, "one JSON object a line, with the data of each fact")
	show := &cobra.Command{
		Use: "show ID", Short: "A user as of a moment", Args: cobra.ExactArgs(1),
		RunE: configured(userShow),
	}
	show.Flags().String("at", "", "the moment, RFC 3339 (default: now)")
	command.AddCommand(history, show)
	return command
}

// userHistory prints a user's facts. It reads the stream itself, so it tells
// the truth also when the read models lag.
func userHistory(cmd *cobra.Command, args []string, c Config) error {
	h, err := look(cmd.Context(), c, newLog(cmd.ErrOrStderr(), "warn"))
	if err != nil {
		return err
	}
	defer h.close() // only read
	loaded, err := h.journal.Load(cmd.Context(), user.Stream(args[0]))
	if err != nil {
		return err
	}
	if len(loaded.Facts) == 0 {
		return fmt.Errorf("there is no user %s", args[0])
	}
	looks, err := h.journal.Load(cmd.Context(), user.LookStream(args[0]))
	if err != nil {
		return err
	}
	facts := merged(loaded.Facts, looks.Facts)
	asJSON, err := cmd.Flags().GetBool("json")
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd, facts)
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "REVISION\tAT\tFACT\tBY\tTHROUGH\tREASON")
	for _, f := range facts {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", place(f), f.At.UTC().Format(time.RFC3339), f.Event.Type(), by(f.Actor), f.Channel, f.Reason)
	}
	return table.Flush()
}

// merged puts looks between a user's facts by when they were, and leaves each in
// its order.
func merged(facts, looks []domain.Fact) []domain.Fact {
	all := make([]domain.Fact, 0, len(facts)+len(looks))
	for _, fact := range facts {
		for len(looks) > 0 && looks[0].At.Before(fact.At) {
			all, looks = append(all, looks[0]), looks[1:]
		}
		all = append(all, fact)
	}
	return append(all, looks...)
}

// place is a fact's revision; that of a look counts the looks.
func place(f domain.Fact) string {
	if strings.HasPrefix(f.Stream, user.LookStream("")) {
		return fmt.Sprintf("look %d", f.Revision)
	}
	return strconv.FormatUint(f.Revision, 10)
}

func by(a domain.Actor) string {
	if a.ID == "" || a.ID == a.Kind {
		return a.Kind
	}
	return a.Kind + " " + a.ID
}

func printJSON(cmd *cobra.Command, facts []domain.Fact) error {
	out := json.NewEncoder(cmd.OutOrStdout())
	for _, f := range facts {
		data, err := projections.Shown(f.Event)
		if err != nil {
			return err
		}
		line := struct {
			Stream   string          `json:"stream"`
			Revision uint64          `json:"revision"`
			At       time.Time       `json:"at"`
			Type     string          `json:"type"`
			Actor    domain.Actor    `json:"actor"`
			Channel  string          `json:"channel"`
			Reason   string          `json:"reason,omitempty"`
			Data     json.RawMessage `json:"data"`
		}{f.Stream, f.Revision, f.At, f.Event.Type(), f.Actor, f.Channel, f.Reason, data}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// userShow prints the user as of a moment: the greatest position recorded until then.
func userShow(cmd *cobra.Command, args []string, c Config) error {
	at, err := cmd.Flags().GetString("at")
	if err != nil {
		return err
	}
	moment := time.Now()
	if at != "" {
		if moment, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return fmt.Errorf("--at is a moment such as 2026-11-23T12:00:00Z, not %q", at)
		}
	}
	h, err := look(cmd.Context(), c, newLog(cmd.ErrOrStderr(), "warn"))
	if err != nil {
		return err
	}
	defer h.close() // only read
	position, err := h.store.PositionAt(cmd.Context(), moment)
	if err != nil {
		return err
	}
	loaded, err := h.journal.LoadAt(cmd.Context(), user.Stream(args[0]), position)
	if err != nil {
		return err
	}
	if loaded.Revision == eventstore.NoStream {
		return errors.New("there was no such user then")
	}
	state := user.Fold(loaded.Facts)
	out := json.NewEncoder(cmd.OutOrStdout())
	out.SetIndent("", "  ")
	return out.Encode(api.ShownUser(state, uint64(loaded.Revision), moment))
}
