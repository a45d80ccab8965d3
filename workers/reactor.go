package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Checkpoints keep how far the reactor has come, and who is the reactor.
type Checkpoints interface {
	Checkpoint(ctx context.Context, name string) (eventstore.Position, error)
	SetCheckpoint(ctx context.Context, name string, position eventstore.Position) error
	Lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error)
	Unlease(ctx context.Context, name, holder string) error
}

// Temporal wakes a workflow, and starts it where it is not running; and tells
// what a workflow is doing.
type Temporal interface {
	SignalWithStartWorkflow(ctx context.Context, workflowID, signalName string, signalArg any,
		options client.StartWorkflowOptions, workflow any, workflowArgs ...any) (client.WorkflowRun, error)
	DescribeWorkflowExecution(ctx context.Context, workflowID, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
}

// Reactor makes workflows follow facts: every fact of a user, a company or a SIM
// that no workflow wrote starts or wakes the workflow user/<id>, company/<id> or
// sim/<id>; looks of the support do not.
type Reactor struct {
	Journal     *eventstore.Journal
	Checkpoints Checkpoints
	Temporal    Temporal
	Holder      string // this process, for the lease
	Log         *slog.Logger

	begun  bool // this process has followed the facts once
	crowds crowds
}

const (
	reactorName  = "reactor"
	reactorLease = 10 * time.Second
	reactorBatch = 256
	signalsAtOne = 32              // signals under way at once
	lookBack     = 2 * time.Minute // more than what a power cut can take from the embedded Temporal
)

// followed are the beginnings of the streams whose facts wake workflows.
var followed = []string{user.Stream(""), company.Stream(""), sim.Stream("")}

// Run reacts until the context ends. Without the lease it stands by; after an
// error it goes on from the checkpoint.
func (r *Reactor) Run(ctx context.Context) error {
	defer func() {
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := r.Checkpoints.Unlease(release, reactorName, r.Holder); err != nil {
			r.Log.Warn("the reactor's lease was not given back", "error", err)
		}
	}()
	for ctx.Err() == nil {
		held, err := r.Checkpoints.Lease(ctx, reactorName, r.Holder, reactorLease)
		if err == nil && held {
			err = r.follow(ctx)
		}
		if err != nil && ctx.Err() == nil {
			r.Log.Warn("the reactor starts again from its checkpoint", "error", err)
		}
		pause(ctx, time.Second)
	}
	return nil
}

// follow reads facts behind the checkpoint and passes them on, batch by batch.
func (r *Reactor) follow(ctx context.Context) error {
	r.crowds.forget() // who is owed a signal is found again behind the checkpoint
	at, err := r.resume(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	messages, failed := r.subscribe(ctx, at)
	renew := time.NewTicker(reactorLease / 3)
	defer renew.Stop()
	settle := time.NewTicker(settling)
	defer settle.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-renew.C:
			if err := r.renew(ctx); err != nil {
				return err
			}
		case <-settle.C:
			if err := r.settle(ctx); err != nil {
				return err
			}
		case first := <-messages:
			if err := r.pass(ctx, collect(first, messages)); err != nil {
				return err
			}
		}
	}
}

var errLost = errors.New("another process is the reactor now")

func (r *Reactor) renew(ctx context.Context) error {
	held, err := r.Checkpoints.Lease(ctx, reactorName, r.Holder, reactorLease)
	if err == nil && !held {
		err = errLost
	}
	if err != nil {
		return fmt.Errorf("keep the reactor's lease: %w", err)
	}
	return nil
}

// resume gives the position to go on from: the checkpoint, or a little earlier
// when this process has just begun. A power cut may have taken back the last of
// what Temporal had acknowledged; being woken twice does a workflow no harm.
func (r *Reactor) resume(ctx context.Context) (eventstore.Position, error) {
	at, err := r.Checkpoints.Checkpoint(ctx, reactorName)
	if err != nil {
		return 0, fmt.Errorf("read the reactor's checkpoint: %w", err)
	}
	if r.begun || at == 0 { // from the first fact on: everybody is woken
		r.begun = true
		return at, nil
	}
	for last, err := range r.Journal.Store().ReadAll(ctx, at, eventstore.Backwards, 1) {
		if err != nil {
			return 0, fmt.Errorf("look at the reactor's last fact: %w", err)
		}
		if at, err = r.Journal.Store().PositionAt(ctx, last.Time.Add(-lookBack)); err != nil {
			return 0, fmt.Errorf("look before the reactor's checkpoint: %w", err)
		}
	}
	r.begun = true
	return at, nil
}

func (r *Reactor) subscribe(ctx context.Context, after eventstore.Position) (<-chan eventstore.Message, <-chan error) {
	messages, failed := make(chan eventstore.Message, reactorBatch), make(chan error, 1)
	go func() {
		for message, err := range r.Journal.Store().Subscribe(ctx, after, followed...) {
			if err != nil {
				failed <- fmt.Errorf("follow the facts: %w", err)
				return
			}
			select {
			case messages <- message:
			case <-ctx.Done():
				return
			}
		}
	}()
	return messages, failed
}

// collect takes what is waiting behind the first message.
func collect(first eventstore.Message, more <-chan eventstore.Message) []eventstore.Message {
	batch := []eventstore.Message{first}
	for len(batch) < reactorBatch {
		select {
		case message := <-more:
			batch = append(batch, message)
		default:
			return batch
		}
	}
	return batch
}

// pass wakes one workflow a stream, and moves the checkpoint once Temporal has
// acknowledged all of them and nobody is owed a signal.
func (r *Reactor) pass(ctx context.Context, batch []eventstore.Message) error {
	latest := map[string]eventstore.Position{}
	for _, message := range batch {
		if message.Kind != eventstore.EventAppeared {
			continue
		}
		meta, err := r.Journal.Codec().DecodeMeta(message.Event)
		if err != nil {
			r.Log.Error("a fact without readable metadata wakes its workflow all the same", "stream", message.Event.Stream, "error", err)
		}
		if meta.Channel != domain.ChannelWorkflow && message.Event.Type != (user.Viewed{}).Type() { // looking changes nothing
			latest[message.Event.Stream] = message.Position
		}
	}
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(signalsAtOne)
	for stream, position := range latest {
		group.Go(func() error { return r.wake(running, stream, position) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	r.crowds.passed = batch[len(batch)-1].Position
	if r.crowds.owing() {
		return nil
	}
	return r.Checkpoints.SetCheckpoint(ctx, reactorName, r.crowds.passed)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
