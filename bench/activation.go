package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"
)

type object = map[string]any

const (
	mailsMeasured = 100
	rounds        = 3
	atOnce        = 32
)

// activations measures the whole product through its binary: readiness, memory,
// create → mail, and users activated per second beside a bare Temporal workflow
// with as many activities on the same server.
func activations(ctx context.Context, binary string, users int) ([]row, error) {
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
	time.Sleep(3 * time.Second) // at rest
	rest, err := h.memory()
	if err != nil {
		return nil, err
	}
	rows := []row{
		{"start → ready, first start", ms(h.readyAfter), "≤ 3 s"},
		{"memory at rest", fmt.Sprintf("%d MiB", rest), "≤ 350 MiB"},
	}
	mails, err := h.createToMail(ctx)
	if err != nil {
		return nil, err
	}
	rows = append(rows, row{"create → mail, p50 / p99", ms(percentile(mails, 0.5)) + " / " + ms(percentile(mails, 0.99)), "–"})
	rates, err := h.rates(ctx, users)
	if err != nil {
		return nil, err
	}
	rows = append(rows, rates...)
	drained, err := h.stop()
	if err != nil {
		return nil, err
	}
	return append(rows, row{"drain and stop", ms(drained), "≤ 5 s"}), nil
}

// createToMail orders users one by one, each with its activation, and waits for
// the mail to lie in the inbox.
func (h *house) createToMail(ctx context.Context) ([]time.Duration, error) {
	firm, err := h.company(ctx, "unifyoffice", "+4930231240000", "+4930231240199", mailsMeasured)
	if err != nil {
		return nil, err
	}
	waits := make([]time.Duration, 0, mailsMeasured)
	for n := range mailsMeasured {
		address := fmt.Sprintf("mail%d@example.com", n)
		begun := time.Now()
		err := h.call(ctx, "POST", "/v1/companies/"+firm+"/users", object{
			"firstName": "Mail", "lastName": "Waits", "email": address, "number": fmt.Sprintf("+4930231240%03d", n), "activate": true,
		}, nil)
		if err != nil {
			return nil, err
		}
		for {
			var found []struct{ To string }
			if err := h.call(ctx, "GET", "/dev/messages?to="+url.QueryEscape(address), nil, &found); err != nil {
				return nil, err
			}
			if len(found) > 0 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		waits = append(waits, time.Since(begun))
	}
	return waits, nil
}

// rates measures activated users and bare workflows in turn.
func (h *house) rates(ctx context.Context, users int) ([]row, error) {
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
	var ours, bare, ratio []float64
	for round := range rounds {
		b, err := floor.round(ctx, round, users)
		if err != nil {
			return nil, err
		}
		o, err := h.round(ctx, round, users)
		if err != nil {
			return nil, err
		}
		ours, bare, ratio = append(ours, o), append(bare, b), append(ratio, o/b)
	}
	return []row{
		{"users ordered and activated per second (onenet)", fmt.Sprintf("%.0f/s", median(ours)), "–"},
		{"floor: bare Temporal workflows with as many activities", fmt.Sprintf("%.0f/s", median(bare)), "–"},
		{"share of the floor, median of " + fmt.Sprint(rounds) + " rounds", fmt.Sprintf("%.2f", median(ratio)), "≥ 0.8"},
	}, nil
}

// round orders and activates users of a company of its own.
func (h *house) round(ctx context.Context, round, users int) (perSecond float64, err error) {
	from := 493023100000 + round*1000
	firm, err := h.company(ctx, "onenet", fmt.Sprintf("+%d", from), fmt.Sprintf("+%d", from+users-1), users)
	if err != nil {
		return 0, err
	}
	return h.activated(ctx, firm, from, users)
}

// activated orders users of a company, many at once, waits until all of them are
// activated, and gives how many that were per second.
func (h *house) activated(ctx context.Context, firm string, from, users int) (perSecond float64, err error) {
	begun := time.Now()
	if err := h.order(ctx, firm, users, func(n int) object {
		return object{"firstName": "Round", "lastName": fmt.Sprint(n), "number": fmt.Sprintf("+%d", from+n)}
	}); err != nil {
		return 0, err
	}
	for {
		waiting := struct{ Items []struct{ ID string } }{}
		if err := h.call(ctx, "GET", "/v1/users?limit=1&state=pending&company="+firm, nil, &waiting); err != nil {
			return 0, err
		}
		if len(waiting.Items) == 0 {
			return float64(users) / time.Since(begun).Seconds(), nil
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// order orders users of a company, many at once.
func (h *house) order(ctx context.Context, firm string, users int, person func(n int) object) error {
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for n := range users {
		group.Go(func() error { return h.call(running, "POST", "/v1/companies/"+firm+"/users", person(n), nil) })
	}
	return group.Wait()
}

func (h *house) company(ctx context.Context, policy, from, to string, licences int) (string, error) {
	var made struct{ ID string }
	err := h.call(ctx, "POST", "/v1/companies", object{
		"name": "Bench " + policy + from, "policy": policy, "language": "en", "country": "DE",
		"numbers": []object{{"from": from, "to": to}}, "licences": []object{{"kind": "standard", "count": licences}},
	}, &made)
	return made.ID, err
}
