package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/server"
	"dialtone/eventstore/sqlstore"
)

// tempStore opens an event store in a folder of its own, which done removes.
func tempStore(ctx context.Context) (store *sqlstore.Store, folder string, done func(), err error) {
	if folder, err = os.MkdirTemp("", "dialtone-bench"); err != nil {
		return nil, "", nil, err
	}
	store, err = openFile(ctx, filepath.Join(folder, "events.db"))
	if err != nil {
		os.RemoveAll(folder)
		return nil, "", nil, err
	}
	return store, folder, func() { store.Close(); os.RemoveAll(folder) }, nil
}

func openFile(ctx context.Context, path string) (*sqlstore.Store, error) {
	return sqlstore.Open(ctx, sqlstore.Config{DSN: "sqlite:" + path, Clock: time.Now})
}

// remote gives a store through the protocol's server and client, over a loopback
// connection; done stops both and leaves the store open.
func remote(ctx context.Context, store eventstore.Store) (client *kurrent.Store, done func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.DiscardHandler)
	served, err := server.New(server.Config{Store: store, Clock: time.Now, NewID: uuid.NewString, Log: log, Advertise: listener.Addr().String()})
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	go func() { _ = served.Serve(listener) }()
	client, err = kurrent.Open(ctx, kurrent.Config{
		DSN: fmt.Sprintf("esdb://%s?tls=false", listener.Addr()), Clock: time.Now, NewID: uuid.NewString, Log: log,
	})
	if err != nil {
		return nil, nil, errors.Join(err, served.Stop(ctx))
	}
	return client, func() { client.Close(); _ = served.Stop(ctx) }, nil
}
