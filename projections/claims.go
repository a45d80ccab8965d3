package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// The kinds of claims that wait for their owner's fact.
const (
	KindClaim      = "claim"      // claim.taken: given back by claim.Release
	KindAssignment = "assignment" // number.assigned: given back by number.Release
	KindConnection = "connection" // number.connected: given back by number.Disconnect
)

// ClaimRow is something that was taken and that its owner's stream does not
// name yet, as far as the facts of the claim tell.
type ClaimRow struct {
	bun.BaseModel `bun:"table:claims,alias:c"`

	Stream   string              `bun:"stream,pk"`
	Kind     string              `bun:"kind,pk"`
	Owner    string              `bun:"owner"` // a stream: user-<id> or company-<id>
	Deadline time.Time           `bun:"deadline"`
	Position eventstore.Position `bun:"position"`
}

// OverdueClaims gives at most limit claims whose deadline is not after a
// moment, the oldest deadline first.
func (v *Views) OverdueClaims(ctx context.Context, now time.Time, limit int) ([]ClaimRow, error) {
	var rows []ClaimRow
	err := v.reading.NewSelect().Model(&rows).Where("c.deadline <= ?", now.UTC()).
		OrderExpr("c.deadline ASC, c.stream ASC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list overdue claims: %w", err)
	}
	return rows, nil
}

var claims = projection{
	name: "claims", tables: []string{"claims", "claim_blocks"},
	wants: []string{"claim.", "number.", company.NumbersConnected{}.Type()}, apply: applyClaim,
}

// block is a row of numbers a company's stream names.
type block struct {
	bun.BaseModel `bun:"table:claim_blocks,alias:b"`

	Position eventstore.Position `bun:"position,pk"`
	Owner    string              `bun:"owner"`
	First    string              `bun:"first"`
	Last     string              `bun:"last"`
}

func applyClaim(ctx context.Context, tx bun.IDB, t tables, r record) error {
	switch e := r.fact.Event.(type) {
	case claim.Taken:
		return pend(ctx, tx, t, ClaimRow{Stream: r.Stream, Kind: KindClaim, Owner: e.Owner, Deadline: e.Deadline.UTC(), Position: r.Position})
	case claim.Confirmed, claim.Released:
		return settle(ctx, tx, t, r, KindClaim)
	case number.Assigned:
		return pend(ctx, tx, t, ClaimRow{Stream: r.Stream, Kind: KindAssignment, Owner: user.Stream(e.User), Deadline: e.Deadline.UTC(), Position: r.Position})
	case number.Confirmed, number.Released:
		return settle(ctx, tx, t, r, KindAssignment)
	case number.Connected:
		return connect(ctx, tx, t, ClaimRow{Stream: r.Stream, Kind: KindConnection, Owner: company.Stream(e.Company), Deadline: e.Deadline.UTC(), Position: r.Position})
	case number.Disconnected:
		return settle(ctx, tx, t, r, KindConnection, KindAssignment)
	case company.NumbersConnected:
		return name(ctx, tx, t, block{Position: r.Position, Owner: r.Stream, First: number.Stream(e.From), Last: number.Stream(e.To)})
	}
	return nil
}

func pend(ctx context.Context, tx bun.IDB, t tables, row ClaimRow) error {
	return store(ctx, tx.NewInsert().Model(&row).ModelTableExpr("? AS c", t.of("claims")).On("CONFLICT (stream, kind) DO UPDATE"))
}

func settle(ctx context.Context, tx bun.IDB, t tables, r record, kinds ...string) error {
	_, err := tx.NewDelete().TableExpr("?", t.of("claims")).Where("stream = ?", r.Stream).Where("kind IN (?)", bun.List(kinds)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("settle a claim: %w", err)
	}
	return nil
}

// connect makes a number wait for its company's fact, unless that is there: the
// facts of two streams may arrive in either order when one of them was parked.
func connect(ctx context.Context, tx bun.IDB, t tables, row ClaimRow) error {
	named, err := tx.NewSelect().TableExpr("? AS b", t.of("claim_blocks")).
		Where("b.owner = ?", row.Owner).Where("length(b.first) = ?", len(row.Stream)).
		Where("? BETWEEN b.first AND b.last", row.Stream).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for a block: %w", err)
	}
	if named {
		return nil
	}
	return pend(ctx, tx, t, row)
}

// name notes a block that a company's stream names and settles its numbers.
func name(ctx context.Context, tx bun.IDB, t tables, b block) error {
	if err := store(ctx, tx.NewInsert().Model(&b).ModelTableExpr("? AS b", t.of("claim_blocks")).On("CONFLICT (position) DO NOTHING")); err != nil {
		return err
	}
	_, err := tx.NewDelete().TableExpr("?", t.of("claims")).Where("kind = ?", KindConnection).Where("owner = ?", b.Owner).
		Where("length(stream) = ?", len(b.First)).Where("stream BETWEEN ? AND ?", b.First, b.Last).Exec(ctx)
	if err != nil {
		return fmt.Errorf("settle the claims on a block: %w", err)
	}
	return nil
}
