package workers_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/workers"
	"dialtone/workflows"
)

// wake is one wake-up as Temporal is told.
type wake struct {
	workflow, signal, position, queue, name, user string
	checkpoint                                    eventstore.Position // at that moment
}

// recorder stands for Temporal: it keeps all wake-ups and refuses the first few.
type recorder struct {
	house *house

	mu     sync.Mutex
	refuse int
	all    []wake
	run    string // the run that every workflow is in; none: nobody knows
	asked  int
	doing  *workflowservice.DescribeWorkflowExecutionResponse // what every workflow does; nil: there is none
}

// DescribeWorkflowExecution tells what every workflow does.
func (r *recorder) DescribeWorkflowExecution(context.Context, string, string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.doing == nil {
		return nil, serviceerror.NewNotFound("no such workflow")
	}
	return r.doing, nil
}

// inRun is a workflow's run as a signal names it.
type inRun struct {
	client.WorkflowRun
	id string
}

// GetRunID gives the run's id.
func (r inRun) GetRunID() string { return r.id }

var errAway = errors.New("nobody answers")

// SignalWithStartWorkflow keeps the wake-up.
func (r *recorder) SignalWithStartWorkflow(ctx context.Context, workflow, signal string, arg any,
	options client.StartWorkflowOptions, name any, args ...any,
) (client.WorkflowRun, error) {
	checkpoint, err := r.house.views.Checkpoint(ctx, "reactor")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, wake{workflow, signal, arg.(string), options.TaskQueue, name.(string), args[0].(string), checkpoint})
	if r.refuse--; r.refuse >= 0 {
		return nil, errAway
	}
	if r.run == "" {
		return nil, err
	}
	return inRun{id: r.run}, err
}

func (r *recorder) woken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var users []string
	for _, w := range r.all {
		users = append(users, w.user)
	}
	slices.Sort(users)
	return slices.Compact(users)
}

func (h *house) reactor(temporal workers.Temporal, holder string) *workers.Reactor {
	return &workers.Reactor{Journal: h.journal, Checkpoints: h.views, Temporal: temporal, Holder: holder, Log: silent()}
}

func (h *house) checkpoint() eventstore.Position {
	at, err := h.views.Checkpoint(h.t.Context(), "reactor")
	if err != nil {
		h.t.Fatal(err)
	}
	return at
}

// batch gives everything in the store as the subscription would.
func (h *house) batch() []eventstore.Message {
	var all []eventstore.Message
	for event, err := range h.store.ReadAll(h.t.Context(), 0, eventstore.Forwards, 0, "user-", "company-") {
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, eventstore.Message{Kind: eventstore.EventAppeared, Event: event, Position: event.Position})
	}
	return all
}

func TestABatchWakesOneWorkflowAUserAndACompany(t *testing.T) {
	h := open(t)
	h.tell("user-ada", domain.ChannelAPI, user.Suspended{}, user.Resumed{})
	h.tell("user-grace", domain.ChannelPage, user.Suspended{})
	h.tell("company-acme", domain.ChannelAPI, company.Created{ID: "acme"})
	last := h.tell("user-ada", domain.ChannelSweep, user.ClaimAbandoned{Claim: "x"})
	end := h.tell("user-linus", domain.ChannelWorkflow, user.Suspended{})
	temporal := &recorder{house: h}
	if err := h.reactor(temporal, "a").Pass(t.Context(), h.batch()); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(temporal.all, func(a, b wake) int { return cmp.Or(len(a.user)-len(b.user), -cmp.Compare(a.user, b.user)) })
	want := []wake{
		{"user/ada", workflows.LookAgain, strconv.FormatUint(uint64(last), 10), workflows.UserQueue, "User", "ada", 0},
		{"company/acme", workflows.LookAgain, "4", workflows.UserQueue, "Company", "acme", 0},
		{"user/grace", workflows.LookAgain, "3", workflows.UserQueue, "User", "grace", 0},
	}
	if !slices.Equal(temporal.all, want) {
		t.Errorf("woken:\n%+v, want\n%+v", temporal.all, want)
	}
	if at := h.checkpoint(); at != end {
		t.Errorf("the checkpoint stands at %d, want %d, also behind what a workflow wrote", at, end)
	}
}

func TestAFactWithoutReadableMetadataWakesItsWorkflow(t *testing.T) {
	h := open(t)
	fact := eventstore.Proposed{ID: domain.DeriveID("odd"), Type: user.Suspended{}.Type(), Data: []byte(`{}`), Meta: []byte(`{"channel":`)}
	if _, err := h.store.Append(t.Context(), "user-ada", eventstore.NoStream, fact); err != nil {
		t.Fatal(err)
	}
	temporal := &recorder{house: h}
	if err := h.reactor(temporal, "a").Pass(t.Context(), h.batch()); err != nil || len(temporal.all) != 1 {
		t.Errorf("woken: %+v, %v", temporal.all, err)
	}
}

func TestTheCheckpointMovesOnceTemporalHasAcknowledged(t *testing.T) {
	h := open(t)
	temporal := &recorder{house: h, refuse: 1}
	end := h.tell("user-ada", domain.ChannelAPI, user.Suspended{})
	h.inBackground(h.reactor(temporal, "a").Run)
	eventually(t, "the checkpoint", func() bool { return h.checkpoint() == end })
	temporal.mu.Lock()
	defer temporal.mu.Unlock()
	if all := temporal.all; len(all) < 2 || all[0] != all[1] || all[1].checkpoint != 0 {
		t.Errorf("refused and then acknowledged: %+v", all)
	}
}

func TestAFreshProcessLooksBackALittle(t *testing.T) {
	for name, c := range map[string]struct {
		checkpoint eventstore.Position
		woken      []string
	}{
		"from the last facts before it ended":    {3, []string{"grace", "linus"}},
		"from the beginning where there is none": {0, []string{"ada", "grace", "linus"}},
		"from a first fact that stands alone":    {1, []string{"ada", "grace", "linus"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			h.tell("user-ada", domain.ChannelAPI, user.Suspended{})
			h.move(10 * time.Minute)
			h.tell("user-grace", domain.ChannelAPI, user.Suspended{})
			h.move(time.Minute)
			h.tell("user-linus", domain.ChannelAPI, user.Suspended{})
			if err := h.views.SetCheckpoint(t.Context(), "reactor", c.checkpoint); err != nil {
				t.Fatal(err)
			}
			temporal := &recorder{house: h}
			h.inBackground(h.reactor(temporal, "a").Run)
			eventually(t, "wake-ups", func() bool { return slices.Equal(temporal.woken(), c.woken) })
			h.tell("user-zoe", domain.ChannelAPI, user.Suspended{}) // is behind all that was looked back at
			eventually(t, "the next", func() bool { return slices.Contains(temporal.woken(), "zoe") })
			if woken := temporal.woken(); !slices.Equal(woken, append(c.woken, "zoe")) {
				t.Errorf("woken: %v", woken)
			}
		})
	}
}

// refusals counts how often a lease was not to be had.
type refusals struct {
	workers.Checkpoints
	count atomic.Int64
}

// Lease asks for the lease.
func (r *refusals) Lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error) {
	held, err := r.Checkpoints.Lease(ctx, name, holder, ttl)
	if !held && err == nil {
		r.count.Add(1)
	}
	return held, err
}

func TestASecondReactorStandsByUntilTheLeaseIsFree(t *testing.T) {
	h := open(t)
	first, second := &recorder{house: h}, &recorder{house: h}
	stop := h.inBackground(h.reactor(first, "a").Run)
	h.tell("user-ada", domain.ChannelAPI, user.Suspended{})
	eventually(t, "the first reactor", func() bool { return len(first.woken()) == 1 })
	other := h.reactor(second, "b")
	standing := &refusals{Checkpoints: h.views}
	other.Checkpoints = standing
	h.inBackground(other.Run)
	eventually(t, "the second to ask for the lease", func() bool { return standing.count.Load() > 0 })
	h.tell("user-grace", domain.ChannelAPI, user.Suspended{})
	eventually(t, "the first reactor", func() bool { return len(first.woken()) == 2 })
	if woken := second.woken(); len(woken) > 0 {
		t.Errorf("the one that stands by woke %v", woken)
	}
	stop()
	h.tell("user-linus", domain.ChannelAPI, user.Suspended{})
	eventually(t, "the second reactor", func() bool { return slices.Contains(second.woken(), "linus") })
	if slices.Contains(first.woken(), "linus") {
		t.Error("the one that was stopped still wakes")
	}
}
