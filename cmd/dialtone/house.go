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

// build opens what every role needs, from the ground up, and makes what is missing.
func build(ctx context.Context, c Config, log *slog.Logger) (*house, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	master, err := firstMasterKey(c.MasterKey, sqliteFile(c.Keys))
	if err != nil {
		return nil, err
	}
	h := &house{config: c, log: log, secrets: map[string][]byte{}}
	return h.open(ctx, master, h.openEvents, h.readSecrets, h.openViews)
}

// look opens a house that is there, to look at its facts; it makes nothing.
func look(ctx context.Context, c Config, log *slog.Logger) (*house, error) {
	if err := needFiles(c.EventStore, c.Keys); err != nil {
		return nil, err
	}
	master, err := masterKey(c.MasterKey)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no %s; name it with --master-key", c.MasterKey)
	}
	if err != nil {
		return nil, err
	}
	h := &house{config: c, log: log}
	return h.open(ctx, master, h.openEvents)
}

// lookAtViews opens a house that is there with its read models.
func lookAtViews(ctx context.Context, c Config, log *slog.Logger) (*house, error) {
	if err := needFiles(c.Database); err != nil {
		return nil, err
	}
	h, err := look(ctx, c, log)
	if err != nil {
		return nil, err
	}
	if err := h.openViews(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// open opens the keys and then one part after the other, or nothing.
func (h *house) open(ctx context.Context, master []byte, parts ...func(context.Context) error) (*house, error) {
	keys, err := sqlstore.OpenKeys(ctx, h.config.Keys, master, rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("open the key store: %w", err)
	}
	h.keys, h.closers = keys, append(h.closers, keys.Close)
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return nil, errors.Join(err, h.close())
		}
	}
	return h, nil
}

func (h *house) openEvents(ctx context.Context) error {
	store, err := openStore(ctx, h.config, h.log)
	if err != nil {
		return err
	}
	h.store, h.closers = store, append(h.closers, store.Close)
	codec, err := eventstore.NewCodec(h.keys, wire.Events()...)
	if err != nil {
		return err
	}
	h.journal = eventstore.NewJournal(store, codec, time.Now)
	return nil
}

func (h *house) openViews(ctx context.Context) (err error) {
	h.views, err = projections.Open(ctx, projections.Config{DSN: h.config.Database, Log: h.log, Clock: time.Now})
	if err != nil {
		return fmt.Errorf("open the read models: %w", err)
	}
	h.closers = append(h.closers, h.views.Close)
	return nil
}

// readSecrets reads the server's secrets, and makes them at the first start.
func (h *house) readSecrets(ctx context.Context) (err error) {
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

// needFiles refuses to make an empty store in a file where somebody wants to look
// at one.
func needFiles(dsns ...string) error {
	var problems []error
	for _, dsn := range dsns {
		if file, ok := strings.CutPrefix(dsn, "sqlite:"); ok && !isFile(file) {
			problems = append(problems, fmt.Errorf("there is no %s; name the folder with --data", file))
		}
	}
	return errors.Join(problems...)
}

// isFile tells whether something was ever written into a file.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}
