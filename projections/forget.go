package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"dialtone/domain"
)

// Forget removes everything personal about a subject, the stream whose data key
// was destroyed: from the live tables, from those being built, and from the
// files. Forgetting twice is forgetting once.
func (v *Views) Forget(ctx context.Context, subject string) error {
	err := v.writing.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		people, err := generations(ctx, tx, users)
		if err != nil {
			return err
		}
		for _, t := range people {
			if err := forgetUser(ctx, tx, t, subject); err != nil {
				return err
			}
		}
		stories, err := generations(ctx, tx, history)
		if err != nil {
			return err
		}
		for _, t := range stories {
			if err := forgetHistory(ctx, tx, t, subject); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget %s: %w", subject, err)
	}
	// The write-ahead log may still hold the rows as they were.
	var busy, frames, moved int
	if err := v.writing.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("forget %s in the log: %w", subject, err)
	}
	if busy != 0 {
		return domain.Faultf(domain.Unavailable, "busy", "the log of the read models is being read; forget again")
	}
	return nil
}

func forgetUser(ctx context.Context, tx bun.IDB, t tables, subject string) error {
	var row userRecord
	found, err := load(ctx, tx.NewSelect().Model(&row).ModelTableExpr("? AS u", t.of("users")).
		Where("u.id = ?", strings.TrimPrefix(subject, "user-")))
	if err != nil || !found {
		return err
	}
	row.Folded.Erased = true
	row.take(shed(row.Folded))
	return store(ctx, tx.NewInsert().Model(&row).ModelTableExpr("? AS u", t.of("users")).On("CONFLICT (id) DO UPDATE"))
}

func forgetHistory(ctx context.Context, tx bun.IDB, t tables, subject string) error {
	var rows []HistoryRow
	err := tx.NewSelect().Model(&rows).ModelTableExpr("? AS h", t.of("history")).Where("h.stream = ?", subject).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	for _, row := range rows {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(row.Data, &members); err != nil {
			return fmt.Errorf("read the history: %w", err)
		}
		if _, has := members["personal"]; !has {
			continue
		}
		delete(members, "personal")
		row.Erased = true
		if row.Data, err = json.Marshal(members); err != nil {
			return fmt.Errorf("write the history: %w", err)
		}
		if err := store(ctx, tx.NewInsert().Model(&row).ModelTableExpr("? AS h", t.of("history")).On("CONFLICT (position) DO UPDATE")); err != nil {
			return err
		}
	}
	return nil
}
