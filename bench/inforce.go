package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"path/filepath"
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
	routedUsers   = 2000
	routedChanges = 1000
)

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
