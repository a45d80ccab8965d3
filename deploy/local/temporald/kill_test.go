package temporald_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"dialtone/deploy/local/temporald"
)

// childFile names the store that the re-executed test binary is to serve.
const childFile = "TEMPORALD_CHILD_FILE"

const queue = "survivors"

// survivor waits for a timer and for an activity at the same time.
func survivor(ctx workflow.Context) (int32, error) {
	timer := workflow.NewTimer(ctx, 3*time.Second)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond},
	})
	pending := workflow.ExecuteActivity(ctx, "stall")
	if err := timer.Get(ctx, nil); err != nil {
		return 0, err
	}
	var attempt int32
	err := pending.Get(ctx, &attempt)
	return attempt, err
}

// runChild serves the store, lets the workflow come to its two waits, says so
// and never ends by itself.
func runChild(file string) error {
	ctx := context.Background()
	server, err := temporald.Start(ctx, temporald.Config{
		File: file, UI: "127.0.0.1:0", Log: slog.New(slog.NewJSONHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	connection, err := client.DialContext(ctx, client.Options{HostPort: server.Address(), Logger: quiet})
	if err != nil {
		return err
	}
	hand := worker.New(connection, queue, worker.Options{})
	hand.RegisterWorkflow(survivor)
	hand.RegisterActivityWithOptions(func(context.Context) error {
		fmt.Println("pending")
		select {}
	}, activity.RegisterOptions{Name: "stall"})
	if err := hand.Start(); err != nil {
		return err
	}
	options := client.StartWorkflowOptions{ID: "survivor", TaskQueue: queue}
	if _, err := connection.ExecuteWorkflow(ctx, options, survivor); err != nil {
		return err
	}
	select {}
}

func TestTimersAndActivitiesGoOnAfterTheProcessWasKilled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "t.db")
	killOncePending(t, file)
	wantIntact(t, file)

	connection := dial(t, start(t, temporald.Config{File: file}))
	hand := worker.New(connection, queue, worker.Options{})
	hand.RegisterWorkflow(survivor)
	hand.RegisterActivityWithOptions(func(ctx context.Context) (int32, error) {
		return activity.GetInfo(ctx).Attempt, nil
	}, activity.RegisterOptions{Name: "stall"})
	if err := hand.Start(); err != nil {
		t.Fatal(err)
	}
	defer hand.Stop()

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var attempt int32
	if err := connection.GetWorkflow(ctx, "survivor", "").Get(ctx, &attempt); err != nil {
		t.Fatalf("the workflow did not go on: %v", err)
	}
	if attempt < 2 {
		t.Errorf("the activity's attempt is %d; the killed one was forgotten", attempt)
	}
}

func wantIntact(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("after the kill the store is %q, %v", verdict, err)
	}
}

// killOncePending runs the child and kills it while the workflow waits. Its
// standard output must hold nothing but the child's own line.
func killOncePending(t *testing.T, file string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childFile+"="+file)
	child.Stderr = t.Output()
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	if !lines.Scan() || strings.TrimSpace(lines.Text()) != "pending" {
		t.Errorf("the child printed %q", lines.Text())
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
}
