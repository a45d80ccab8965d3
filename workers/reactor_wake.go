package workers

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"dialtone/domain/company"
	"dialtone/domain/sim"
	"dialtone/eventstore"
	"dialtone/workflows"
)

// follower is the workflow that follows the facts of a stream.
type follower struct{ id, workflow, subject, summary string }

// followerOf gives the workflow of a user's, a company's or a SIM's stream.
func followerOf(stream string) follower {
	if id, ok := strings.CutPrefix(stream, company.Stream("")); ok {
		return follower{workflows.CompanyID(id), "Company", id, workflows.CompanySummary(id)}
	}
	if id, ok := strings.CutPrefix(stream, sim.Stream("")); ok {
		return follower{workflows.SIMID(id), "SIM", id, workflows.SIMSummary(id)}
	}
	_, id, _ := strings.Cut(stream, "-")
	return follower{workflows.UserID(id), "User", id, workflows.Summary(id)}
}

// wake signals a workflow, unless it is crowded: then it is owed a signal.
func (r *Reactor) wake(ctx context.Context, stream string, position eventstore.Position) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if r.crowds.owes(stream, position) {
		return nil
	}
	if r.crowds.full(stream) {
		busy, err := r.busy(ctx, stream)
		if err != nil {
			return err
		}
		if busy {
			r.crowds.owe(stream, position)
			return nil
		}
	}
	return r.signal(ctx, stream, position)
}

func (r *Reactor) signal(ctx context.Context, stream string, position eventstore.Position) error {
	to := followerOf(stream)
	run, err := r.Temporal.SignalWithStartWorkflow(ctx, to.id, workflows.LookAgain, strconv.FormatUint(uint64(position), 10),
		client.StartWorkflowOptions{
			TaskQueue:             workflows.UserQueue,
			WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
			StaticSummary:         to.summary,
		}, to.workflow, to.subject)
	if err != nil {
		return fmt.Errorf("wake workflow %s: %w", to.id, err)
	}
	r.crowds.count(stream, run)
	return nil
}
