package sip_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections/routing"
	"dialtone/workers/sip"
)

const realm = "dialtone.test"

// house is a worker with everything around it: a table that is folded from
// facts, and rows in a file.
type house struct {
	t        *testing.T
	table    atomic.Pointer[routing.Table]
	position eventstore.Position
	rows     *sip.Rows
	worker   *sip.Worker
	trunk    string
	limits   sip.Limits
	address  string
}

func newHouse(t *testing.T, options ...func(*house)) *house {
	t.Helper()
	h := &house{t: t, address: "127.0.0.1:0"}
	h.table.Store(&routing.Table{})
	h.tell(company.Stream("c1"), company.Created{ID: "c1", Name: "Acme", Language: "de", Country: "DE"})
	h.rows = sip.NewRows(database(t))
	for _, option := range options {
		option(h)
	}
	h.start()
	t.Cleanup(h.end)
	return h
}

func database(t *testing.T) *bun.DB {
	t.Helper()
	raw, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "rows.db"))
	if err != nil {
		t.Fatal(err)
	}
	raw.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = raw.Close() })
	_, err = raw.Exec(`CREATE TABLE registrations (username TEXT, contact TEXT, call_id TEXT, cseq INTEGER, expires INTEGER,
		received TEXT, transport TEXT, path TEXT, instance TEXT, updated INTEGER, PRIMARY KEY (username, contact))`)
	if err != nil {
		t.Fatal(err)
	}
	return bun.NewDB(raw, sqlitedialect.New())
}

func (h *house) start() {
	h.t.Helper()
	if err := h.try(h.t); err != nil {
		h.t.Fatal(err)
	}
}

// try starts a worker.
func (h *house) try(t *testing.T) error {
	worker, err := sip.New(sip.Config{
		Address: h.address, Domain: realm, Trunk: h.trunk, Table: h.table.Load, Registrations: h.rows, NonceKey: make([]byte, 32),
		Clock: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Random: rand.Reader, Limits: h.limits,
	})
	if err != nil {
		return err
	}
	if err := worker.Start(context.Background()); err != nil {
		return err
	}
	h.worker, h.address = worker, worker.Addr()
	return nil
}

func (h *house) end() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := h.worker.Stop(ctx); err != nil {
		h.t.Error(err)
	}
}

// tell applies a fact.
func (h *house) tell(stream string, events ...domain.Event) {
	for _, event := range events {
		h.position++
		next := routing.Apply(*h.table.Load(), domain.Fact{
			Event: event, ID: fmt.Sprint(h.position), Stream: stream, At: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC),
		}, h.position)
		h.table.Store(&next)
	}
}

// user makes an activated user with a number, an extension and a login.
func (h *house) user(name, number, extension string) {
	h.pending(name, number, extension)
	h.tell(user.Stream(name), user.StepDone{Step: policy.StepLine}, user.Activated{})
}

// pending makes a user whose activation has been started and not finished.
func (h *house) pending(name, number, extension string) {
	h.tell(user.Stream(name), user.Created{ID: name, Company: "c1", Language: "de", Number: domain.E164(number), Extension: extension})
	h.issue(name, name)
	h.tell(user.Stream(name), user.ActivationStarted{Steps: []string{policy.StepLine, policy.StepLink}})
}

// issue gives a user a login.
func (h *house) issue(id, name string) {
	login := user.DeviceLogin{HA1: user.HA1(name, realm, secret(name))}
	h.tell(user.Stream(id), user.DeviceLoginIssued{Username: name, Realm: realm, Personal: &login})
}

// secret is the password of a login.
func secret(name string) string { return name + "-secret" }
