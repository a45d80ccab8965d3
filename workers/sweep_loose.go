package workers

import (
	"context"
	"fmt"
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/device"
	"dialtone/domain/group"
	"dialtone/eventstore"
	"dialtone/projections"
)

// giveBack releases what a group or phone has given up, where whoever gave the command
// did not come to it, and notes it there.
func (s *Sweep) giveBack(ctx context.Context, row projections.ClaimRow, cause domain.Cause) error {
	cause.Reason = "given up by its owner"
	if _, err := s.Journal.Execute(ctx, row.Stream, cause.For(row.Stream), claim.Release(row.Owner, "given up"), eventstore.ByState()); err != nil {
		return fmt.Errorf("release claim %s: %w", row.Stream, err)
	}
	note := group.NoteReleased{Claims: []string{row.Stream}}.Decide
	if strings.HasPrefix(row.Owner, device.Stream("")) {
		note = device.NoteReleased{Claims: []string{row.Stream}}.Decide
	}
	if _, err := s.Journal.Execute(ctx, row.Owner, cause.For(row.Owner), note, eventstore.ByState()); err != nil {
		return fmt.Errorf("note the release of claim %s: %w", row.Stream, err)
	}
	s.Log.Info("a claim that was given up was released", "stream", row.Stream)
	return nil
}
