package workflows_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/workflows"
)

const (
	userID    = "0c8f3c52-59aa-5bb1-8d0e-1f0f0d6f3a01"
	companyID = "7f1d5f0e-2a44-5a3b-9c55-6f2b7b1f2c02"
	line      = domain.E164("+493023125001")
)

// stage is one user of one company on a real store, with Temporal's time, which
// skips what nobody waits for.
type stage struct {
	memberships members
	t           *testing.T
	env         *testsuite.TestWorkflowEnvironment
	journal     *eventstore.Journal
	rules       policy.Policy
	linkKey     []byte
	mail        *post
	sms         *post
	network     *exchange
	texts       *activities.Texts
	orders      int
	signals     int // sent so far
	started     bool
	began       time.Time // of the workflow's time
}

func newStage(t *testing.T, preset string) *stage {
	t.Helper()
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	var suite testsuite.WorkflowTestSuite
	s := &stage{
		t: t, env: suite.NewTestWorkflowEnvironment(), rules: presets[preset], linkKey: make([]byte, 32),
		mail: &post{}, sms: &post{}, network: &exchange{},
	}
	s.env.SetStartTime(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
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
	s.journal = eventstore.NewJournal(store, codec, s.env.Now)
	texts, err := activities.NewTexts()
	if err != nil {
		t.Fatal(err)
	}
	s.texts = texts
	s.register()
	return s
}

func (s *stage) register() {
	s.env.RegisterWorkflow(workflows.User)
	s.env.RegisterActivity(&activities.Users{
		Journal: s.journal, Mail: s.mail, SMS: textPost{s.sms}, Network: s.network, Texts: s.texts,
		LinkKey: s.linkKey, PublicURL: "https://phones.example.com", Leaders: chiefs{userID, colleagueID}, Memberships: s.memberships,
	})
}

// order makes the company and the user; activate starts the activation with it.
func (s *stage) order(activate bool) {
	firm := company.State{ID: companyID, Name: "Example GmbH", Language: "en", Country: "DE", Policy: s.rules, Blocks: []company.Block{{From: line, To: line}}}
	s.execute(company.Stream(companyID), company.Create{
		ID: companyID, Name: firm.Name, Language: "en", Country: "DE", Policy: s.rules, Blocks: firm.Blocks,
	}.Decide)
	s.execute(number.Stream(line), number.Connect{Number: line, Company: companyID, At: s.env.Now()}.Decide)
	s.execute(number.Stream(line), number.Assign{Number: line, Company: companyID, User: userID, By: "order", At: s.env.Now()}.Decide)
	short := line.Last(s.rules.Extension.LastDigits)
	extension := user.ExtensionStream(companyID, short)
	s.execute(extension, claim.Take{Owner: user.Stream(userID), By: "order", At: s.env.Now()}.Decide)
	s.execute(user.Stream(userID), user.Create{
		ID: userID, Company: firm, Number: line, Extension: short, Activate: activate,
		Person: user.Person{FirstName: "Ada", LastName: "Sommer", Email: "ada@example.com", Mobile: "+491711234567"},
		Claims: user.Claims{Number: number.Stream(line), Extension: extension},
	}.Decide)
}

// execute gives a command as the operator would.
func (s *stage) execute(stream string, decide domain.Decide) eventstore.Result {
	s.t.Helper()
	return s.executeAs(domain.ActorOperator, stream, func(domain.Cause) domain.Decide { return decide })
}

func (s *stage) executeAs(actor, stream string, decide func(domain.Cause) domain.Decide) eventstore.Result {
	s.t.Helper()
	s.orders++
	cause := domain.Cause{
		Command: domain.DeriveID("test", strconv.Itoa(s.orders)), Actor: domain.Actor{Kind: actor},
		Channel: domain.ChannelAPI, At: s.env.Now().UTC(),
	}
	result, err := s.journal.Execute(context.Background(), stream, cause, decide(cause))
	if err != nil {
		s.t.Fatalf("command on %s: %v", stream, err)
	}
	return result
}

// confirm follows the link as the user would.
func (s *stage) confirm() {
	s.executeAs(domain.ActorUser, user.Stream(userID), func(c domain.Cause) domain.Decide {
		return user.Confirm{Hash: s.state().Link.Hash, At: c.At, Policy: s.rules, Sum: user.CredentialSum{Password: "hash"}}.Decide
	})
	s.signal()
}

func (s *stage) renew(actor string) {
	s.executeAs(actor, user.Stream(userID), func(c domain.Cause) domain.Decide {
		return user.RenewLink{Cause: c, Policy: s.rules, Mint: user.Minter(s.linkKey, userID)}.Decide
	})
	s.signal()
}

// signal wakes a running workflow; one that starts looks anyway.
func (s *stage) signal() {
	if s.started {
		s.signals++
		s.env.SignalWorkflow(workflows.LookAgain, "0")
	}
}

// after runs something at a moment of the workflow's time.
func (s *stage) after(d time.Duration, what func()) { s.env.RegisterDelayedCallback(what, d) }

// run runs the workflow to its end.
func (s *stage) run() {
	s.t.Helper()
	if err := s.execution(); err != nil {
		s.t.Fatalf("the workflow failed: %v", err)
	}
}

// continued runs the workflow and tells whether it went on as new, rather than
// to its end.
func (s *stage) continued() bool {
	s.t.Helper()
	err := s.execution()
	if err != nil && !workflow.IsContinueAsNewError(err) {
		s.t.Fatalf("the workflow failed: %v", err)
	}
	return err != nil
}

func (s *stage) execution() error {
	s.t.Helper()
	s.env.SetTestTimeout(time.Minute)
	s.started, s.began = true, s.env.Now()
	s.env.ExecuteWorkflow(workflows.User, userID)
	if !s.env.IsWorkflowCompleted() {
		s.t.Fatal("the workflow has not ended")
	}
	return s.env.GetWorkflowError()
}

func (s *stage) state() user.State {
	s.t.Helper()
	h, err := s.journal.Load(context.Background(), user.Stream(userID))
	if err != nil {
		s.t.Fatal(err)
	}
	return user.Fold(h.Facts)
}

// facts lists the names of the user's facts without prefix and version.
func (s *stage) facts() []string {
	s.t.Helper()
	h, err := s.journal.Load(context.Background(), user.Stream(userID))
	if err != nil {
		s.t.Fatal(err)
	}
	names := make([]string, 0, len(h.Facts))
	for _, f := range h.Facts {
		name := f.Event.Type()
		names = append(names, name[len("user."):len(name)-len(".v1")])
	}
	return names
}

// post takes mails and texts; the outcomes are given in order, then everything
// is accepted.
type post struct {
	mu       sync.Mutex
	outcomes []activities.Outcome
	mails    []activities.Mail
	texts    []activities.SMS
}

func (p *post) outcome() activities.Outcome {
	if len(p.outcomes) == 0 {
		return activities.Outcome{Accepted: true, Provider: "250 queued"}
	}
	next := p.outcomes[0]
	p.outcomes = p.outcomes[1:]
	return next
}

// Send takes a mail.
func (p *post) Send(_ context.Context, letter activities.Mail) activities.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, letter)
	return p.outcome()
}

// members are the groups of a user.
type members []string

// GroupsToLeave lists them.
func (m members) GroupsToLeave(context.Context, string, eventstore.Position) ([]string, error) {
	return m, nil
}

type textPost struct{ *post }

// Send takes an SMS.
func (p textPost) Send(_ context.Context, text activities.SMS) activities.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts = append(p.texts, text)
	return p.outcome()
}

// Lookup finds what was taken before.
func (p textPost) Lookup(_ context.Context, text activities.SMS, _ time.Time, _ []string) (activities.Outcome, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, sent := range p.texts {
		if sent.Text == text.Text {
			return activities.Outcome{Accepted: true}, true
		}
	}
	return activities.Outcome{}, false
}

// exchange is the operator's network; errors are given in order.
type exchange struct {
	mu     sync.Mutex
	errs   []error
	orders []string
}

// Activate puts a number into service, or gives the next error.
func (e *exchange) Activate(_ context.Context, order string, _ domain.E164) error {
	return e.carryOut(order)
}

// Connect puts a block into service, or gives the next error.
func (e *exchange) Connect(_ context.Context, order string, _ company.Block) error {
	return e.carryOut(order)
}

func (e *exchange) carryOut(order string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.orders = append(e.orders, order)
	if len(e.errs) == 0 {
		return nil
	}
	next := e.errs[0]
	e.errs = e.errs[1:]
	return next
}

// again gives the same house a fresh workflow, as the reactor does when new
// facts come after the end of a run.
func (s *stage) again() *stage {
	var suite testsuite.WorkflowTestSuite
	next := *s
	now := s.env.Now()
	next.env = suite.NewTestWorkflowEnvironment()
	next.env.SetStartTime(now)
	next.journal = eventstore.NewJournal(s.journal.Store(), s.journal.Codec(), next.env.Now)
	next.started = false
	next.register()
	return &next
}
