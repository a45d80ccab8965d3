package projections

import (
	"context"
	"fmt"
	"reflect"
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
	SinceMicro  int64      `bun:"since"` // of Unix time; 0 where it is not known
}

// Since tells since when the step stands so, for this cause; zero where that was
// not kept yet.
func (r StepRow) Since() time.Time {
	if r.SinceMicro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(r.SinceMicro).UTC()
}

// Steps gives the steps of a user's activation in their order.
func (v *Views) Steps(ctx context.Context, id string) ([]StepRow, error) {
	var rows []StepRow
	if err := v.reading.NewSelect().Model(&rows).Where("s.user_id = ?", id).OrderExpr("s.ord ASC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list the steps of user %s: %w", id, err)
	}
	return rows, nil
}

func microOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// putSteps writes the steps of a user that are not as they were before.
func putSteps(ctx context.Context, w *writer, id string, before, after []user.Step) error {
	for i, s := range after {
		if i < len(before) && reflect.DeepEqual(before[i], s) {
			continue
		}
		row := StepRow{
			User: id, Ord: i, Name: s.Name, State: string(s.State), Cause: s.Cause, Responsible: s.Responsible,
			Code: s.Code, Text: s.Text, Attempts: s.Attempts, NextTry: s.NextTry, Deadline: s.Deadline, SinceMicro: microOf(s.Since),
		}
		if err := w.put(ctx, "activation_steps", &row, replacing); err != nil {
			return err
		}
	}
	if len(before) <= len(after) {
		return nil
	}
	return w.exec(ctx, "activation_steps", "DELETE FROM %s WHERE user_id = ? AND ord >= ?", id, len(after))
}
