package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/group"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// The kinds of claims that wait for their owner's fact.
const (
	KindClaim      = "claim"      // claim.taken: given back by claim.Release
	KindAssignment = "assignment" // number.assigned: given back by number.Release
	KindConnection = "connection" // number.connected: given back by number.Disconnect
	KindLoose      = "loose"      // what a group or phone has given up: given back by claim.Release
	KindSwap       = "swap"       // number.swap-prepared: dropped by number.ExpireSwap
	KindPhone      = "phone"      // device.assigned: given back by device.Release
	KindReturn     = "return"     // number.return-begun: finished by number.FinishReturn
)

// ClaimRow is something that was taken and that its owner's stream does not
// name yet, as far as the facts of the claim tell.
type ClaimRow struct {
	bun.BaseModel `bun:"table:claims,alias:c"`

	Stream   string              `bun:"stream,pk"`
	Kind     string              `bun:"kind,pk"`
	Owner    string              `bun:"owner"` // a stream: user-<id>, company-<id>, group-<id> or device-<id>
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
	wants: []string{
		"claim.", "number.", "device.", company.NumbersConnected{}.Type(), company.NumbersBought{}.Type(),
		group.ExtensionChanged{}.Type(), group.Deleted{}.Type(), group.ClaimsReleased{}.Type(),
	},
	apply: one(applyClaim),
}

// block is a row of numbers a company's stream named.
type block struct {
	bun.BaseModel `bun:"table:claim_blocks,alias:b"`

	Position eventstore.Position `bun:"position,pk"`
	Owner    string              `bun:"owner"`
	First    string              `bun:"first"`
	Last     string              `bun:"last"`
}

func applyClaim(ctx context.Context, w *writer, r record) error {
	switch e := r.fact.Event.(type) {
	case claim.Taken:
		return pend(ctx, w, ClaimRow{Stream: r.Stream, Kind: KindClaim, Owner: e.Owner, Deadline: e.Deadline.UTC(), Position: r.Position})
	case claim.Confirmed, claim.Released:
		return settle(ctx, w, r, KindClaim)
	case number.Assigned:
		return pend(ctx, w, ClaimRow{Stream: r.Stream, Kind: KindAssignment, Owner: user.Stream(e.User), Deadline: e.Deadline.UTC(), Position: r.Position})
	case number.Confirmed, number.Released:
		return settle(ctx, w, r, KindAssignment)
	case number.SwapPrepared:
		return pend(ctx, w, ClaimRow{Stream: r.Stream, Kind: KindSwap, Owner: user.Stream(e.Decides), Deadline: e.Deadline.UTC(), Position: r.Position})
	case number.Swapped, number.SwapDropped:
		return settle(ctx, w, r, KindSwap)
	}
	return applyConnection(ctx, w, r)
}

// applyConnection follows which numbers are a company's.
func applyConnection(ctx context.Context, w *writer, r record) error {
	switch e := r.fact.Event.(type) {
	case number.ReturnBegun:
		return pend(ctx, w, ClaimRow{Stream: r.Stream, Kind: KindReturn, Owner: company.Stream(e.Company), Deadline: e.Deadline.UTC(), Position: r.Position})
	case number.Connected:
		return connect(ctx, w, ClaimRow{Stream: r.Stream, Kind: KindConnection, Owner: company.Stream(e.Company), Deadline: e.Deadline.UTC(), Position: r.Position})
	case number.Disconnected:
		return settle(ctx, w, r, KindConnection, KindAssignment, KindReturn)
	case company.NumbersConnected:
		return name(ctx, w, block{Position: r.Position, Owner: r.Stream, First: number.Stream(e.From), Last: number.Stream(e.To)})
	case company.NumbersBought:
		return name(ctx, w, block{Position: r.Position, Owner: r.Stream, First: number.Stream(e.From), Last: number.Stream(e.To)})
	}
	return applyGroupClaim(ctx, w, r)
}

func pend(ctx context.Context, w *writer, row ClaimRow) error {
	return w.put(ctx, "claims", &row, replacing)
}

func settle(ctx context.Context, w *writer, r record, kinds ...string) error {
	for _, kind := range kinds {
		if err := w.exec(ctx, "claims", "DELETE FROM %s WHERE stream = ? AND kind = ?", r.Stream, kind); err != nil {
			return err
		}
	}
	return nil
}

// connect makes a number wait for its company's fact, unless that is there: the
// facts of two streams may arrive in either order when one of them was parked.
func connect(ctx context.Context, w *writer, row ClaimRow) error {
	named, err := w.holds(ctx, "claim_blocks", "SELECT EXISTS (SELECT * FROM %s WHERE owner = ? AND position > ? AND length(first) = ? AND ? BETWEEN first AND last)",
		row.Owner, row.Position, len(row.Stream), row.Stream)
	if err != nil {
		return err
	}
	if named {
		return nil
	}
	return pend(ctx, w, row)
}

// name notes a block that a company's stream names and settles its numbers. What
// was connected behind it is another matter: it was given back in between.
func name(ctx context.Context, w *writer, b block) error {
	if err := w.put(ctx, "claim_blocks", &b, leaving); err != nil {
		return err
	}
	return w.exec(ctx, "claims", "DELETE FROM %s WHERE kind = ? AND owner = ? AND position < ? AND length(stream) = ? AND stream BETWEEN ? AND ?",
		KindConnection, b.Owner, b.Position, len(b.First), b.First, b.Last)
}
