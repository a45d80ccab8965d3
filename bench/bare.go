package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"
)

const (
	bareQueue = "bench-bare"
	// bareActivities is what a user of onenet takes: look, line, network.
	bareActivities = 3
)

// bareWorkflow does nothing but as many activities as an activation.
func bareWorkflow(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute, HeartbeatTimeout: 6 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second},
	})
	for range bareActivities {
		if err := workflow.ExecuteActivity(ctx, bareActivity).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

func bareActivity(context.Context) error { return nil }

// bare is the floor: the same Temporal server, nothing of ours.
type bare struct {
	client client.Client
	worker worker.Worker
}

func startBare(c client.Client) (*bare, error) {
	w := worker.New(c, bareQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: 64, MaxConcurrentWorkflowTaskExecutionSize: 64,
		MaxConcurrentActivityTaskPollers: 8, MaxConcurrentWorkflowTaskPollers: 8,
	})
	w.RegisterWorkflow(bareWorkflow)
	w.RegisterActivity(bareActivity)
	return &bare{client: c, worker: w}, w.Start()
}

func (b *bare) stop() { b.worker.Stop() }

// round runs workflows and gives how many ended per second.
func (b *bare) round(ctx context.Context, round, count int) (float64, error) {
	begun := time.Now()
	runs := make([]client.WorkflowRun, count)
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for n := range count {
		group.Go(func() (err error) {
			runs[n], err = b.client.SignalWithStartWorkflow(running, fmt.Sprintf("bare/%d/%d", round, n), "look-again", "0",
				client.StartWorkflowOptions{TaskQueue: bareQueue}, bareWorkflow)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	for _, run := range runs {
		if err := run.Get(ctx, nil); err != nil {
			return 0, err
		}
	}
	return float64(count) / time.Since(begun).Seconds(), nil
}

// silent keeps the SDK's log out of the table.
type silent struct{}

// Debug says nothing.
func (silent) Debug(string, ...any) {}

// Info says nothing.
func (silent) Info(string, ...any) {}

// Warn says nothing.
func (silent) Warn(string, ...any) {}

// Error says nothing.
func (silent) Error(string, ...any) {}
