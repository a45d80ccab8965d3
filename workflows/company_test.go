package workflows_test

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/workflows"
)

// found orders the company, whose numbers the network is to connect.
func (s *stage) found() {
	s.rules.ConnectNumbers = true
	s.execute(company.Stream(companyID), company.Create{
		ID: companyID, Name: "Example GmbH", Language: "en", Country: "DE", Policy: s.rules,
		Blocks: []company.Block{{From: line, To: line}, {From: "+493023125100", To: "+493023125199"}},
	}.Decide)
}

// connect runs the company's workflow.
func (s *stage) connect() error {
	s.t.Helper()
	s.env.RegisterWorkflow(workflows.Company)
	s.env.RegisterActivity(&activities.Companies{Journal: s.journal, Network: s.network})
	s.env.SetTestTimeout(time.Minute)
	s.started, s.began = true, s.env.Now()
	s.env.ExecuteWorkflow(workflows.Company, companyID)
	if !s.env.IsWorkflowCompleted() {
		s.t.Fatal("the workflow has not ended")
	}
	return s.env.GetWorkflowError()
}

func (s *stage) firm() company.State {
	s.t.Helper()
	return company.Fold(s.loaded(company.Stream(companyID)).Facts)
}

func (s *stage) connections() (states []company.ConnectionState) {
	for _, c := range s.firm().Connections {
		states = append(states, c.State)
	}
	return states
}

var (
	errBusy   = domain.Faultf(domain.Unavailable, "port-busy", "the port is busy")
	errNoPort = domain.Faultf(domain.Refused, "no-port", "+493023125100 has no port")
)

func TestACompanysNumbersAreConnected(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.found()
	if err := s.connect(); err != nil {
		t.Fatal(err)
	}
	if got := s.connections(); !slices.Equal(got, []company.ConnectionState{company.Connected, company.Connected}) {
		t.Errorf("the connections are %v", got)
	}
	if len(s.network.orders) != 2 || s.network.orders[0] == s.network.orders[1] {
		t.Errorf("the network was asked for %v", s.network.orders)
	}
	if s.lived() > time.Minute {
		t.Errorf("the workflow waited %s for nothing", s.lived())
	}
}

func TestABusyNetworkIsWaitedForAndARefusalIsTold(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.found()
	s.network.errs = []error{errBusy, errNoPort, errBusy} // first block, second block, first again
	if err := s.connect(); err != nil {
		t.Fatal(err)
	}
	firm := s.firm()
	if got := s.connections(); !slices.Equal(got, []company.ConnectionState{company.Connected, company.Refused}) {
		t.Fatalf("the connections are %v", got)
	}
	if firm.Connections[0].Attempts != 3 || s.lived() < 20*time.Second {
		t.Errorf("%d attempts in %s", firm.Connections[0].Attempts, s.lived())
	}
	refusal := firm.Connections[1].Trouble
	if refusal == nil || refusal.Cause != "network-refused" || refusal.Responsible != "operator" || refusal.Code != "no-port" || refusal.Text != "… has no port" {
		t.Errorf("the refusal is told as %+v", refusal)
	}
}

func TestTheOperatorHasARefusalTriedAgain(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.found()
	s.network.errs = []error{errNoPort}
	if err := s.connect(); err != nil {
		t.Fatal(err)
	}
	s.execute(company.Stream(companyID), company.RetryConnections{}.Decide)
	next := s.again()
	if err := next.connect(); err != nil {
		t.Fatal(err)
	}
	if got := next.connections(); !slices.Equal(got, []company.ConnectionState{company.Connected, company.Connected}) {
		t.Errorf("the connections are %v", got)
	}
}

// A network that stays away for a week makes a long story in short runs; the
// operator's retry is heard at once.
func TestANetworkThatStaysAwayIsAskedInShortRuns(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.found()
	s.network.errs = slices.Repeat([]error{errBusy}, 700)
	s.after(24*time.Hour, func() {
		s.network.mu.Lock()
		s.network.errs = nil
		s.network.mu.Unlock()
		s.execute(company.Stream(companyID), company.RetryConnections{}.Decide)
		s.signal()
	})
	if err := s.connect(); err != nil {
		t.Fatal(err)
	}
	if got := s.lived(); got > 24*time.Hour+time.Minute {
		t.Errorf("the retry was heard after %s", got)
	}

	long := newStage(t, "unifyoffice")
	long.found()
	long.network.errs = []error{errBusy, errBusy}
	long.env.SetCurrentHistoryLength(5000) // the run ends before it waits
	if err := long.connect(); !workflow.IsContinueAsNewError(err) {
		t.Fatalf("the run ended with %v", err)
	}
	next := long.again()
	if err := next.connect(); err != nil {
		t.Fatal(err)
	}
	if got := next.connections(); !slices.Equal(got, []company.ConnectionState{company.Connected, company.Connected}) {
		t.Errorf("the connections are %v", got)
	}
}
