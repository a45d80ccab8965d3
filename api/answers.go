package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
)

// How long an answer is kept, and after which time a request that never ended,
// since its process did, may be taken over. Doing it again does nothing twice.
const (
	answersKept = 30 * 24 * time.Hour
	abandoned   = time.Minute
)

const (
	stateInFlight = "in-flight"
	stateAnswered = "answered"
)

// answers keeps the first answers to requests with an Idempotency-Key.
type answers struct {
	write *bun.DB
	now   func() time.Time
	newID func() string
	log   *slog.Logger
}

type answerRow struct {
	bun.BaseModel `bun:"table:idempotency,alias:i"`

	Scope       string      `bun:"scope,pk"` // caller and route
	Key         string      `bun:"key,pk"`
	Fingerprint string      `bun:"fingerprint"` // hex HMAC-SHA256 of what was sent
	State       string      `bun:"state"`
	Attempt     string      `bun:"attempt"` // who works on it: a request that is taken over has another
	Status      int         `bun:"status"`
	Header      http.Header `bun:"header,type:json"`
	Body        []byte      `bun:"body"`
	Created     time.Time   `bun:"created"`
	Expires     time.Time   `bun:"expires"`
}

// begin enters a request. Either it is the caller's to answer (mine) under the
// row that is given back, or that is the answer it has had.
func (a *answers) begin(ctx context.Context, entry answerRow) (row answerRow, mine bool, err error) {
	entry.State, entry.Attempt, entry.Created = stateInFlight, a.newID(), a.now()
	entry.Expires = entry.Created.Add(answersKept)
	err = a.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*answerRow)(nil)).Where("expires <= ?", entry.Created).Exec(ctx); err != nil {
			return fmt.Errorf("clear old answers: %w", err)
		}
		row = answerRow{Scope: entry.Scope, Key: entry.Key}
		err := tx.NewSelect().Model(&row).WherePK().Scan(ctx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return fmt.Errorf("look for an earlier answer: %w", err)
		case row.Fingerprint != entry.Fingerprint:
			return domain.Faultf(domain.Invalid, codeKeyReused, "this Idempotency-Key was sent with another request; use a new one")
		case row.State == stateAnswered:
			return nil
		case entry.Created.Sub(row.Created) < abandoned:
			return domain.Faultf(domain.Conflict, "in-flight", "the same request is being worked on; ask again in a moment")
		}
		row, mine = entry, true
		_, err = tx.NewInsert().Model(&entry).On("CONFLICT (scope, key) DO UPDATE").Exec(ctx)
		return err
	})
	return row, mine, err
}

// free lets everything that is being worked on be taken over at once. It is for
// the only process on a database, before it serves: whoever worked on it is gone.
func (a *answers) free(ctx context.Context) error {
	_, err := a.write.NewUpdate().Model((*answerRow)(nil)).Set("created = ?", time.Time{}).Where("state = ?", stateInFlight).Exec(ctx)
	return err
}

// keep writes an answer down, unless the request was taken over: the answer that
// counts is the other one's then.
func (a *answers) keep(ctx context.Context, entry answerRow) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	entry.State = stateAnswered
	_, err := a.write.NewUpdate().Model(&entry).Column("state", "status", "header", "body").WherePK().Where("attempt = ?", entry.Attempt).Exec(ctx)
	return err
}

// forget takes a request back that may be tried again, unless it was taken over.
// What cannot be taken back now is taken over later.
func (a *answers) forget(ctx context.Context, entry answerRow) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if _, err := a.write.NewDelete().Model(&entry).WherePK().Where("attempt = ?", entry.Attempt).Exec(ctx); err != nil {
		a.log.LogAttrs(ctx, slog.LevelWarn, "a request could not be taken back", slog.String("error", err.Error()))
	}
}

// outlive gives a context that a client who has gone does not end.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}
