package api

import (
	"context"

	"dialtone/api/pages"
	"dialtone/projections"
)

// underway lists the activations of a company, or of all for "", that have stood
// still longest.
func (f *front) underway(ctx context.Context, company string) ([]pages.Underway, error) {
	rows, _, err := f.cfg.Views.Stuck(ctx, projections.StuckFilter{Company: company, Limit: shortList})
	listed, now := make([]pages.Underway, 0, len(rows)), f.cfg.Journal.Now()
	for _, row := range rows {
		one := pages.Underway{StuckRow: row}
		if since := row.Since(); !since.IsZero() {
			one.Age = now.Sub(since)
		}
		listed = append(listed, one)
	}
	return listed, err
}
