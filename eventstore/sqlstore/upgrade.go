package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
)

// What older files lack: the column that tells binary events apart. All events
// in such a file are JSON.
const (
	selectFormat = `select count(*) from pragma_table_info('events') where name = 'format'`
	addFormat    = `alter table events add column format smallint not null default 0`
)

// upgrade adds what a file made by an earlier version lacks.
func upgrade(ctx context.Context, db *sql.DB) error {
	return patiently(ctx, func() error {
		return inTx(ctx, db, func(tx *sql.Tx) error {
			var there int
			if err := tx.QueryRowContext(ctx, selectFormat).Scan(&there); err != nil {
				return fmt.Errorf("look for the column of formats: %w", err)
			}
			if there > 0 {
				return nil
			}
			if _, err := tx.ExecContext(ctx, addFormat); err != nil {
				return fmt.Errorf("add the column of formats: %w", err)
			}
			return nil
		})
	})
}
