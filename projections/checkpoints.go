package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/eventstore"
)

// checkpoint tells how far a reader of the event store has come.
type checkpoint struct {
	bun.BaseModel `bun:"table:checkpoints,alias:k"`

	Name     string              `bun:"name,pk"`
	Position eventstore.Position `bun:"position"`
	Updated  time.Time           `bun:"updated"`
}

// Checkpoint gives the position up to which a named reader is done, 0 where
// there is none.
func (v *Views) Checkpoint(ctx context.Context, name string) (eventstore.Position, error) {
	var row checkpoint
	err := v.reading.NewSelect().Model(&row).Where("k.name = ?", name).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read the checkpoint of %s: %w", name, err)
	}
	return row.Position, nil
}

// SetCheckpoint keeps the position up to which a named reader is done.
func (v *Views) SetCheckpoint(ctx context.Context, name string, position eventstore.Position) error {
	return setCheckpoint(ctx, v.writing, checkpoint{Name: name, Position: position, Updated: v.now()})
}

func setCheckpoint(ctx context.Context, db bun.IDB, row checkpoint) error {
	if _, err := db.NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").Exec(ctx); err != nil {
		return fmt.Errorf("write the checkpoint of %s: %w", row.Name, err)
	}
	return nil
}

// errMoved is the error of a batch whose projections have moved meanwhile.
var errMoved = errors.New("a checkpoint has been moved meanwhile")

// moveCheckpoint moves a checkpoint that still stands where it was read.
func moveCheckpoint(ctx context.Context, tx bun.IDB, name string, from, to eventstore.Position, now time.Time) error {
	result, err := tx.NewUpdate().Model((*checkpoint)(nil)).Set("position = ?", to).Set("updated = ?", now).
		Where("name = ?", name).Where("position = ?", from).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move the checkpoint of %s: %w", name, err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errMoved, err)
	}
	return nil
}

// checkpoints reads where the projections stand.
func (v *Views) checkpoints(ctx context.Context, db bun.IDB) (map[string]checkpoint, error) {
	var rows []checkpoint
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the checkpoints: %w", err)
	}
	byName := map[string]checkpoint{}
	for _, row := range rows {
		byName[row.Name] = row
	}
	return byName, nil
}

// lowest is the position that every projection has reached.
func (v *Views) lowest(ctx context.Context) (eventstore.Position, error) {
	byName, err := v.checkpoints(ctx, v.reading)
	if err != nil {
		return 0, err
	}
	lowest := byName[v.projections[0].name].Position
	for _, p := range v.projections {
		lowest = min(lowest, byName[p.name].Position)
	}
	return lowest, nil
}
