package temporald_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	_ "modernc.org/sqlite"

	"dialtone/deploy/local/temporald"
)

// A store of an earlier version has an index for each attribute a workflow could have.
func TestAnOlderStoreLosesTheIndexesNobodyNeeds(t *testing.T) {
	cfg := temporald.Config{File: filepath.Join(t.TempDir(), "t.db")}
	first, err := temporald.Start(t.Context(), withLog(t, cfg))
	if err != nil {
		t.Fatal(err)
	}
	connection := dial(t, first)
	runWorkflow(t, connection, "listed")
	for !found(t, connection, closed) { // it is written a moment after the end
	}
	stop(t, first)
	kept := []string{"by_execution_time", "by_status", "by_workflow_id", "by_workflow_type", "default_idx"}
	if got := indexesOf(t, cfg.File); !slices.Equal(got, kept) {
		t.Errorf("a new store has %q", got)
	}

	inStore(t, cfg.File, func(db *sql.DB) {
		if _, err := db.ExecContext(t.Context(), `CREATE INDEX "by ""int""" ON executions_visibility (namespace_id, Int01)`); err != nil {
			t.Fatal(err)
		}
	})
	connection = dial(t, start(t, cfg))
	if got := indexesOf(t, cfg.File); !slices.Equal(got, kept) {
		t.Errorf("an older store has %q after a start", got)
	}
	for _, query := range []string{`WorkflowId = "listed"`, `WorkflowType = "greet"`, closed} {
		if !found(t, connection, query) {
			t.Errorf("%s finds nothing", query)
		}
	}
}

// closed is a search by what has no index.
const closed = `TaskQueue = "greetings" AND HistoryLength > 1`

func found(t *testing.T, connection client.Client, query string) bool {
	t.Helper()
	answer, err := connection.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return len(answer.GetExecutions()) == 1
}

func indexesOf(t *testing.T, file string) (names []string) {
	t.Helper()
	inStore(t, file, func(db *sql.DB) {
		rows, err := db.QueryContext(t.Context(),
			"SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'executions_visibility' AND sql IS NOT NULL ORDER BY name")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	})
	return names
}

func inStore(t *testing.T, file string, do func(*sql.DB)) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do(db)
}
