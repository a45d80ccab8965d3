package projections

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// writer writes the rows of one projection within a transaction. Each of its
// statements is compiled once, which is most of what writing a row would cost.
type writer struct {
	tx         bun.Tx
	tables     tables
	prepared   map[phrase]*sql.Stmt
	insertions map[phrase]string // by the clause for conflicts
}

// phrase is something said about a table.
type phrase struct{ table, text string }

func newWriter(tx bun.Tx, t tables) *writer {
	return &writer{tx: tx, tables: t, prepared: map[phrase]*sql.Stmt{}, insertions: map[phrase]string{}}
}

// statement compiles a query in which %s stands for the table. It is closed with
// the transaction.
func (w *writer) statement(ctx context.Context, table, query string) (*sql.Stmt, error) {
	if kept := w.prepared[phrase{table, query}]; kept != nil {
		return kept, nil
	}
	statement, err := w.tx.PrepareContext(ctx, fmt.Sprintf(query, `"`+table+w.tables.generation+`"`))
	if err != nil {
		return nil, fmt.Errorf("prepare a statement on %s: %w", table, err)
	}
	w.prepared[phrase{table, query}] = statement
	return statement, nil
}

// exec runs a query in which %s stands for the table.
func (w *writer) exec(ctx context.Context, table, query string, args ...any) error {
	statement, err := w.statement(ctx, table, query) //nolint:sqlclosecheck // closed with the transaction
	if err != nil {
		return err
	}
	if _, err := statement.ExecContext(ctx, args...); err != nil {
		return fmt.Errorf("write to %s: %w", table, err)
	}
	return nil
}

// holds asks a query that gives a truth, in which %s stands for the table.
func (w *writer) holds(ctx context.Context, table, query string, args ...any) (yes bool, err error) {
	statement, err := w.statement(ctx, table, query) //nolint:sqlclosecheck // closed with the transaction
	if err != nil {
		return false, err
	}
	if err := statement.QueryRowContext(ctx, args...).Scan(&yes); err != nil {
		return false, fmt.Errorf("ask %s: %w", table, err)
	}
	return yes, nil
}

// What put does when the row's key is there already.
const (
	replacing = ""
	leaving   = "NOTHING"
)

// put writes one row, a pointer to a model of bun. Conflict is what comes after
// DO when its key is there already: replacing, leaving, or a clause of its own.
func (w *writer) put(ctx context.Context, table string, row any, conflict string) error {
	value := reflect.ValueOf(row).Elem()
	shape := w.tx.Dialect().Tables().Get(value.Type())
	args := make([]any, 0, len(shape.Fields))
	for _, field := range shape.Fields {
		arg, err := plain(field.Value(value))
		if err != nil {
			return fmt.Errorf("write %s of %s: %w", field.Name, table, err)
		}
		args = append(args, arg)
	}
	query, known := w.insertions[phrase{table, conflict}]
	if !known {
		query = insertion(shape, conflict)
		w.insertions[phrase{table, conflict}] = query
	}
	return w.exec(ctx, table, query, args...)
}

// insertion gives the statement that writes a row of a shape.
func insertion(shape *schema.Table, conflict string) string {
	var columns, keys, changes []string
	for _, field := range shape.Fields {
		columns = append(columns, string(field.SQLName))
		if field.IsPK {
			keys = append(keys, string(field.SQLName))
		} else {
			changes = append(changes, string(field.SQLName+" = EXCLUDED."+field.SQLName))
		}
	}
	if conflict == replacing {
		conflict = "UPDATE SET " + strings.Join(changes, ", ")
	}
	return "INSERT INTO %s AS old (" + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) +
		") ON CONFLICT (" + strings.Join(keys, ", ") + ") DO " + conflict
}

// plain gives a value as the database keeps it, in the same form as bun does.
func plain(value reflect.Value) (any, error) {
	switch v := value.Interface().(type) {
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04:05.999999-07:00"), nil
	case *time.Time:
		if v == nil {
			return nil, nil
		}
		return plain(value.Elem())
	case json.RawMessage:
		return string(v), nil
	}
	if value.Kind() != reflect.Struct {
		return value.Interface(), nil
	}
	text, err := json.Marshal(value.Interface())
	return string(text), err
}
