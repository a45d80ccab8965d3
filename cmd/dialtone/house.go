package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"dialtone/deploy/policies"
	"dialtone/domain/policy"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/projections"
)

// house is what every role stands on: the event store, the keys and the read models.
type house struct {
	config  Config
	log     *slog.Logger
	store   eventstore.Store
	keys    *sqlstore.Keys
	journal *eventstore.Journal
	views   *projections.Views
	secrets map[string][]byte
	closers []func() error
}

// The names of the server's secrets in the key store.
const (
	secretClaims   = "claims" // never rotates: claims are found by it
	secretLinks    = "links-1"
	secretDevices  = "devices-1"
	secretSessions = "sessions-1"
	secretNonces   = "sip-nonces-1"
	secretSnapshot = "sip-snapshot-1"
)

// build opens what every role needs, from the ground up.
func build(ctx context.Context, c Config, log *slog.Logger) (_ *house, err error) {
	h := &house{config: c, log: log, secrets: map[string][]byte{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := h.openKeys(ctx); err != nil {
		return nil, err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Config{Path: sqliteFile(c.EventStore), Clock: time.Now, Log: log})
	if err != nil {
		return nil, fmt.Errorf("open the event store: %w", err)
	}
	h.store, h.closers = store, append(h.closers, store.Close)
	codec, err := eventstore.NewCodec(h.keys, wire.Events()...)
	if err != nil {
		return nil, err
	}
	h.journal = eventstore.NewJournal(store, codec, time.Now)
	h.views, err = projections.Open(ctx, projections.Config{DSN: c.Database, Log: log, Clock: time.Now})
	if err != nil {
		return nil, fmt.Errorf("open the read models: %w", err)
	}
	h.closers = append(h.closers, h.views.Close)
	return h, nil
}

func (h *house) openKeys(ctx context.Context) error {
	master, err := masterKey(h.config.MasterKey)
	if err != nil {
		return err
	}
	h.keys, err = sqlstore.OpenKeys(ctx, sqliteFile(h.config.Keys), master, rand.Reader)
	if err != nil {
		return fmt.Errorf("open the key store: %w", err)
	}
	h.closers = append(h.closers, h.keys.Close)
	for _, name := range []string{secretClaims, secretLinks, secretDevices, secretSessions, secretNonces, secretSnapshot} {
		if h.secrets[name], err = h.keys.Secret(ctx, name); err != nil {
			return fmt.Errorf("read the server's secret %s: %w", name, err)
		}
	}
	return nil
}

// close closes in the opposite order.
func (h *house) close() error {
	var problems []error
	for _, closer := range slices.Backward(h.closers) {
		problems = append(problems, closer())
	}
	h.closers = nil
	return errors.Join(problems...)
}

// rules reads the operators' policies.
func rules(c Config) (map[string]policy.Policy, error) {
	if c.Policies == "" {
		return policies.Presets()
	}
	return policies.Read(os.DirFS(c.Policies))
}

// lockData makes sure that one process at a time runs on a data folder.
func lockData(folder string) (release func() error, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another dialtone runs on %s; stop it first or choose another --data", folder), f.Close())
	}
	return f.Close, nil // the lock ends with the file, and with the process
}

func sqliteFile(dsn string) string { return strings.TrimPrefix(dsn, "sqlite:") }

// needFiles refuses to make an empty store where somebody wants to look at one.
func needFiles(dsns ...string) error {
	for _, dsn := range dsns {
		if _, err := os.Stat(sqliteFile(dsn)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no %s; name the folder with --data", sqliteFile(dsn))
		}
	}
	return nil
}
