package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func projectionsCommand() *cobra.Command {
	command := &cobra.Command{Use: "projections", Short: "The read models"}
	command.AddCommand(
		&cobra.Command{
			Use: "status", Short: "Position, lag, parked events and last error of each", Args: cobra.NoArgs,
			RunE: configured(projectionsStatus),
		},
		&cobra.Command{
			Use: "rebuild NAME", Short: "Builds one anew beside the live table and switches", Args: cobra.ExactArgs(1),
			RunE: configured(projectionsRebuild),
		},
		&cobra.Command{
			Use: "unpark NAME STREAM", Short: "Applies the parked events of a stream again", Args: cobra.ExactArgs(2),
			RunE: configured(projectionsUnpark),
		},
	)
	return command
}

func projectionsStatus(cmd *cobra.Command, _ []string, c Config) error {
	h, err := lookAtViews(cmd.Context(), c, newLog(cmd.ErrOrStderr(), "warn"))
	if err != nil {
		return err
	}
	defer h.close() // only read
	head, err := h.store.Head(cmd.Context())
	if err != nil {
		return err
	}
	rows, err := h.views.Status(cmd.Context(), head)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tPOSITION\tLAG\tPARKED\tUPDATED\tLAST ERROR")
	for _, row := range rows {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\t%s\n", row.Name, row.Position, row.Lag, row.Parked, row.Updated.UTC().Format(time.RFC3339), row.LastError)
	}
	return table.Flush()
}

func projectionsRebuild(cmd *cobra.Command, args []string, c Config) error {
	h, err := lookAtViews(cmd.Context(), c, newLog(cmd.ErrOrStderr(), "warn"))
	if err != nil {
		return err
	}
	defer h.close() // the rebuild has committed
	started := time.Now()
	if err := h.views.Rebuild(cmd.Context(), args[0], h.journal); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s was built anew in %s\n", args[0], time.Since(started).Round(time.Millisecond))
	return nil
}

// projectionsUnpark applies what waits behind an event that could not be
// applied. What still cannot be applied is told and goes on waiting.
func projectionsUnpark(cmd *cobra.Command, args []string, c Config) error {
	h, err := lookAtViews(cmd.Context(), c, newLog(cmd.ErrOrStderr(), "warn"))
	if err != nil {
		return err
	}
	defer h.close() // what was applied has been committed
	if err := h.views.Unpark(cmd.Context(), args[0], args[1], h.journal); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "no event of %s waits for %s\n", args[1], args[0])
	return nil
}
