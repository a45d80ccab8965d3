package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"
)

const (
	pendingBlock = 493025000000
	pendingFirm  = 1000 // users of one company; the inbox keeps as many mails
	longAgo      = 10 * time.Second
)

// waiting orders users who get a link by mail and do not follow it, or whose
// activation is planned for a day in a month, so that each has a timer running,
// and starts the house again.
func waiting(ctx context.Context, binary string, users int, planned bool) ([]row, error) {
	folder, err := os.MkdirTemp("", "dialtone-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	h, err := startHouse(ctx, binary, folder)
	if err != nil {
		return nil, err
	}
	defer func() { h.end() }()
	begun := time.Now()
	if err := h.orderPending(ctx, users, planned); err != nil {
		return nil, err
	}
	rate := float64(users) / time.Since(begun).Seconds()
	before, err := h.memory()
	if err != nil {
		return nil, err
	}
	stopped, err := h.stop()
	if err != nil {
		return nil, err
	}
	if h, err = startHouse(ctx, binary, folder); err != nil {
		return nil, err
	}
	time.Sleep(longAgo) // at rest
	after, err := h.memory()
	if err != nil {
		return nil, err
	}
	if err := h.awaitTimers(ctx, users); err != nil {
		return nil, err
	}
	_, err = h.stop()
	return []row{
		{fmt.Sprintf("%d users ordered, each with %s, per second (unifyoffice)", users, map[bool]string{true: "a planned activation", false: "its link mailed"}[planned]), fmt.Sprintf("%.0f/s", rate), "–"},
		{"memory, all of them with a timer running", fmt.Sprintf("%d MiB", before), "–"},
		{"drain and stop", ms(stopped), "≤ 5 s"},
		{"restart → ready, all of them with a timer running", ms(h.readyAfter), "≤ 3 s"},
		{"memory after the restart", fmt.Sprintf("%d MiB", after), "–"},
	}, err
}

// orderPending orders users, some thousands a company, until each of them has
// its mail and its timer.
func (h *house) orderPending(ctx context.Context, users int, planned bool) error {
	for done := 0; done < users; done += pendingFirm {
		count, from := min(pendingFirm, users-done), pendingBlock+done
		firm, err := h.company(ctx, "unifyoffice", fmt.Sprintf("+%d", from), fmt.Sprintf("+%d", from+count-1), count)
		if err != nil {
			return err
		}
		begun := time.Now()
		wait := h.wait
		if planned {
			wait = h.plan
		}
		group, running := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for n := range count {
			group.Go(func() error {
				return wait(running, firm, object{
					"firstName": "Waits", "lastName": fmt.Sprint(n), "number": fmt.Sprintf("+%d", from+n), "email": address(done + n),
				})
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		memory, err := h.memory()
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%d users: %.1f/s, %d MiB\n", done+count, float64(count)/time.Since(begun).Seconds(), memory)
	}
	return h.awaitTimers(ctx, users)
}

func address(n int) string { return fmt.Sprintf("waits%d@example.com", n) }

// wait orders a user who has the link by mail and does not follow it.
func (h *house) wait(ctx context.Context, firm string, person object) error {
	person["activate"] = true
	if err := h.call(ctx, "POST", "/v1/companies/"+firm+"/users", person, nil); err != nil {
		return err
	}
	return h.awaitMail(ctx, person["email"].(string))
}

// plan orders a user whose activation begins in a month.
func (h *house) plan(ctx context.Context, firm string, person object) error {
	person["activate"] = false
	var made struct{ ID string }
	if err := h.call(ctx, "POST", "/v1/companies/"+firm+"/users", person, &made); err != nil {
		return err
	}
	return h.call(ctx, "POST", "/v1/users/"+made.ID+"/calendar", object{"what": "activate", "at": time.Now().AddDate(0, 1, 0).UTC()}, nil)
}

// awaitMail waits until there is a mail to an address.
func (h *house) awaitMail(ctx context.Context, address string) error {
	for {
		var found []struct{ To string }
		if err := h.call(ctx, "GET", "/dev/messages?to="+url.QueryEscape(address), nil, &found); err != nil || len(found) > 0 {
			return err
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// awaitTimers waits until as many workflows run. Their mails are there, so they
// have nothing left to do but to wait.
func (h *house) awaitTimers(ctx context.Context, count int) error {
	c, err := client.Dial(client.Options{HostPort: h.temporal, Logger: silent{}})
	if err != nil {
		return err
	}
	defer c.Close()
	for {
		running, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: "ExecutionStatus = 'Running' AND WorkflowType = 'User'"})
		if err != nil {
			return err
		}
		if running.Count == int64(count) {
			return nil
		}
		fmt.Fprintf(os.Stderr, "%d of %d workflows run\n", running.Count, count)
		time.Sleep(time.Second)
	}
}
