package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// TestTwoChangesToOneExtensionLeaveItWithItsUser lets two changes want the same
// extension for the same user at the same time, with one If-Match: whoever is
// refused must not give back what the other's fact names.
func TestTwoChangesToOneExtensionLeaveItWithItsUser(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	for round := range 60 {
		order := fmt.Sprintf(`{"firstName":"U","lastName":"%d"}`, round)
		id := h.user(firm, order).want(t, http.StatusCreated).text("id")
		loaded, err := h.journal.Load(t.Context(), user.Stream(id))
		must(t, err)
		wanted := fmt.Sprint(20000 + round)
		var both sync.WaitGroup
		errs := make([]error, 2)
		for n := range errs {
			both.Go(func() {
				change := api.ChangeForm{Extension: api.Put(wanted)}
				_, errs[n] = h.server.Desk.ChangeUser(t.Context(), h.by(domain.ActorOperator), id, change, eventstore.IfRevision(uint64(loaded.Revision)))
			})
		}
		both.Wait()
		if errs[0] == nil && errs[1] == nil {
			t.Errorf("round %d: both passed on one If-Match", round)
		}
		named, owner := h.state(id).Extension == wanted, h.owner(user.ExtensionStream(firm, wanted))
		if named != (owner == user.Stream(id)) {
			t.Fatalf("round %d: the user has it: %t, its owner is %q (%v, %v)", round, named, owner, errs[0], errs[1])
		}
	}
}
