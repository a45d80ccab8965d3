package routing

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dialtone/eventstore"
)

// snapshotMagic begins a snapshot file and names its version; another version
// is as good as no file.
const snapshotMagic = "dialtone routing 2\n"

// snapshot is a table on disk. Of deleted users it holds what they need to be
// restored, which has no number, no login and no secret.
type snapshot struct {
	Position  eventstore.Position
	LastEvent string // id of the event at Position or, filtered, before it
	Users     []User
	Companies []Company
}

// Seal writes the table encrypted with AES-256-GCM under a 32-byte key.
func Seal(w io.Writer, t *Table, key []byte, random io.Reader) error {
	s := snapshot{Position: t.position, LastEvent: t.lastEvent}
	for _, u := range t.users.all() {
		s.Users = append(s.Users, *u)
	}
	for _, c := range t.companies.all() {
		s.Companies = append(s.Companies, *c)
	}
	var plain bytes.Buffer
	if err := gob.NewEncoder(&plain).Encode(s); err != nil {
		return fmt.Errorf("encode the routing snapshot: %w", err)
	}
	box, err := newBox(key)
	if err != nil {
		return err
	}
	nonce := make([]byte, box.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return fmt.Errorf("draw a nonce for the routing snapshot: %w", err)
	}
	sealed := box.Seal(nonce, nonce, plain.Bytes(), []byte(snapshotMagic))
	if _, err := w.Write(append([]byte(snapshotMagic), sealed...)); err != nil {
		return fmt.Errorf("write the routing snapshot: %w", err)
	}
	return nil
}

// Open reads what Seal has written; anything else is an error.
func Open(raw, key []byte) (Table, error) {
	sealed, ok := bytes.CutPrefix(raw, []byte(snapshotMagic))
	if !ok {
		return Table{}, fmt.Errorf("open the routing snapshot: it is of another kind or version")
	}
	box, err := newBox(key)
	if err != nil {
		return Table{}, err
	}
	if len(sealed) < box.NonceSize() {
		return Table{}, fmt.Errorf("open the routing snapshot: it is cut short")
	}
	plain, err := box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], []byte(snapshotMagic))
	if err != nil {
		return Table{}, fmt.Errorf("open the routing snapshot: %w", err)
	}
	var s snapshot
	if err := gob.NewDecoder(bytes.NewReader(plain)).Decode(&s); err != nil {
		return Table{}, fmt.Errorf("open the routing snapshot: %w", err)
	}
	return s.table(), nil
}

func (s snapshot) table() Table {
	t := Table{position: s.Position, lastEvent: s.LastEvent}
	for i := range s.Companies {
		c := &s.Companies[i]
		t.companies = t.companies.with(c.ID, c)
		for _, b := range c.Blocks {
			t.blocks = withBlock(t.blocks, b)
		}
	}
	for i := range s.Users {
		t = t.replace(&User{}, &s.Users[i])
	}
	return t
}

func newBox(key []byte) (cipher.AEAD, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("the key of the routing snapshot has %d bytes, not 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher for the routing snapshot: %w", err)
	}
	return cipher.NewGCM(block)
}

// load starts from the snapshot if there is one of this very log, and from
// nothing otherwise.
func (f *Follower) load(ctx context.Context) {
	if f.config.Snapshot == "" {
		return
	}
	raw, err := os.ReadFile(f.config.Snapshot)
	if os.IsNotExist(err) {
		return
	}
	var t Table
	if err == nil {
		t, err = Open(raw, f.config.Key)
	}
	if err == nil {
		err = f.belongs(ctx, &t)
	}
	if err != nil {
		f.config.Log.Warn("the routing snapshot is of no use; all facts are read instead", "error", err)
		return
	}
	f.table.Store(&t)
	f.savedAt = t.position
}

// belongs checks that the log holds the snapshot's last event where the
// snapshot says it is.
func (f *Follower) belongs(ctx context.Context, t *Table) error {
	events := f.config.Store.ReadAll(ctx, t.position, eventstore.Backwards, 1, userStreams, companyStreams)
	for event, err := range events {
		if err != nil {
			return fmt.Errorf("look for the snapshot's last event: %w", err)
		}
		if event.ID == t.lastEvent && event.Position <= t.position {
			return nil
		}
	}
	return fmt.Errorf("the log does not hold the snapshot's last event")
}

// save writes the snapshot beside the old one and puts it in its place. A
// table with unread facts is not written: a later version may read them.
func (f *Follower) save(t *Table) {
	if f.config.Snapshot == "" || t.stale > 0 || t.lastEvent == "" || t.position == f.savedAt {
		return
	}
	if err := f.write(t); err != nil {
		f.config.Log.Warn("the routing snapshot was not written", "error", err)
		return
	}
	f.savedAt = t.position
}

func (f *Follower) write(t *Table) error {
	file, err := os.CreateTemp(filepath.Dir(f.config.Snapshot), ".routing-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // gone already when all went well
	if err := Seal(file, t, f.config.Key, f.config.Random); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Sync(); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), f.config.Snapshot)
}
