package workers_test

import (
	"slices"
	"testing"

	enums "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/workers"
)

// doing is what Temporal tells of a run.
func doing(length int64, busy bool) *workflowservice.DescribeWorkflowExecutionResponse {
	told := &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Status: enums.WORKFLOW_EXECUTION_STATUS_RUNNING, HistoryLength: length,
	}}
	if busy {
		told.PendingActivities = []*workflowpb.PendingActivityInfo{{ActivityId: "5"}}
	}
	return told
}

// crowd tells facts of a user one by one, and lets each be passed on alone.
func (h *house) crowd(reactor *workers.Reactor, id string, facts int) eventstore.Position {
	h.t.Helper()
	var last eventstore.Position
	for range facts {
		last = h.tell("user-"+id, domain.ChannelAPI, user.Suspended{})
		all := h.batch()
		if err := reactor.Pass(h.t.Context(), all[len(all)-1:]); err != nil {
			h.t.Fatal(err)
		}
	}
	return last
}

func (r *recorder) set(run string, doing *workflowservice.DescribeWorkflowExecutionResponse) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.run, r.doing = run, doing
}

func (r *recorder) signals(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	signals := 0
	for _, w := range r.all {
		if w.user == id {
			signals++
		}
	}
	return signals
}

func TestARunThatHasItsHandsFullIsOwedOneSignal(t *testing.T) {
	h := open(t)
	temporal := &recorder{house: h}
	reactor := h.reactor(temporal, "a")
	temporal.set("first", doing(500, true))
	settled := h.crowd(reactor, "ada", 16)
	if at := h.checkpoint(); at != settled {
		t.Fatalf("the checkpoint stands at %d, want %d", at, settled)
	}
	h.crowd(reactor, "ada", 100)
	if got := temporal.signals("ada"); got != 16 {
		t.Errorf("a run in the middle of an activity got %d signals, want 16", got)
	}
	end := h.crowd(reactor, "grace", 1)
	if got := temporal.signals("grace"); got != 1 {
		t.Errorf("another user got %d signals", got)
	}
	if at := h.checkpoint(); at != settled {
		t.Errorf("the checkpoint stands at %d while a signal is owed, want %d", at, settled)
	}
	if err := reactor.Settle(t.Context()); err != nil || temporal.signals("ada") != 16 {
		t.Errorf("still busy: %d signals, %v", temporal.signals("ada"), err)
	}

	temporal.set("second", doing(3, true))
	if err := reactor.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := temporal.signals("ada"); got != 17 {
		t.Errorf("free again: %d signals, want 17", got)
	}
	if at := h.checkpoint(); at != end {
		t.Errorf("the checkpoint stands at %d, want %d", at, end)
	}
}

func TestWhoeverIsFreeIsSignalledAtOnce(t *testing.T) {
	for name, told := range map[string]*workflowservice.DescribeWorkflowExecutionResponse{
		"waiting, with a long history":      doing(899, false),
		"busy, with a short history":        doing(499, true),
		"ended meanwhile":                   {WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, HistoryLength: 899}},
		"forgotten by Temporal after a cut": nil,
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			temporal := &recorder{house: h}
			temporal.set("first", told)
			end := h.crowd(h.reactor(temporal, "a"), "ada", 50)
			if got, at := temporal.signals("ada"), h.checkpoint(); got != 50 || at != end {
				t.Errorf("%d signals of 50, checkpoint %d of %d", got, at, end)
			}
			if temporal.asked != 3 {
				t.Errorf("Temporal was asked %d times, want once for each 16 signals", temporal.asked)
			}
		})
	}
}

func TestWhatIsOwedSurvivesTheProcess(t *testing.T) {
	h := open(t)
	first := &recorder{house: h}
	first.set("first", doing(900, true))
	h.crowd(h.reactor(first, "a"), "ada", 20)
	second := &recorder{house: h}
	second.set("second", doing(3, false))
	h.inBackground(h.reactor(second, "a").Run)
	eventually(t, "the signal that was owed", func() bool { return slices.Contains(second.woken(), "ada") })
	eventually(t, "the checkpoint", func() bool { return h.checkpoint() == 20 })
}
