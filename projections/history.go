package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/eventstore"
)

// HistoryRow is one fact about a user, a company or a group. Data is the event's JSON with its
// personal part, unless that is erased, and without secrets and their hashes.
type HistoryRow struct {
	bun.BaseModel `bun:"table:history,alias:h"`

	Position    eventstore.Position `bun:"position,pk"`
	User        string              `bun:"user_id"` // whom it is about; the id of a company or group for theirs
	Stream      string              `bun:"stream"`
	Revision    uint64              `bun:"revision"`
	ID          string              `bun:"id"`
	Type        string              `bun:"type"`
	At          time.Time           `bun:"at"`       // when the command was judged
	Recorded    time.Time           `bun:"recorded"` // when the store took it
	ActorKind   string              `bun:"actor_kind"`
	ActorID     string              `bun:"actor_id"`
	Channel     string              `bun:"channel"`
	Reason      string              `bun:"reason"`
	Command     string              `bun:"command"`
	Correlation string              `bun:"correlation"`
	Causation   string              `bun:"causation"`
	Erased      bool                `bun:"erased"`
	Data        json.RawMessage     `bun:"data,type:json"`
}

// HistoryFilter chooses facts about one user, company or group; what is empty chooses all. Actor
// is a kind or an id. From and To are included; both are moments at which the
// store recorded.
type HistoryFilter struct {
	User       string   // or company or group
	Stream     string   // these facts too, whoever they are about
	Types      []string // wire names
	Actor      string
	From, To   time.Time
	Cursor     string // next of the page before
	Limit      int    // 1 to 200; 0: 50
	Descending bool   // newest first
}

// History lists the facts about a user or company, oldest first unless Descending, a page
// at a time; next is the cursor of the page behind, "" on the last. A limit or
// cursor that is none is an Invalid fault.
func (v *Views) History(ctx context.Context, f HistoryFilter) (items []HistoryRow, next string, err error) {
	p, err := newPage(f.Cursor, f.Limit, "history")
	if err != nil {
		return nil, "", err
	}
	after, err := p.position()
	if err != nil {
		return nil, "", err
	}
	order, behind := "h.position ASC", "h.position > ?"
	if f.Descending {
		order, behind = "h.position DESC", "h.position < ?"
	}
	q := v.reading.NewSelect().Model(&items).OrderExpr(order).Limit(p.fetch())
	if f.Stream == "" {
		q = q.Where("h.user_id = ?", f.User)
	} else {
		q = q.Where("(h.user_id = ? OR h.stream = ?)", f.User, f.Stream)
	}
	if len(f.Types) > 0 {
		q = q.Where("h.type IN (?)", bun.List(f.Types))
	}
	if f.Actor != "" {
		q = q.Where("? IN (h.actor_kind, h.actor_id)", f.Actor)
	}
	if !f.From.IsZero() {
		q = q.Where("h.recorded >= ?", f.From.UTC())
	}
	if !f.To.IsZero() {
		q = q.Where("h.recorded <= ?", f.To.UTC())
	}
	if p.after != "" {
		q = q.Where(behind, after)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("list the history of %s: %w", f.User, err)
	}
	items, next = cut(p, items, func(r HistoryRow) string { return positionKey(r.Position) })
	return items, next, nil
}
