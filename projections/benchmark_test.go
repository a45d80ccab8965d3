package projections_test

import (
	"fmt"
	"sync"
	"testing"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
)

// How much the benchmarks tell.
const (
	firms        = 14
	usersPerFirm = 50
)

// tellActivations writes about twenty thousand facts: companies, their numbers
// and seats, and the whole activation of every user, many of them at once.
func tellActivations(h *house) (events int) {
	var all sync.WaitGroup
	var mu sync.Mutex
	tell := func(stream string, told ...domain.Event) {
		h.tell(stream, told...)
		mu.Lock()
		defer mu.Unlock()
		events += len(told)
	}
	for f := range firms {
		all.Go(func() {
			firm := fmt.Sprintf("%08d-1111-5111-8111-111111111111", f)
			tell(company.Stream(firm), companyFacts(firm, "Firm "+fmt.Sprint(f))...)
			for n := range usersPerFirm {
				tellActivation(tell, firm, f*usersPerFirm+n)
			}
		})
	}
	all.Wait()
	return events
}

// tellActivation writes what the activation of one user tells, as it is told:
// claims first, then the user, then what confirms the claims, then the steps.
func tellActivation(tell func(string, ...domain.Event), firm string, n int) {
	id, link := userID(n), told("link", n)
	e164 := domain.E164(fmt.Sprintf("+4930%07d", n))
	order := ada(id)
	order.Company, order.Number, order.Extension = firm, e164, fmt.Sprint(100+n)
	order.Claims.Number = number.Stream(e164)
	stream := user.Stream(id)
	claims := []string{user.SeatStream(firm, "standard", n), user.ExtensionStream(firm, order.Extension), told("email", n), told("login", n)}
	tell(number.Stream(e164), number.Connected{Company: firm, Deadline: later})
	tell(number.Stream(e164), number.Assigned{Company: firm, User: id, Deadline: later})
	for _, name := range claims {
		tell(name, claim.Taken{Owner: stream, Deadline: later})
	}
	tell(stream, order)
	tell(number.Stream(e164), number.Confirmed{User: id})
	for _, name := range claims {
		tell(name, claim.Confirmed{Owner: stream})
	}
	for _, event := range append(activation(link), confirmation(link)...) {
		tell(stream, event)
	}
}

// BenchmarkApplyAll brings all read models from nothing up to date.
func BenchmarkApplyAll(b *testing.B) {
	h := newHouse(b)
	events := tellActivations(h)
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		h.folder = b.TempDir()
		v := h.open()
		b.StartTimer()
		stop := h.run(v, h.journal)
		h.reach(v, h.head)
		stop()
	}
	b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkApplyRebuild builds one read model again, beside the live one.
func BenchmarkApplyRebuild(b *testing.B) {
	h := newHouse(b)
	events := tellActivations(h)
	h.followed()
	for _, name := range []string{"users", "history", "numbers", "claims", "licences"} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if err := h.views.Rebuild(b.Context(), name, h.journal); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
