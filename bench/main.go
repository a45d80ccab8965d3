// Command bench measures what the README's performance table says and prints it.
// Everything is measured in one run on one machine; floors stand beside.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"
	"time"
)

// row is one line of the table.
type row struct{ what, value, goal string }

func main() {
	binary := flag.String("binary", "bin/dialtone", "the binary to measure")
	users := flag.Int("users", 400, "users activated in each round")
	events := flag.Int("events", 10_000_000, "events in the long log")
	bulk := flag.Int("bulk", 10_000, "users activated in one house, in thousands")
	company := flag.Int("company", 100_000, "users of the company that is asked about")
	pending := flag.Int("pending", 100_000, "users that wait")
	planned := flag.Bool("planned", false, "pending users wait for a planned activation, not for somebody to follow a link: quicker to order")
	only := flag.String("only", "", "the name of one part: appends, postgres, reading, lag, rare, routing, house, crowd, bulk or pending; pending takes hours and comes only when it is named")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	parts := []part{
		{"appends", func() ([]row, error) { return appends(ctx) }},
		{"postgres", func() ([]row, error) { return postgres(ctx) }},
		{"reading", func() ([]row, error) { return reading(ctx) }},
		{"lag", func() ([]row, error) { return lags(ctx) }},
		{"rare", func() ([]row, error) { return rare(ctx, *events) }},
		{"routing", func() ([]row, error) { return inForce(ctx) }},
		{"house", func() ([]row, error) { return activations(ctx, *binary, *users) }},
		{"crowd", func() ([]row, error) { return crowd(ctx, *binary, *company) }},
		{"bulk", func() ([]row, error) { return inBulk(ctx, *binary, *bulk/chunk) }},
	}
	if *only == "pending" {
		parts = []part{{"pending", func() ([]row, error) { return waiting(ctx, *binary, *pending, *planned) }}}
	}
	if err := run(parts, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// part is what is measured together.
type part struct {
	name    string
	measure func() ([]row, error)
}

func run(parts []part, only string) error {
	var rows []row
	for _, part := range parts {
		if only != "" && only != part.name {
			continue
		}
		more, err := part.measure()
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		rows = append(rows, more...)
	}
	if len(rows) == 0 {
		return fmt.Errorf("there is no part named %s", only)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 4, 1, ' ', 0)
	fmt.Fprintln(table, "| what\t| measured\t| goal\t|")
	fmt.Fprintln(table, "| ---\t| ---\t| ---\t|")
	for _, r := range rows {
		fmt.Fprintf(table, "| %s\t| %s\t| %s\t|\n", r.what, r.value, r.goal)
	}
	return table.Flush()
}

// percentile gives the p-th percentile (0 to 1) of durations.
func percentile(all []time.Duration, p float64) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

func ms(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
