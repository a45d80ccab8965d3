package projections_test

import (
	"math/rand/v2"
	"testing"

	"dialtone/domain/user"
)

// What is applied in large batches is what is applied event by event.
func TestHowEventsAreCutIntoBatchesMakesNoDifference(t *testing.T) {
	h := newHouse(t)
	stop := h.run(h.views, h.journal)
	random := rand.New(rand.NewPCG(8, 9))
	for range 60 {
		busy(h, random, 2)
		h.settled()
	}
	id := userID(500)
	h.tell(user.Stream(id), ada(id))
	for _, event := range append(activation("link-1"), confirmation("link-1")...) {
		h.tell(user.Stream(id), event)
		h.settled()
	}
	stop()
	piecemeal := h.dump(h.views)

	h.folder = t.TempDir()
	h.views = h.open()
	h.followed()
	equal(t, "all at once", h.dump(h.views), piecemeal)
}
