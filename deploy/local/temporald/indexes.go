package temporald

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// lists is the table that workflows are looked up in, by people: Temporal's own
// pages and its command line.
const lists = "executions_visibility"

// listed are the indexes that lists keeps: what workflows are looked up by. The
// schema brings one for each attribute a workflow might have, nearly sixty, of
// which Dialtone sets none; each start and end of a workflow would change a page
// of every one. What has no index is still found, row by row.
var listed = []string{"default_idx", "by_workflow_id", "by_workflow_type", "by_status", "by_execution_time"}

// dropIndexes takes the indexes away that lists does not keep.
func dropIndexes(ctx context.Context, tx *sql.Tx) error {
	names, err := indexes(ctx, tx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.Contains(listed, name) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DROP INDEX "`+strings.ReplaceAll(name, `"`, `""`)+`"`); err != nil {
			return fmt.Errorf("drop the index %s: %w", name, err)
		}
	}
	return nil
}

// indexes gives the names of the indexes of lists that were made by name.
func indexes(ctx context.Context, tx *sql.Tx) ([]string, error) {
	const query = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name"
	rows, err := tx.QueryContext(ctx, query, lists)
	if err != nil {
		return nil, fmt.Errorf("look for indexes: %w", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("look for indexes: %w", err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for indexes: %w", err)
	}
	return names, nil
}
