package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/projections/routing"
)

const (
	writers       = 50
	eachWrites    = 2000
	routedUsers   = 2000
	routedChanges = 1000
)

// tempStore opens an event store in a folder of its own, which done removes.
func tempStore(ctx context.Context) (store *sqlstore.Store, folder string, done func(), err error) {
	if folder, err = os.MkdirTemp("", "dialtone-bench"); err != nil {
		return nil, "", nil, err
	}
	store, err = sqlstore.Open(ctx, sqlstore.Config{Path: filepath.Join(folder, "events.db"), Clock: time.Now})
	if err != nil {
		os.RemoveAll(folder)
		return nil, "", nil, err
	}
	return store, folder, func() { store.Close(); os.RemoveAll(folder) }, nil
}

// appends measures 50 writers, each with a stream of its own at exact revisions.
func appends(ctx context.Context) ([]row, error) {
	store, _, done, err := tempStore(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	data := fmt.Appendf(nil, `{"text":%q}`, rand.Text()+rand.Text()+rand.Text()+rand.Text())
	waits := make([][]time.Duration, writers)
	errs := make(chan error, writers)
	start := time.Now()
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			stream, expected := "bench-"+uuid.NewString(), eventstore.NoStream
			for range eachWrites {
				begun := time.Now()
				at, err := store.Append(ctx, stream, expected, eventstore.Proposed{ID: uuid.NewString(), Type: "bench.written.v1", Data: data, Meta: data})
				if err != nil {
					errs <- err
					return
				}
				waits[w] = append(waits[w], time.Since(begun))
				expected = eventstore.Exactly(at.Revision)
			}
		})
	}
	wait.Wait()
	took := time.Since(start)
	if len(errs) > 0 {
		return nil, fmt.Errorf("append: %w", <-errs)
	}
	var all []time.Duration
	for _, w := range waits {
		all = append(all, w...)
	}
	return []row{
		{"appends per second, 50 writers, SQLite, FULL sync", fmt.Sprintf("%.0f/s", float64(len(all))/took.Seconds()), "≥ 10,000/s, no BUSY"},
		{"the same, time of one append, p99", ms(percentile(all, 0.99)), "≤ 25 ms"},
	}, nil
}

// inForce measures from the answer to a command until the SIP worker's table
// holds it, with a table of 2,000 users.
func inForce(ctx context.Context) ([]row, error) {
	store, folder, done, err := tempStore(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	keys, err := sqlstore.OpenKeys(ctx, filepath.Join(folder, "keys.db"), make([]byte, 32), rand.Reader)
	if err != nil {
		return nil, err
	}
	defer keys.Close()
	codec, err := eventstore.NewCodec(keys, wire.Events()...)
	if err != nil {
		return nil, err
	}
	journal := eventstore.NewJournal(store, codec, time.Now)
	ids, err := people(ctx, journal)
	if err != nil {
		return nil, err
	}
	following, stop := context.WithCancel(ctx)
	defer stop()
	table := routing.NewFollower(routing.Config{
		Store: store, Decoder: codec, Key: make([]byte, 32), Random: rand.Reader, Clock: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	go func() { _ = table.Follow(following) }()
	<-table.Ready()
	waits := make([]time.Duration, 0, routedChanges)
	for n := range routedChanges {
		result, err := journal.Execute(ctx, user.Stream(ids[n%len(ids)]), newCause(), toggle)
		if err != nil {
			return nil, err
		}
		begun := time.Now()
		for table.Position() < result.Position {
			time.Sleep(20 * time.Microsecond)
		}
		waits = append(waits, time.Since(begun))
	}
	value := ms(percentile(waits, 0.5)) + " / " + ms(percentile(waits, 0.99))
	return []row{{"append → routing in force, p50 / p99", value, "p99 ≤ 50 ms"}}, nil
}

func toggle(history []domain.Fact) ([]domain.Event, error) {
	if user.Fold(history).Suspended {
		return user.Resume{}.Decide(history)
	}
	return user.Suspend{}.Decide(history)
}

func people(ctx context.Context, journal *eventstore.Journal) ([]string, error) {
	firm := company.State{ID: uuid.NewString(), Language: "en"}
	firm.Policy.FirstNameLength, firm.Policy.LastNameLength = 20, 20
	ids := make([]string, routedUsers)
	errs := make(chan error, routedUsers)
	slots := make(chan struct{}, writers)
	for n := range ids {
		slots <- struct{}{}
		ids[n] = uuid.NewString()
		go func() {
			defer func() { <-slots }()
			if _, err := journal.Execute(ctx, user.Stream(ids[n]), newCause(), user.Create{ID: ids[n], Company: firm, Person: user.Person{FirstName: "Bench", LastName: "User"}}.Decide); err != nil {
				errs <- err
			}
		}()
	}
	for range writers {
		slots <- struct{}{}
	}
	if len(errs) > 0 {
		return nil, <-errs
	}
	return ids, nil
}

func newCause() domain.Cause {
	return domain.Cause{Command: uuid.NewString(), Actor: domain.Actor{Kind: domain.ActorOperator}, Channel: domain.ChannelAPI}
}
