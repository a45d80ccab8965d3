package sqlstore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
)

//go:embed keys.sql
var keysSchema string

const (
	selectKey    = `select wrapped from subject_keys where subject = $1`
	insertKey    = `insert into subject_keys (subject, wrapped) values ($1, $2) on conflict (subject) do nothing`
	selectSecret = `select wrapped from secrets where name = $1`
	insertSecret = `insert into secrets (name, wrapped) values ($1, $2) on conflict (name) do nothing`
)

// forgetAfter is how long a key that another process destroyed may be used.
const forgetAfter = 100 * time.Millisecond

// checkName is the secret by which a wrong master key is noticed.
const checkName = "master-key-check"

// Keys keeps the data keys of persons, and the server's own secrets, in a
// SQLite file or a PostgreSQL database apart from the events. They are wrapped
// with AES-256-GCM under the master key, which is not there.
type Keys struct {
	keyDatabase
	wrap     wrapping
	random   io.Reader
	known    *keyCache
	shutdown func() error
}

var _ eventstore.Keys = (*Keys)(nil)

// OpenKeys opens or makes a key store: "sqlite:FILE" or just the file, or
// "postgres://…". The master key has 32 bytes; random gives key material and
// nonces and is read by several goroutines. A store that was made with another
// master key is a fault of kind Invalid.
func OpenKeys(ctx context.Context, dsn string, master []byte, random io.Reader) (*Keys, error) {
	wrap, err := newWrapping(master)
	if err != nil {
		return nil, err
	}
	var opened keyDatabase
	if isPostgres(dsn) {
		opened, err = openKeyTables(ctx, dsn)
	} else {
		opened, err = openKeyFile(ctx, strings.TrimPrefix(dsn, "sqlite:"))
	}
	if err != nil {
		return nil, err
	}
	k := &Keys{keyDatabase: opened, wrap: wrap, random: random, known: newKeyCache()}
	if err := k.check(ctx); err != nil {
		return nil, errors.Join(err, opened.close())
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	k.shutdown = sync.OnceValue(func() error {
		close(stop)
		<-stopped
		return opened.close()
	})
	go k.watch(context.WithoutCancel(ctx), stop, stopped)
	return k, nil
}

// check needs the master key to be that of before.
func (k *Keys) check(ctx context.Context) error {
	_, err := k.Secret(ctx, checkName)
	if errors.Is(err, errUnwrap) {
		return domain.Faultf(domain.Invalid, "master-key", "the master key is not the one this key store was made with")
	}
	return err
}

// watch forgets the keys in memory when another process may have destroyed one
// of them.
func (k *Keys) watch(ctx context.Context, stop <-chan struct{}, stopped chan<- struct{}) {
	defer close(stopped)
	ticker := time.NewTicker(forgetAfter)
	defer ticker.Stop()
	for last := int64(-1); ; {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		asking, enough := context.WithTimeout(ctx, time.Second)
		version, err := k.version(asking)
		enough()
		if err != nil || version != last {
			k.known.forget()
		}
		last = version
	}
}

// Close closes the store. Closing twice is closing once.
func (k *Keys) Close() error { return k.shutdown() }

// Subject gives a subject's 32-byte data key; ErrErased when it was destroyed,
// ErrNoKey when there never was one.
func (k *Keys) Subject(ctx context.Context, subject string) ([]byte, error) {
	if key, ok := k.known.get(subject); ok {
		return key, nil
	}
	era := k.known.era()
	var wrapped []byte
	err := k.patience(ctx, func() error {
		return k.db.QueryRowContext(ctx, selectKey, subject).Scan(&wrapped)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, eventstore.ErrNoKey
	case err != nil:
		return nil, fmt.Errorf("read a data key: %w", err)
	case wrapped == nil:
		return nil, eventstore.ErrErased
	}
	key, err := k.wrap.open("subject", subject, wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap a data key: %w", err)
	}
	k.known.put(era, subject, key)
	return key, nil
}

// EnsureSubject gives a subject's data key and makes it where there was none;
// ErrErased when it was destroyed. Of two that make it at once, both get one.
func (k *Keys) EnsureSubject(ctx context.Context, subject string) ([]byte, error) {
	key, err := k.Subject(ctx, subject)
	if !errors.Is(err, eventstore.ErrNoKey) {
		return key, err
	}
	if err := k.create(ctx, insertKey, "subject", subject); err != nil {
		return nil, err
	}
	return k.Subject(ctx, subject)
}

// Destroy overwrites a subject's data key for good and keeps the fact and time
// of it; no key can be made for the subject again. Destroying twice is once.
func (k *Keys) Destroy(ctx context.Context, subject string, at time.Time) error {
	defer k.known.drop(subject)
	err := k.patience(ctx, func() error {
		_, err := k.db.ExecContext(ctx, k.destroyKey, subject, at.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("destroy a data key: %w", err)
	}
	err = k.patience(ctx, func() error { return k.overwrite(ctx) })
	if err != nil {
		return fmt.Errorf("overwrite a destroyed data key: %w", err)
	}
	return nil
}

// Secret gives the server's 32-byte secret of a name, made at its first use.
func (k *Keys) Secret(ctx context.Context, name string) ([]byte, error) {
	var wrapped []byte
	read := func() error { return k.db.QueryRowContext(ctx, selectSecret, name).Scan(&wrapped) }
	err := k.patience(ctx, read)
	if errors.Is(err, sql.ErrNoRows) {
		if err := k.create(ctx, insertSecret, "secret", name); err != nil {
			return nil, err
		}
		err = k.patience(ctx, read)
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret %s: %w", name, err)
	}
	secret, err := k.wrap.open("secret", name, wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap the secret %s: %w", name, err)
	}
	return secret, nil
}

// create writes a new wrapped key unless there is one.
func (k *Keys) create(ctx context.Context, query, kind, name string) error {
	key := make([]byte, keyBytes)
	if _, err := io.ReadFull(k.random, key); err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	wrapped, err := k.wrap.seal(k.random, kind, name, key)
	if err != nil {
		return err
	}
	err = k.patience(ctx, func() error {
		_, err := k.db.ExecContext(ctx, query, name, wrapped)
		return err
	})
	if err != nil {
		return fmt.Errorf("write a new key: %w", err)
	}
	return nil
}
