// Package histories holds the workflows of users to their budget on a real
// Temporal server: no run's history reaches 1,000 events, and no fact is lost
// while runs go on as new.
package histories_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"dialtone/activities"
	"dialtone/deploy/local/temporald"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/projections"
	"dialtone/workers"
	"dialtone/workflows"
)

// budget is how many events a run's history stays below.
const budget = 1000

// world is one user of one company over a real event store, followed by the
// reactor and by workflows on a real Temporal server.
type world struct {
	t       *testing.T
	journal *eventstore.Journal
	rules   policy.Policy
	linkKey []byte
	mail    *post
	said    *listener
	orders  int
}

func newWorld(t *testing.T, rules policy.Policy, mail *post) *world {
	t.Helper()
	folder := t.TempDir()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(folder, "events.db"), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	keys, err := sqlstore.OpenKeys(t.Context(), filepath.Join(folder, "keys.db"), make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keys.Close() })
	codec, err := eventstore.NewCodec(keys, wire.Events()...)
	if err != nil {
		t.Fatal(err)
	}
	views, err := projections.Open(t.Context(), projections.Config{DSN: "sqlite:" + filepath.Join(folder, "projections.db"), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { views.Close() })
	w := &world{
		t: t, journal: eventstore.NewJournal(store, codec, time.Now), rules: rules, linkKey: make([]byte, 32),
		mail: mail, said: &listener{Client: startTemporal(t), runs: map[string]bool{}},
	}
	w.work(views)
	return w
}

// work runs the activities and the reactor until the test ends.
func (w *world) work(views *projections.Views) {
	w.t.Helper()
	texts, err := activities.NewTexts()
	if err != nil {
		w.t.Fatal(err)
	}
	provisioning, err := workers.StartProvisioning(w.said.Client, &activities.Users{
		Journal: w.journal, Mail: w.mail, Texts: texts, LinkKey: w.linkKey, PublicURL: "https://phones.example.com",
	}, &activities.Companies{Journal: w.journal, Network: network{}}, &activities.SIMs{Journal: w.journal})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(provisioning.Stop)
	reactor := &workers.Reactor{
		Journal: w.journal, Checkpoints: views, Temporal: w.said, Holder: "test", Log: slog.New(slog.NewTextHandler(w.t.Output(), nil)),
	}
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := reactor.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			w.t.Errorf("the reactor ended with %v", err)
		}
	})
	w.t.Cleanup(func() { cancel(); ended.Wait() })
}

// startTemporal gives a client of a server that ends with the test.
func startTemporal(t *testing.T) client.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	quiet := slog.New(slog.DiscardHandler)
	server, err := temporald.Start(ctx, temporald.Config{File: filepath.Join(t.TempDir(), "temporal.db"), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Errorf("stop Temporal: %v", err)
		}
	})
	c, err := client.Dial(client.Options{HostPort: server.Address(), Logger: sdklog.NewStructuredLogger(quiet)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// listener is Temporal, and counts what the reactor says to it of the user.
type listener struct {
	client.Client
	mu      sync.Mutex
	signals int
	asked   int
	runs    map[string]bool // that were signalled
}

// SignalWithStartWorkflow counts a signal.
func (l *listener) SignalWithStartWorkflow(ctx context.Context, id, signal string, arg any,
	options client.StartWorkflowOptions, workflow any, args ...any,
) (client.WorkflowRun, error) {
	run, err := l.Client.SignalWithStartWorkflow(ctx, id, signal, arg, options, workflow, args...)
	if err == nil && id == workflows.UserID(userID) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.signals++
		l.runs[run.GetRunID()] = true
	}
	return run, err
}

// DescribeWorkflowExecution counts a question.
func (l *listener) DescribeWorkflowExecution(ctx context.Context, id, run string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	told, err := l.Client.DescribeWorkflowExecution(ctx, id, run)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	return told, err
}

// heard gives how many signals and questions there were.
func (l *listener) heard() (signals, asked int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.signals, l.asked
}

// histories gives the length of every run's history, in events.
func (l *listener) histories(t *testing.T, workflow string) []int {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var lengths []int
	for known := range l.runs {
		for run := known; run != ""; {
			length, next := measure(t, l.Client, workflow, run)
			lengths = append(lengths, length)
			if run = next; l.runs[next] { // is counted by itself
				run = ""
			}
		}
	}
	return lengths
}

// measure gives the length of a run's history, and the run that it went on as.
func measure(t *testing.T, c client.Client, workflow, run string) (length int, next string) {
	t.Helper()
	for events := c.GetWorkflowHistory(t.Context(), workflow, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); length++ {
		event, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		next = event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
	}
	return length, next
}

// network does whatever it is asked for.
type network struct{}

// Activate puts a number into service.
func (network) Activate(context.Context, string, domain.E164) error { return nil }

// Connect connects a block.
func (network) Connect(context.Context, string, company.Block) error { return nil }

// post takes mails, once its gate is open.
type post struct {
	gate  chan struct{} // closed: open
	mu    sync.Mutex
	mails []activities.Mail
}

// Send takes a mail.
func (p *post) Send(ctx context.Context, letter activities.Mail) activities.Outcome {
	select {
	case <-p.gate:
	case <-ctx.Done():
		return activities.Outcome{Ambiguous: true}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, letter)
	return activities.Outcome{Accepted: true, Provider: "250 queued"}
}

func (p *post) taken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.mails)
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
