package projections_test

import (
	"testing"

	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/projections"
)

func TestWhoWasOrderedAsANumberWaitsForTheDetails(t *testing.T) {
	h := newHouse(t)
	id := userID(1)
	nobody := ada(id)
	nobody.Personal = nil
	h.tell(user.Stream(id), nobody)
	h.followed()
	stuck, _, err := h.views.Stuck(t.Context(), projections.StuckFilter{})
	if err != nil || len(stuck) != 1 || stuck[0].Name != policy.StepDetails || stuck[0].Responsible != "admin" || !stuck[0].Since().Equal(morning) {
		t.Fatalf("under way: %+v, %v", stuck, err)
	}
	h.tell(user.Stream(id), user.DetailsChanged{Personal: &user.PersonChanges{FirstName: new("Ada"), LastName: new("King")}})
	h.followed()
	if steps := must[[]projections.StepRow](t)(h.views.Steps(t.Context(), id)); len(steps) != 0 {
		t.Errorf("who is named waits for %+v", steps)
	}
}

func TestStepsSayWhereTheActivationStands(t *testing.T) {
	h := newHouse(t)
	id := userID(1)
	all := activation("link-1")
	h.tell(user.Stream(id), ada(id))
	h.tell(user.Stream(id), all[:5]...)
	h.followed()

	steps, err := h.views.Steps(t.Context(), id)
	if err != nil || len(steps) != 3 {
		t.Fatalf("got %v, %v, want three steps", steps, err)
	}
	equal(t, "first", steps[0].State, string(user.Done))
	network := steps[1]
	equal(t, "name", network.Name, policy.StepNetwork)
	equal(t, "state", network.State, string(user.Waiting))
	equal(t, "cause", network.Cause, "network-busy")
	equal(t, "responsible", network.Responsible, "network")
	equal(t, "code", network.Code, "503")
	equal(t, "text", network.Text, "try later")
	equal(t, "attempts", network.Attempts, 1)
	if network.NextTry == nil || network.NextTry.Sub(morning).Minutes() != 5 {
		t.Errorf("next try: got %v", network.NextTry)
	}
	equal(t, "ord", steps[2].Ord, 2)

	h.tell(user.Stream(id), all[5:]...)
	h.followed()
	if steps, err = h.views.Steps(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	equal(t, "network", steps[1].State, string(user.Done))
	equal(t, "link waits for", steps[2].Responsible, "user")
	if steps[2].Deadline == nil || !steps[2].Deadline.Equal(later) {
		t.Errorf("deadline: got %v, want %v", steps[2].Deadline, later)
	}
}
