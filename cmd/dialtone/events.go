package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/sqlstore"
)

// eventStores are the kinds of stores that --eventstore names, by the scheme.
type eventStores int

// The kinds.
const (
	unknownEvents eventStores = iota
	sqliteEvents
	postgresEvents
	remoteEvents // EventStoreDB's protocol
)

// eventsAt gives the kind of a store.
func eventsAt(dsn string) eventStores {
	scheme, rest, _ := strings.Cut(dsn, ":")
	if scheme == "sqlite" && rest != "" {
		return sqliteEvents
	}
	scheme, _, _ = strings.Cut(strings.ToLower(scheme), "+")
	switch {
	case slices.Contains([]string{"postgres", "postgresql"}, scheme):
		return postgresEvents
	case slices.Contains([]string{"esdb", "kurrentdb", "kurrent", "kdb"}, scheme):
		return remoteEvents
	}
	return unknownEvents
}

// checkEvents tells what is wrong with the address of the event store.
func checkEvents(dsn string) error {
	var err error
	switch eventsAt(dsn) {
	case sqliteEvents:
	case postgresEvents:
		_, err = pgconn.ParseConfig(dsn)
	case remoteEvents:
		_, err = kurrent.Parse(dsn)
	default:
		err = errors.New("it is sqlite:FILE, postgres://…, esdb://…, esdb+discover://… or kurrentdb://…")
	}
	if err != nil {
		return fmt.Errorf("--eventstore: %w", err)
	}
	return nil
}

// openStore opens the event store of the configuration.
func openStore(ctx context.Context, c Config, log *slog.Logger) (eventstore.Store, error) {
	log = log.With("part", "events")
	var store eventstore.Store
	var err error
	if eventsAt(c.EventStore) == remoteEvents {
		store, err = kurrent.Open(ctx, kurrent.Config{DSN: c.EventStore, Clock: time.Now, NewID: uuid.NewString, Shuffle: rand.Shuffle, Log: log})
	} else {
		store, err = sqlstore.Open(ctx, sqlstore.Config{DSN: c.EventStore, Clock: time.Now, Log: log})
	}
	if err != nil {
		return nil, fmt.Errorf("open the event store: %w", err)
	}
	return store, nil
}

// shownEvents gives the address of the event store without what must not be
// seen: passwords stand between "//" and "@".
func shownEvents(dsn string) string {
	scheme, rest, found := strings.Cut(dsn, "://")
	if !found {
		return dsn
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = rest[at+1:]
	}
	rest, _, _ = strings.Cut(rest, "?")
	if _, err := url.Parse(scheme + "://" + rest); err != nil { // a comma list of hosts is one all the same
		return scheme + "://…"
	}
	return scheme + "://" + rest
}
