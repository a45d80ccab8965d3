package api_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"dialtone/api"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// counting is a store that counts the streams of seats that are read.
type counting struct {
	eventstore.Store
	seats atomic.Int64
}

func (c *counting) Read(ctx context.Context, stream string, from uint64, direction eventstore.Direction, limit int) iter.Seq2[eventstore.Recorded, error] {
	if strings.HasPrefix(stream, "seat-") && limit == 0 { // what was written is read back with a limit
		c.seats.Add(1)
	}
	return c.Store.Read(ctx, stream, from, direction, limit)
}

const seatsOrdered = 40

// crowded is a company whose licences are all in use but the last few.
func crowded(t *testing.T, left int) (h *house, store *counting, firm string) {
	t.Helper()
	store = &counting{}
	h = open(t, func(c *api.Config) {
		store.Store = c.Journal.Store()
		c.Journal = eventstore.NewJournal(store, c.Journal.Codec(), c.Journal.Now)
	})
	firm = h.company("unifyoffice", fmt.Sprintf(`,"licences":[{"kind":"basic","count":%d}]`, seatsOrdered))
	var last answer
	for n := range seatsOrdered - left {
		last = h.seated(firm, n).want(t, http.StatusCreated)
	}
	h.get("/v1/users", last).want(t, http.StatusOK)
	store.seats.Store(0)
	return h, store, firm
}

func (h *house) seated(firm string, n int) answer {
	h.t.Helper()
	return h.user(firm, fmt.Sprintf(`{"firstName":"U","lastName":"V","email":"u%d@example.com"}`, n))
}

func (h *house) exec(query string, arguments ...any) {
	h.t.Helper()
	_, err := h.views.DB().ExecContext(h.t.Context(), query, arguments...)
	must(h.t, err)
}

func TestAtTheQuotaNoSeatIsLookedAtOneByOne(t *testing.T) {
	h, store, firm := crowded(t, 1)
	last := h.seated(firm, 100).want(t, http.StatusCreated)
	if read := store.seats.Load(); read != 1 {
		t.Errorf("%d seats were looked at for the last free one", read)
	}
	h.get("/v1/users", last).want(t, http.StatusOK)
	store.seats.Store(0)
	h.seated(firm, 101).problem(t, http.StatusConflict, "quota-reached")
	if read := store.seats.Load(); read != 0 {
		t.Errorf("%d seats were looked at although all are known to be taken", read)
	}
}

func TestReadModelsThatKnowTooLittleGiveNoSeatTwice(t *testing.T) {
	h, store, firm := crowded(t, 0)
	h.exec("DELETE FROM seats")
	h.seated(firm, 100).problem(t, http.StatusConflict, "quota-reached")
	if read := store.seats.Load(); read < seatsOrdered {
		t.Errorf("%d of %d seats were looked at", read, seatsOrdered)
	}
}

func TestReadModelsThatAreNotSureRefuseNobody(t *testing.T) {
	h, _, firm := crowded(t, 1)
	for n := 1; n <= seatsOrdered; n++ { // the release of a seat is parked, say
		h.exec(`INSERT INTO seats (stream, pool, owner, position) VALUES (?, ?, 'user-somebody', 1) ON CONFLICT DO NOTHING`,
			user.SeatStream(firm, "basic", n), user.SeatPool(firm, "basic"))
	}
	h.parkAt("licences", user.SeatStream(firm, "basic", 7))
	h.seated(firm, 100).want(t, http.StatusCreated)
	h.seated(firm, 101).problem(t, http.StatusConflict, "quota-reached")
}
