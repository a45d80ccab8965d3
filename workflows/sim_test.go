package workflows_test

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/domain/claim"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/workflows"
)

const (
	simID = "11111111-59aa-5bb1-8d0e-1f0f0d6f3a01"
	imsi  = "240017430000012"
)

// chip is one SIM beside the user of a stage, with the stand-in of its vendor.
type chip struct {
	*stage
	vendor *local.SIMVendor
	url    string
}

func newChip(t *testing.T) *chip {
	t.Helper()
	s := newStage(t, "unifyoffice")
	s.order(false)
	c := &chip{stage: s, vendor: local.NewSIMVendor(local.SIMVendorConfig{Clock: s.env.Now})}
	server := httptest.NewServer(c.vendor)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// live runs the workflow of a SIM to its end, in as many runs as it takes.
func (c *chip) live(id string) {
	c.t.Helper()
	for {
		c.env.RegisterWorkflow(workflows.SIM)
		c.env.RegisterActivity(&activities.SIMs{
			Journal: c.journal, ClaimKey: make([]byte, 32),
			Vendor: activities.NewVendor(activities.VendorConfig{URL: c.url}),
		})
		c.env.SetTestTimeout(time.Minute)
		c.started, c.began = true, c.env.Now()
		c.env.ExecuteWorkflow(workflows.SIM, id)
		err := c.env.GetWorkflowError()
		if err != nil && !workflow.IsContinueAsNewError(err) {
			c.t.Fatal(err)
		}
		c.stage = c.again()
		if err == nil {
			return
		}
	}
}

func (c *chip) sim(id string) sim.State { return sim.Fold(c.loaded(sim.Stream(id)).Facts) }

func (c *chip) give(id, imsi string, on *time.Time) {
	c.t.Helper()
	card := sim.Card{IMSI: imsi}
	claims := card.Claims(make([]byte, 32))
	c.execute(claims[0], claim.Take{Owner: sim.Stream(id), By: "order", At: c.env.Now()}.Decide)
	c.execute(sim.Stream(id), sim.Give{ID: id, Company: companyID, User: userID, Kind: sim.Voice, Card: card, Claims: claims, On: on, At: c.env.Now()}.Decide)
}

func (c *chip) wants(id string, state sim.Shown) sim.State {
	c.t.Helper()
	s := c.sim(id)
	if got := s.ShownAt(c.env.Now()); got != state {
		c.t.Errorf("the SIM is %s, not %s: %+v", got, state, s)
	}
	return s
}

func TestASIMIsActivatedInNinetyDays(t *testing.T) {
	c := newChip(t)
	on := c.env.Now().AddDate(0, 0, 90)
	c.give(simID, imsi, &on)
	c.live(simID)
	s := c.wants(simID, sim.ShownActive)
	if c.vendor.Activations(imsi) != 1 || s.Card.ICCID == "" || len(s.Claims) != 2 || c.env.Now().Before(on) {
		t.Errorf("activated %d times, as %+v", c.vendor.Activations(imsi), s.Card)
	}
	if got := c.state().SIMs; !slices.Equal(got, []user.SIM{{ID: simID, Kind: sim.Voice}}) {
		t.Errorf("the user has %+v", got)
	}
}

func TestAVendorThatIsDownForThreeDaysIsWaitedFor(t *testing.T) {
	c := newChip(t)
	if err := c.vendor.Fail(local.SIMFault{Path: "*", Status: 503}); err != nil {
		t.Fatal(err)
	}
	began := c.env.Now()
	c.after(72*time.Hour, c.vendor.Heal)
	c.give(simID, imsi, nil)
	c.live(simID)
	c.wants(simID, sim.ShownActive)
	if waited := c.env.Now().Sub(began); waited < 72*time.Hour || waited > 75*time.Hour {
		t.Errorf("it took %s", waited)
	}
	delays := 0
	for _, fact := range c.loaded(sim.Stream(simID)).Facts {
		if e, ok := fact.Event.(sim.Delayed); ok {
			if delays++; e.Cause != "vendor-busy" || e.Responsible != "sim-vendor" || e.NextTry == nil || e.Attempt != delays {
				t.Errorf("a delay is told as %+v", e)
			}
		}
	}
	if delays < 10 || delays > 100 || c.vendor.Activations(imsi) != 1 {
		t.Errorf("%d delays and %d activations", delays, c.vendor.Activations(imsi))
	}
}

func TestARefusalByTheVendorIsFinal(t *testing.T) {
	c := newChip(t)
	if err := c.vendor.Fail(local.SIMFault{Path: "/v1/cards/activate", Status: 409, Code: "card-in-use", Detail: "card " + imsi + " is taken", Times: 1}); err != nil {
		t.Fatal(err)
	}
	c.give(simID, imsi, nil)
	c.live(simID)
	s := c.wants(simID, sim.ShownFailed)
	if w := s.Work.Trouble; w == nil || w.Cause != "card-in-use" || w.Responsible != "operator" || w.Text != "card … is taken" || w.Code != "http 409 card-in-use" {
		t.Errorf("the refusal is told as %+v", s.Work.Trouble)
	}
	c.execute(sim.Stream(simID), sim.Retry{}.Decide)
	c.live(simID)
	c.wants(simID, sim.ShownActive)
}

// The SIM that was ordered by itself, and one that is activated by hand before
// the dispatch or behind it (2.12, 2.13).
func TestAHandActivationSparesTheDispatch(t *testing.T) {
	for name, c := range map[string]struct {
		sent bool
		want sim.Shown
	}{"before": {false, sim.ShownCancelled}, "behind": {true, sim.ShownFree}} {
		t.Run(name, func(t *testing.T) {
			s := newChip(t)
			const ordered = "22222222-59aa-5bb1-8d0e-1f0f0d6f3a01"
			s.execute(sim.Stream(ordered), sim.PlaceOrder{ID: ordered, Company: companyID, Kind: sim.Voice, User: userID, Automatic: true}.Decide)
			s.after(time.Minute, func() {
				if c.sent {
					if err := s.vendor.Dispatch(t.Context(), local.SIMDispatch{SIM: ordered, Silent: true}); err != nil {
						t.Error(err)
					}
				}
				s.give(simID, imsi, nil)
				s.execute(sim.Stream(ordered), sim.CallOff{Instead: simID}.Decide)
				s.signal()
			})
			s.live(ordered)
			s.live(simID)
			s.wants(simID, sim.ShownActive)
			s.wants(ordered, c.want)
			if got := s.state().SIMs; !slices.Equal(got, []user.SIM{{ID: simID, Kind: sim.Voice}}) {
				t.Errorf("the user has %+v", got)
			}
		})
	}
}
