package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"dialtone/domain"
)

// Forget removes everything personal about a subject, the stream whose data key
// was destroyed: from the live tables, from those being built, from the answers
// kept to be repeated, and from the files. Forgetting twice is forgetting once.
func (v *Views) Forget(ctx context.Context, subject string) error {
	err := v.writing.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := forgetAnswers(ctx, tx, subject); err != nil {
			return err
		}
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

func forgetUser(ctx context.Context, tx bun.Tx, t tables, subject string) error {
	var row userRecord
	err := tx.NewSelect().Model(&row).ModelTableExpr("? AS u", t.of("users")).Where("u.id = ?", strings.TrimPrefix(subject, "user-")).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the user: %w", err)
	}
	row.Folded.Erased = true
	row.take(shed(row.Folded))
	return newWriter(tx, t).put(ctx, "users", &row, replacing)
}

func forgetHistory(ctx context.Context, tx bun.Tx, t tables, subject string) error {
	return newWriter(tx, t).exec(ctx, "history", `UPDATE %s SET data = json_remove(data, '$.personal'), erased = TRUE
		WHERE stream = ? AND json_type(data, '$.personal') IS NOT NULL`, subject)
}

// forgetAnswers removes the answers that were kept to be repeated, if they name
// the subject: in what was asked, in where it led to, or in what was said.
func forgetAnswers(ctx context.Context, tx bun.Tx, subject string) error {
	id := strings.TrimPrefix(subject, "user-")
	_, err := tx.NewDelete().TableExpr("idempotency").
		Where("instr(scope, ?) > 0 OR instr(header, ?) > 0 OR instr(body, ?) > 0", id, id, id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remove kept answers: %w", err)
	}
	return nil
}
