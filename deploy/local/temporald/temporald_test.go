package temporald_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"dialtone/deploy/local/temporald"
	"dialtone/domain"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(childFile); file != "" {
		if err := runChild(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// logs collects log lines written from many goroutines.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func start(t *testing.T, cfg temporald.Config) *temporald.Server {
	t.Helper()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewJSONHandler(t.Output(), nil))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server, err := temporald.Start(ctx, cfg)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() { stop(t, server) })
	return server
}

func stop(t *testing.T, server *temporald.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := server.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func dial(t *testing.T, server *temporald.Server) client.Client {
	t.Helper()
	connection, err := client.DialContext(t.Context(), client.Options{
		HostPort: server.Address(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatalf("dial %s: %v", server.Address(), err)
	}
	t.Cleanup(connection.Close)
	return connection
}

func greet(_ workflow.Context, name string) (string, error) { return "hello " + name, nil }

func runWorkflow(t *testing.T, connection client.Client, id string) {
	t.Helper()
	hand := worker.New(connection, "greetings", worker.Options{})
	hand.RegisterWorkflow(greet)
	if err := hand.Start(); err != nil {
		t.Fatalf("start a worker: %v", err)
	}
	defer hand.Stop()
	options := client.StartWorkflowOptions{ID: id, TaskQueue: "greetings"}
	run, err := connection.ExecuteWorkflow(t.Context(), options, greet, "Ada")
	if err != nil {
		t.Fatalf("start a workflow: %v", err)
	}
	var answer string
	if err := run.Get(t.Context(), &answer); err != nil || answer != "hello Ada" {
		t.Fatalf("workflow answered %q, %v", answer, err)
	}
}

func TestTwoServersRunSideBySideAndStaySilent(t *testing.T) {
	var lines logs
	quiet := slog.New(slog.NewJSONHandler(&lines, nil))
	for _, name := range []string{"one", "two"} {
		file := filepath.Join(t.TempDir(), "temporal 100%.db")
		server := start(t, temporald.Config{File: file, UI: "127.0.0.1:0", Log: quiet})
		runWorkflow(t, dial(t, server), name)
		if _, err := os.Stat(file); err != nil {
			t.Errorf("state is not where it was asked for: %v", err)
		}
	}
	if lines.String() != "" {
		t.Errorf("a healthy server logged:\n%s", lines.String())
	}
}

func TestTheNamespaceKeepsClosedWorkflowsForThreeDays(t *testing.T) {
	connection := dial(t, start(t, temporald.Config{File: filepath.Join(t.TempDir(), "t.db")}))
	answer, err := connection.WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: temporald.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	if kept := answer.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration(); kept != 72*time.Hour {
		t.Errorf("closed workflows are kept for %v", kept)
	}
}

func TestASecondStartFindsWhatTheFirstLeft(t *testing.T) {
	cfg := temporald.Config{File: filepath.Join(t.TempDir(), "t.db")}
	first, err := temporald.Start(t.Context(), withLog(t, cfg))
	if err != nil {
		t.Fatal(err)
	}
	connection := dial(t, first)
	runWorkflow(t, connection, "kept")
	cfg.Frontend = first.Address()
	stop(t, first)
	stop(t, first) // once more is nothing

	second := start(t, cfg)
	if second.Address() != cfg.Frontend {
		t.Errorf("frontend is %s, asked for %s", second.Address(), cfg.Frontend)
	}
	var answer string
	if err := dial(t, second).GetWorkflow(t.Context(), "kept", "").Get(t.Context(), &answer); err != nil {
		t.Fatalf("read the first run's workflow: %v", err)
	}
}

func withLog(t *testing.T, cfg temporald.Config) temporald.Config {
	cfg.Log = slog.New(slog.NewJSONHandler(t.Output(), nil))
	return cfg
}

func TestOnlyLoopbackAddressesAreServed(t *testing.T) {
	for name, cfg := range map[string]temporald.Config{
		"frontend on every interface": {Frontend: "0.0.0.0:0"},
		"frontend on a foreign host":  {Frontend: "192.0.2.1:7233"},
		"ui on every interface":       {UI: ":8233"},
		"ui by a foreign name":        {UI: "example.org:8233"},
		"no port":                     {Frontend: "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.File = filepath.Join(t.TempDir(), "t.db")
			server, err := temporald.Start(t.Context(), withLog(t, cfg))
			if err == nil {
				stop(t, server)
				t.Fatal("it was served")
			}
			if domain.KindOf(err) != domain.Invalid {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestAnInterruptedFirstStartCanBeRepeated(t *testing.T) {
	cfg := temporald.Config{File: filepath.Join(t.TempDir(), "t.db")}
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := temporald.Start(interrupted, withLog(t, cfg)); !errors.Is(err, context.Canceled) {
		t.Errorf("the interrupted start came to %v", err)
	}
	runWorkflow(t, dial(t, start(t, cfg)), "after")
}

func TestATakenPortIsAnErrorNotACrash(t *testing.T) {
	running := start(t, temporald.Config{File: filepath.Join(t.TempDir(), "t.db"), UI: "127.0.0.1:0"})
	for name, cfg := range map[string]temporald.Config{
		"frontend": {Frontend: running.Address()},
		"ui":       {UI: running.UIAddress()},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.File = filepath.Join(t.TempDir(), "t.db")
			if _, err := temporald.Start(t.Context(), withLog(t, cfg)); err == nil {
				t.Error("two servers share one port")
			}
		})
	}
}
