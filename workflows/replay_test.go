package workflows_test

import (
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"dialtone/workflows"
)

// TestRecordedHistoriesReplay holds today's workflow against histories that
// running users have: a change that would break them fails here.
func TestRecordedHistoriesReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 6 {
		t.Fatalf("at least six recorded histories are expected, there are %d (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := worker.NewWorkflowReplayer()
			replayer.RegisterWorkflowWithOptions(workflows.User, workflow.RegisterOptions{Name: "User"})
			replayer.RegisterWorkflowWithOptions(workflows.SIM, workflow.RegisterOptions{Name: "SIM"})
			if err := replayer.ReplayWorkflowHistoryFromJSONFile(nil, file); err != nil {
				t.Error(err)
			}
		})
	}
}
