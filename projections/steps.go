package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/user"
)

// StepRow is one step of a user's activation. Deadline and NextTry are nil
// where there is none.
type StepRow struct {
	bun.BaseModel `bun:"table:activation_steps,alias:s"`

	User        string     `bun:"user_id,pk"`
	Ord         int        `bun:"ord,pk"` // from 0
	Name        string     `bun:"name"`
	State       string     `bun:"state"` // waiting, running, done, failed
	Cause       string     `bun:"cause"`
	Responsible string     `bun:"responsible"`
	Code        string     `bun:"code"`
	Text        string     `bun:"text"`
	Attempts    int        `bun:"attempts"`
	NextTry     *time.Time `bun:"next_try"`
	Deadline    *time.Time `bun:"deadline"`
}

// Steps gives the steps of a user's activation in their order.
func (v *Views) Steps(ctx context.Context, id string) ([]StepRow, error) {
	var rows []StepRow
	if err := v.reading.NewSelect().Model(&rows).Where("s.user_id = ?", id).OrderExpr("s.ord ASC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list the steps of user %s: %w", id, err)
	}
	return rows, nil
}

// putSteps writes the steps of a user in the place of those before.
func putSteps(ctx context.Context, tx bun.IDB, t tables, id string, steps []user.Step) error {
	if _, err := tx.NewDelete().TableExpr("?", t.of("activation_steps")).Where("user_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("clear the steps: %w", err)
	}
	if len(steps) == 0 {
		return nil
	}
	rows := make([]StepRow, 0, len(steps))
	for i, s := range steps {
		rows = append(rows, StepRow{
			User: id, Ord: i, Name: s.Name, State: string(s.State), Cause: s.Cause, Responsible: s.Responsible,
			Code: s.Code, Text: s.Text, Attempts: s.Attempts, NextTry: s.NextTry, Deadline: s.Deadline,
		})
	}
	if _, err := tx.NewInsert().Model(&rows).ModelTableExpr("?", t.of("activation_steps")).Exec(ctx); err != nil {
		return fmt.Errorf("write the steps: %w", err)
	}
	return nil
}
