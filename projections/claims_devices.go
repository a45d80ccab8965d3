package projections

import (
	"context"

	"dialtone/domain/device"
	"dialtone/domain/user"
)

// applyDeviceClaim follows which phones wait for their user's fact, and notes what
// phones have given up until they say that it is free.
func applyDeviceClaim(ctx context.Context, w *writer, r record) error {
	switch e := r.fact.Event.(type) {
	case device.Assigned:
		return pend(ctx, w, ClaimRow{Stream: r.Stream, Kind: KindPhone, Owner: user.Stream(e.User), Deadline: e.Deadline.UTC(), Position: r.Position})
	case device.Confirmed, device.Released:
		return settle(ctx, w, r, KindPhone)
	case device.Removed:
		return loosen(ctx, w, r, e.Claim)
	case device.ClaimsReleased:
		return tightened(ctx, w, r, e.Claims)
	}
	return nil
}

// tightened notes that what was given up is free again.
func tightened(ctx context.Context, w *writer, r record, claims []string) error {
	for _, stream := range claims {
		if err := w.exec(ctx, "claims", "DELETE FROM %s WHERE stream = ? AND kind = ? AND owner = ?", stream, KindLoose, r.Stream); err != nil {
			return err
		}
	}
	return nil
}
