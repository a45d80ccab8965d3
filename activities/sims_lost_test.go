package activities_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/domain"
	"dialtone/domain/sim"
)

// A vendor that has forgotten an order is given it again, under the same id.
func TestAnOrderThatTheVendorHasLostIsGivenAgain(t *testing.T) {
	w := newWorld(t)
	clock := func() time.Time { return w.now }
	stands := []*local.SIMVendor{local.NewSIMVendor(local.SIMVendorConfig{Clock: clock}), local.NewSIMVendor(local.SIMVendorConfig{Clock: clock})}
	p := w.bear("onenet", "standard")
	id := domain.DeriveID("lost", p.id)
	p.execute(sim.Stream(id), func(domain.Cause) domain.Decide {
		return sim.PlaceOrder{ID: id, Company: p.company, Kind: sim.Voice, User: p.id}.Decide
	})
	settled := func(stand *local.SIMVendor) sim.State {
		t.Helper()
		server := httptest.NewServer(stand)
		defer server.Close()
		d := &drawer{person: p, vendor: stand, kill: &simKilling{}, names: map[string]string{"lost": id}, sims: &activities.SIMs{
			Journal: w.users.Journal, ClaimKey: make([]byte, 32), Vendor: activities.NewVendor(activities.VendorConfig{URL: server.URL}),
		}}
		d.settle("lost")
		h, err := w.journal.Load(t.Context(), sim.Stream(id))
		w.must(err)
		return sim.Fold(h.Facts)
	}
	settled(stands[0])
	w.now = w.now.Add(2 * time.Hour)
	s := settled(stands[1]) // which knows nothing
	if stands[1].Orders(id) != 1 || s.ShownAt(w.now) != sim.ShownOrdered || s.Work.Trouble == nil || s.Work.Trouble.Cause != "dispatch-awaited" {
		t.Fatalf("the order is %+v, of which the vendor has %d", s.Work.Trouble, stands[1].Orders(id))
	}
	w.must(stands[1].Dispatch(t.Context(), local.SIMDispatch{SIM: id, Silent: true}))
	w.now = w.now.Add(5 * time.Hour)
	if s = settled(stands[1]); s.ShownAt(w.now) != sim.ShownDispatched || !s.Card.Named() {
		t.Errorf("in the end it is %+v", s)
	}
}

func TestTheVendorsStandInGoesOnWithWhatStandsInItsBook(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sim-vendor.jsonl")
	open := func() (*local.SIMVendor, *activities.Vendor) {
		t.Helper()
		stand, err := local.OpenSIMVendor(local.SIMVendorConfig{Clock: time.Now}, file)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(stand)
		t.Cleanup(server.Close)
		return stand, activities.NewVendor(activities.VendorConfig{URL: server.URL})
	}
	do := func(v *activities.Vendor, job activities.VendorJob) activities.VendorAnswer {
		t.Helper()
		answer, outcome := v.Do(t.Context(), job)
		if !outcome.Accepted {
			t.Fatalf("%s: %+v", job.Task, outcome)
		}
		return answer
	}
	first, vendor := open()
	do(vendor, activities.VendorJob{Task: sim.Order, Key: "1", Order: "a", SIM: "sim-a", Kind: sim.Voice})
	do(vendor, activities.VendorJob{Task: sim.Cancel, Key: "2", Order: "b", SIM: "sim-b"})
	profile := do(vendor, activities.VendorJob{Task: sim.Prepare, Key: "3", Order: "c", SIM: "sim-c"}).Profile
	card := do(vendor, activities.VendorJob{Task: sim.Activate, Key: "4", SIM: "sim-d", Kind: sim.Voice, Card: sim.Card{IMSI: "240017430000012"}}).Profile.Card
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, vendor := open()
	t.Cleanup(func() { _ = second.Close() })
	if err := second.Dispatch(t.Context(), local.SIMDispatch{SIM: "sim-b"}); domain.KindOf(err) != domain.Refused {
		t.Errorf("what was cancelled is sent: %v", err)
	}
	if err := second.Dispatch(t.Context(), local.SIMDispatch{SIM: "sim-a"}); err != nil {
		t.Fatal(err)
	}
	sent := do(vendor, activities.VendorJob{Task: sim.Check, Key: "5", Order: "a", SIM: "sim-a"})
	if sent.State != activities.VendorDispatched || !sent.Profile.Named() || sent.Profile.IMSI == profile.IMSI || sent.Profile.IMSI == card.IMSI {
		t.Errorf("the order became %s", sent.State)
	}
	if again := do(vendor, activities.VendorJob{Task: sim.Prepare, Key: "6", Order: "c", SIM: "sim-c"}).Profile; again != profile {
		t.Error("the eSIM is another one")
	}
	if _, outcome := vendor.Do(t.Context(), activities.VendorJob{Task: sim.Activate, Key: "7", SIM: "sim-e", Kind: sim.Voice, Card: card}); outcome.Cause != "card-in-use" {
		t.Errorf("somebody else's card: %+v", outcome)
	}
	if got := second.Activations(card.IMSI); got != 1 {
		t.Errorf("activated %d times", got)
	}
}
