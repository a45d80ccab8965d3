package sip

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Rows keeps registrations in the table registrations.
type Rows struct{ db *bun.DB }

// NewRows makes Registrations over a database in which the table exists.
func NewRows(db *bun.DB) *Rows { return &Rows{db: db} }

// row is a Binding in the database; times are in microseconds since 1970, UTC.
type row struct {
	bun.BaseModel `bun:"table:registrations"`

	Username  string `bun:"username,pk"`
	Contact   string `bun:"contact,pk"`
	CallID    string `bun:"call_id"`
	CSeq      int64  `bun:"cseq"`
	Expires   int64  `bun:"expires"`
	Received  string `bun:"received"`
	Transport string `bun:"transport"`
	Path      string `bun:"path"`
	Instance  string `bun:"instance"`
	Updated   int64  `bun:"updated"`
}

// Replace removes contacts of a login and saves bindings in one transaction.
func (r *Rows) Replace(ctx context.Context, username string, remove []string, save []Binding) error {
	return r.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if len(remove) > 0 {
			_, err := tx.NewDelete().Model((*row)(nil)).Where("username = ?", username).Where("contact IN (?)", bun.List(remove)).Exec(ctx)
			if err != nil {
				return fmt.Errorf("remove registrations: %w", err)
			}
		}
		if len(save) == 0 {
			return nil
		}
		rows := make([]row, 0, len(save))
		for _, b := range save {
			rows = append(rows, row{
				Username: b.Username, Contact: b.Contact, CallID: b.CallID, CSeq: int64(b.CSeq), Expires: b.Expires.UnixMicro(),
				Received: b.Received, Transport: b.Transport, Path: b.Path, Instance: b.Instance, Updated: b.Updated.UnixMicro(),
			})
		}
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (username, contact) DO UPDATE").
			Set("call_id = EXCLUDED.call_id").Set("cseq = EXCLUDED.cseq").Set("expires = EXCLUDED.expires").
			Set("received = EXCLUDED.received").Set("transport = EXCLUDED.transport").Set("path = EXCLUDED.path").
			Set("instance = EXCLUDED.instance").Set("updated = EXCLUDED.updated").Exec(ctx)
		if err != nil {
			return fmt.Errorf("save registrations: %w", err)
		}
		return nil
	})
}

// Load gives all bindings, expired ones included.
func (r *Rows) Load(ctx context.Context) ([]Binding, error) {
	var rows []row
	if err := r.db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read registrations: %w", err)
	}
	all := make([]Binding, 0, len(rows))
	for _, x := range rows {
		all = append(all, Binding{
			Username: x.Username, Contact: x.Contact, CallID: x.CallID, CSeq: uint32(x.CSeq), //nolint:gosec // written from one
			Expires: time.UnixMicro(x.Expires).UTC(), Received: x.Received, Transport: x.Transport, Path: x.Path,
			Instance: x.Instance, Updated: time.UnixMicro(x.Updated).UTC(),
		})
	}
	return all, nil
}

// Sweep removes what expired before a moment.
func (r *Rows) Sweep(ctx context.Context, before time.Time) error {
	if _, err := r.db.NewDelete().Model((*row)(nil)).Where("expires <= ?", before.UnixMicro()).Exec(ctx); err != nil {
		return fmt.Errorf("sweep registrations: %w", err)
	}
	return nil
}
