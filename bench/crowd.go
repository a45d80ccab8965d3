package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

const (
	crowdBlock   = 493026000000
	crowdTellers = 64
	crowdAsked   = 1000 // questions of each kind
	crowdRare    = 100  // one of so many users is not activated
)

// crowd measures what is asked of a company of many users, through the API and
// beside it by a bare SELECT of the same rows.
func crowd(ctx context.Context, binary string, users int) ([]row, error) {
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
	firm, err := h.company(ctx, "onenet", fmt.Sprintf("+%d", crowdBlock-100), fmt.Sprintf("+%d", crowdBlock-1), 1)
	if err != nil {
		return nil, err
	}
	if _, err := h.stop(); err != nil {
		return nil, err
	}
	if err := tellCrowd(ctx, folder, firm, users); err != nil {
		return nil, err
	}
	if h, err = startHouse(ctx, binary, folder); err != nil {
		return nil, err
	}
	if err := h.awaitCrowd(ctx, firm, users); err != nil {
		return nil, err
	}
	rows, err := h.askCrowd(ctx, folder, firm, users)
	if err != nil {
		return nil, err
	}
	_, err = h.stop()
	return rows, err
}

func crowdID(n int) string { return domain.DeriveID("crowd", fmt.Sprint(n)) }

func crowdNumber(n int) domain.E164 { return domain.E164(fmt.Sprintf("+%d", crowdBlock+n)) }

// tellCrowd writes the facts of users and of their numbers into a house that
// does not run. No workflow follows them.
func tellCrowd(ctx context.Context, folder, firm string, users int) error {
	raw, err := os.ReadFile(filepath.Join(folder, "master.key"))
	if err != nil {
		return err
	}
	master, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil {
		return err
	}
	keys, err := sqlstore.OpenKeys(ctx, "sqlite:"+filepath.Join(folder, "keys.db"), master, rand.Reader)
	if err != nil {
		return err
	}
	defer keys.Close()
	store, err := openFile(ctx, filepath.Join(folder, "events.db"))
	if err != nil {
		return err
	}
	defer store.Close()
	codec, err := eventstore.NewCodec(keys, wire.Events()...)
	if err != nil {
		return err
	}
	journal := eventstore.NewJournal(store, codec, time.Now)
	group, telling := errgroup.WithContext(ctx)
	group.SetLimit(crowdTellers)
	for n := range users {
		group.Go(func() error { return tellOne(telling, journal, firm, n) })
	}
	return group.Wait()
}

func tellOne(ctx context.Context, journal *eventstore.Journal, firm string, n int) error {
	id, line, now := crowdID(n), crowdNumber(n), time.Now()
	created := user.Created{
		ID: id, Company: firm, Language: "en", Number: line, Extension: line.Last(4), Claims: user.Claims{Number: number.Stream(line)},
		Personal: &user.Person{FirstName: "Crowd", LastName: fmt.Sprint(n), Email: fmt.Sprintf("crowd%d@example.com", n)},
	}
	own := []domain.Event{created}
	if n%crowdRare != 0 {
		own = append(own, user.ActivationStarted{Steps: []string{"line"}}, user.StepDone{Step: "line"}, user.Activated{})
	}
	for stream, events := range map[string][]domain.Event{
		number.Stream(line): {
			number.Connected{Company: firm, Deadline: now}, number.Assigned{Company: firm, User: id, Taking: id, Deadline: now}, number.Confirmed{User: id},
		},
		user.Stream(id): own,
	} {
		cause := domain.Cause{
			Command: domain.DeriveID("crowd", stream), Actor: domain.Actor{Kind: domain.ActorSystem, ID: "bench"}, Channel: domain.ChannelWorkflow, At: now,
		}
		if _, err := journal.Execute(ctx, stream, cause, func([]domain.Fact) ([]domain.Event, error) { return events, nil }); err != nil {
			return err
		}
	}
	return nil
}

// awaitCrowd waits until the read models know the last of the users.
func (h *house) awaitCrowd(ctx context.Context, firm string, users int) error {
	for begun := time.Now(); ; time.Sleep(time.Second) {
		known := 0
		for n := users - crowdTellers; n < users; n++ {
			if h.call(ctx, "GET", "/v1/users/"+crowdID(n), nil, nil) == nil {
				known++
			}
		}
		if known == crowdTellers {
			return h.call(ctx, "GET", "/v1/users?limit=1&company="+firm, nil, nil)
		}
		if time.Since(begun) > 10*time.Minute {
			return errors.New("the read models do not come to the end of the facts")
		}
	}
}

// asked is one kind of question: what the API is asked, and the bare SELECT.
type asked struct {
	what string
	path func(n int) string
	bare func(n int) *sql.Rows
}

func (h *house) askCrowd(ctx context.Context, folder, firm string, users int) ([]row, error) {
	views, err := bareReading(filepath.Join(folder, "projections.db"))
	if err != nil {
		return nil, err
	}
	defer views.Close()
	events, err := bareReading(filepath.Join(folder, "events.db"))
	if err != nil {
		return nil, err
	}
	defer events.Close()
	selects := func(db *sql.DB, query string, args func(n int) []any) func(n int) *sql.Rows {
		return func(n int) *sql.Rows {
			rows, err := db.QueryContext(ctx, query, args(n)...)
			if err != nil {
				return nil
			}
			return rows
		}
	}
	page := "SELECT * FROM users WHERE company = ? AND state = ? ORDER BY born LIMIT 51"
	kinds := []asked{
		{
			"a user", func(n int) string { return "/v1/users/" + crowdID(n) },
			selects(views, "SELECT * FROM users WHERE id = ?", func(n int) []any { return []any{crowdID(n)} }),
		},
		{
			"a page of 50 of its users", func(int) string { return "/v1/users?limit=50&state=activated&company=" + firm },
			selects(views, page, func(int) []any { return []any{firm, "activated"} }),
		},
		{
			"a page of 50 of the hundredth part that waits", func(int) string { return "/v1/users?limit=50&state=pending&company=" + firm },
			selects(views, page, func(int) []any { return []any{firm, "pending"} }),
		},
		{
			"one found by a word", func(n int) string { return fmt.Sprintf("/v1/users?limit=50&q=crowd%d@&company=%s", n, firm) },
			selects(views, "SELECT * FROM users WHERE company = ? AND search LIKE ?", func(n int) []any { return []any{firm, fmt.Sprintf("%%crowd%d@%%", n)} }),
		},
		{
			"whose a number was", func(n int) string {
				return "/v1/numbers/" + url.PathEscape(string(crowdNumber(n))) + "/owners?at=" + url.QueryEscape(time.Now().UTC().Format(time.RFC3339Nano))
			},
			selects(events, "SELECT * FROM events WHERE stream IN (?, ?, ?)", func(n int) []any {
				return []any{number.Stream(crowdNumber(n)), user.Stream(crowdID(n)), "company-" + firm}
			}),
		},
	}
	var rows []row
	for _, kind := range kinds {
		api, bare, err := h.ask(ctx, kind, users)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{
			fmt.Sprintf("%s, of %d, p50 / p99", kind.what, users), ms(percentile(api, 0.5)) + " / " + ms(percentile(api, 0.99)), "p99 ≤ 20 ms",
		}, row{
			"the same rows by a bare SELECT, p50 / p99", ms(percentile(bare, 0.5)) + " / " + ms(percentile(bare, 0.99)), "–",
		})
	}
	return rows, nil
}

// ask asks both ways in turn, about users all over the crowd.
func (h *house) ask(ctx context.Context, kind asked, users int) (api, bare []time.Duration, err error) {
	for n := range crowdAsked {
		about := n * 7919 % users
		begun := time.Now()
		if err := h.call(ctx, "GET", kind.path(about), nil, nil); err != nil {
			return nil, nil, err
		}
		api = append(api, time.Since(begun))
		begun = time.Now()
		found, err := drain(kind.bare(about))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", kind.what, err)
		}
		if bare = append(bare, time.Since(begun)); found == 0 {
			return nil, nil, fmt.Errorf("%s: no rows", kind.what)
		}
	}
	return api, bare, nil
}

// drain reads every column of every row.
func drain(rows *sql.Rows) (found int, err error) {
	if rows == nil {
		return 0, errors.New("the query was refused")
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(sql.RawBytes)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return found, err
		}
		found++
	}
	return found, rows.Err()
}

// bareReading opens a file of the house beside it, to read only.
func bareReading(file string) (*sql.DB, error) {
	query := url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)", "cache_size(-8192)", "busy_timeout(5000)"}}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+query.Encode())
}
