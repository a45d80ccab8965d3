package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/projections"
)

// tablePage is how many facts are read at once for a table.
const tablePage = 200

var tableHead = []string{
	"position", "at", "type", "summary", "actorKind", "actorId", "channel", "reason", "stream", "revision", "correlation", "data",
}

// historyTable gives a whole history as comma-separated values (RFC 4180).
func (s *Server) historyTable(ctx context.Context, filter projections.HistoryFilter) (*huma.StreamResponse, error) {
	var out bytes.Buffer
	table := csv.NewWriter(&out)
	table.UseCRLF = true
	_ = table.Write(tableHead) // a buffer takes everything
	filter.Limit = tablePage
	for more := true; more; more = filter.Cursor != "" {
		rows, next, err := s.cfg.Views.History(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			_ = table.Write(tableRow(shownFact(row)))
		}
		filter.Cursor = next
	}
	table.Flush()
	return answered("text/csv; charset=utf-8; header=present", out.Bytes()), table.Error()
}

func tableRow(f HistoryItem) []string {
	cells := []string{
		f.Position, f.At.Format(time.RFC3339Nano), f.Type, f.Summary, f.Actor.Kind, f.Actor.ID, f.Channel, f.Reason,
		f.Stream, strconv.FormatUint(f.Revision, 10), f.Correlation, string(f.Data),
	}
	for i, cell := range cells {
		cells[i] = harmless(cell)
	}
	return cells
}

// harmless puts an apostrophe before what a spreadsheet would take for a
// formula: it then shows the cell as it is.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\x00", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
