package projections

import (
	"context"
	"time"

	"dialtone/domain/claim"
	"dialtone/domain/group"
)

// applyGroupClaim notes what groups have given up, until they say that it is free.
func applyGroupClaim(ctx context.Context, w *writer, r record) error {
	switch e := r.fact.Event.(type) {
	case group.ExtensionChanged:
		return loosen(ctx, w, r, e.Former)
	case group.Deleted:
		return loosen(ctx, w, r, e.Claim)
	case group.ClaimsReleased:
		return tightened(ctx, w, r, e.Claims)
	}
	return applyDeviceClaim(ctx, w, r)
}

func loosen(ctx context.Context, w *writer, r record, stream string) error {
	if stream == "" {
		return nil
	}
	deadline := r.fact.At.UTC().Add(claim.Window).Truncate(time.Microsecond)
	return pend(ctx, w, ClaimRow{Stream: stream, Kind: KindLoose, Owner: r.Stream, Deadline: deadline, Position: r.Position})
}
