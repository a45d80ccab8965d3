package main

import (
	"context"
	"fmt"
	"os"

	"go.temporal.io/sdk/client"
)

const (
	chunk     = 1000
	bulkBlock = 493024000000 // the first number of the company in bulk
)

// inBulk orders and activates thousands of users of one company through the API,
// in one house. After each thousand of ours comes one of the floor, so that both
// meet the same machine and the same store behind Temporal.
func inBulk(ctx context.Context, binary string, thousands int) ([]row, error) {
	folder, err := os.MkdirTemp("", "dialtone-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	h, err := startHouse(ctx, binary, folder)
	if err != nil {
		return nil, err
	}
	defer h.end()
	c, err := client.Dial(client.Options{HostPort: h.temporal, Logger: silent{}})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	floor, err := startBare(c)
	if err != nil {
		return nil, err
	}
	defer floor.stop()
	firm, err := h.company(ctx, "onenet", fmt.Sprintf("+%d", bulkBlock), fmt.Sprintf("+%d", bulkBlock+thousands*chunk-1), thousands*chunk)
	if err != nil {
		return nil, err
	}
	tally, err := h.thousands(ctx, floor, firm, thousands)
	if err != nil {
		return nil, err
	}
	_, err = h.stop()
	return tally.rows(), err
}

// bulkTally is what a run in bulk came to.
type bulkTally struct {
	thousands         int
	ours, bare        float64 // seconds for all of them
	first, last       float64 // users per second in the first and in the last thousand
	memory            map[int]int
	firstBare, latest float64
}

// thousands activates the users, a thousand of ours and of the floor's in turn.
func (h *house) thousands(ctx context.Context, floor *bare, firm string, count int) (bulkTally, error) {
	tally := bulkTally{thousands: count, memory: map[int]int{}}
	for n := range count {
		ours, err := h.activated(ctx, firm, bulkBlock+n*chunk, chunk)
		if err != nil {
			return tally, err
		}
		if tally.memory[n+1], err = h.memory(); err != nil {
			return tally, err
		}
		bare, err := floor.round(ctx, n, chunk)
		if err != nil {
			return tally, err
		}
		if n == 0 {
			tally.first, tally.firstBare = ours, bare
		}
		tally.last, tally.latest = ours, bare
		tally.ours += chunk / ours
		tally.bare += chunk / bare
		fmt.Fprintf(os.Stderr, "%d users: ours %.1f/s, floor %.1f/s, %d MiB\n", (n+1)*chunk, ours, bare, tally.memory[n+1])
	}
	return tally, nil
}

func (t bulkTally) rows() []row {
	users := float64(t.thousands * chunk)
	half := max(1, t.thousands/2)
	return []row{
		{fmt.Sprintf("%.0f users ordered and activated, per second (onenet)", users), fmt.Sprintf("%.0f/s", users/t.ours), "–"},
		{"floor: as many bare Temporal workflows, in turn with them", fmt.Sprintf("%.0f/s", users/t.bare), "–"},
		{"share of the floor", fmt.Sprintf("%.2f", t.bare/t.ours), "≥ 0.8"},
		{"the first and the last thousand, share of the floor", fmt.Sprintf("%.2f / %.2f", t.first/t.firstBare, t.last/t.latest), "–"},
		{
			fmt.Sprintf("memory after %d / %d / %.0f users", chunk, half*chunk, users),
			fmt.Sprintf("%d / %d / %d MiB", t.memory[1], t.memory[half], t.memory[t.thousands]), "flat",
		},
	}
}
