package projections_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/device"
	"dialtone/domain/group"
	"dialtone/domain/number"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/projections"
)

// busy tells a random life of companies, numbers, seats and users.
func busy(h *house, random *rand.Rand, rounds int) {
	for range rounds {
		n := random.IntN(20)
		id, stream := userID(n), user.Stream(userID(n))
		text := fmt.Sprint(random.IntN(1000))
		events := map[string][]domain.Event{
			stream: {
				plain(id, acme, "First"+text, "Last"+text),
				user.Suspended{},
				user.Resumed{},
				user.ExtensionChanged{Extension: text},
				user.DetailsChanged{Personal: &user.PersonChanges{Email: &text}},
				user.ActivationStarted{Steps: []string{"line", "link"}},
				user.StepStarted{Step: "line", Attempt: 1},
				user.StepDone{Step: "line"},
				user.Deleted{},
			},
			fmt.Sprintf("number-+49301234%02d", n): {
				connected(acme), assign(id), number.Confirmed{User: id}, number.Released{User: id}, number.Disconnected{Company: acme},
			},
			user.SeatStream(acme, "standard", n): {take(stream), claim.Confirmed{Owner: stream}, claim.Released{Owner: stream}},
			company.Stream(acme): {
				company.LicencesOrdered{Kind: "standard", Count: 1},
				company.NumbersConnected{From: "+4930123400", To: "+4930123409"},
				company.Created{ID: acme, Name: "Acme " + text, Language: "en", Country: "DE"},
			},
			group.Stream(sales): {
				group.Created{ID: sales, Company: acme, Kind: group.Hunt, Name: "Sales " + text, Extension: "70"},
				group.MemberAdded{User: id, Place: 1 + n%3},
				group.MemberMoved{User: id, Place: 1 + n%5},
				group.MemberRemoved{User: id, Place: 1},
				group.MemberLoggedOut{User: id},
				group.ExtensionChanged{Extension: text, Former: user.ExtensionStream(acme, text)},
				group.ClaimsReleased{Claims: []string{user.ExtensionStream(acme, text)}},
			},
			device.Stream(desk): {
				device.Added{ID: desk, Company: acme, Manufacturer: device.Snom, Model: "D785", Claim: "mac-1", Personal: &device.Marks{MAC: "000413" + text}},
				device.Assigned{User: id},
				device.Confirmed{User: id},
				device.Released{User: id},
				device.AddressIssued{Generation: n},
				device.ConfigurationFetched{Format: device.Snom, Sum: text, Agent: "snomD785"},
				device.Removed{Claim: "mac-1"},
				device.ClaimsReleased{Claims: []string{"mac-1"}},
			},
			sim.Stream(card): {
				sim.Registered{ID: card, Company: acme, Kind: sim.Voice, Personal: &sim.Card{IMSI: "24001743" + text}},
				sim.Assigned{User: id, Kind: sim.Voice},
				sim.ActivationAsked{At: &later},
				sim.Activated{Attempt: 1, Personal: &sim.Card{IMSI: "24001743" + text}},
				sim.BlockAsked{},
				sim.Detached{User: id},
				sim.ProfileReady{Attempt: 1, Personal: &sim.Profile{SMDP: "smdp.example", MatchingID: text}},
			},
		}
		streams := []string{stream, fmt.Sprintf("number-+49301234%02d", n), user.SeatStream(acme, "standard", n), company.Stream(acme), group.Stream(sales), device.Stream(desk), sim.Stream(card)}
		chosen := streams[random.IntN(len(streams))]
		h.tell(chosen, events[chosen][random.IntN(len(events[chosen]))])
	}
}

func TestARebuildGivesTheSameRows(t *testing.T) {
	h := newHouse(t)
	busy(h, rand.New(rand.NewPCG(1, 2)), 300)
	h.followed()
	live := h.dump(h.views)
	for round := range 2 { // names of tables and indexes must not wear out
		for name := range projectionTables {
			if err := h.views.Rebuild(t.Context(), name, h.journal); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		equal(t, "rows", h.dump(h.views), live)
	}
	var tables, indexes, left int
	err := h.views.ReadDB().QueryRowContext(t.Context(), `SELECT sum(type = 'table'), sum(type = 'index' AND sql IS NOT NULL),
		sum(type = 'table' AND name GLOB '*_g[0-9]*') FROM sqlite_master`).Scan(&tables, &indexes, &left)
	if err != nil {
		t.Fatal(err)
	}
	fresh := newHouse(t)
	var wantTables, wantIndexes int
	err = fresh.views.ReadDB().QueryRowContext(t.Context(), `SELECT sum(type = 'table'), sum(type = 'index' AND sql IS NOT NULL) FROM sqlite_master`).
		Scan(&wantTables, &wantIndexes)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "tables", tables, wantTables)
	equal(t, "indexes", indexes, wantIndexes)
	equal(t, "tables left behind", left, 0)
}

func TestAReaderNeverSeesAnEmptyOrOlderTableDuringARebuild(t *testing.T) {
	h := newHouse(t)
	busy(h, rand.New(rand.NewPCG(3, 4)), 100)
	h.tell(user.Stream(userID(900)), plain(userID(900), acme, "Always", "There"))
	h.run(h.views, h.journal)
	h.settled()

	ctx, cancel := context.WithCancel(t.Context())
	var others sync.WaitGroup
	others.Go(func() {
		for ctx.Err() == nil {
			items, _, err := h.views.Users(t.Context(), projections.UserFilter{Query: "always"})
			if err != nil || len(items) != 1 {
				t.Errorf("got %v, %v, want the user who is always there", items, err)
				return
			}
		}
	})
	others.Go(func() { busy(h, rand.New(rand.NewPCG(5, 6)), 100) })
	for range 3 {
		if err := h.views.Rebuild(t.Context(), "users", h.journal); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	others.Wait()
	h.settled()
	live := h.dump(h.views)
	if err := h.views.Rebuild(t.Context(), "users", h.journal); err != nil {
		t.Fatal(err)
	}
	equal(t, "rows", h.dump(h.views), live)
}

func TestARebuildTakesWhatWasParkedIntoAccount(t *testing.T) {
	h := newHouse(t)
	stream := user.Stream(userID(1))
	blind := h.knowing(without("user.suspended.v1")...)
	h.tell(stream, ada(userID(1)), user.Suspended{})
	h.followed()
	if err := h.views.Rebuild(t.Context(), "users", blind); err != nil {
		t.Fatal(err)
	}
	equal(t, "stale after a blind rebuild", must[bool](t)(h.views.Stale(t.Context(), stream)), true)
	h.tell(stream, user.Resumed{})
	h.followed()
	row, _, err := h.views.GetUser(t.Context(), userID(1))
	if err != nil || row.Revision != 0 {
		t.Errorf("got %+v, %v, want what comes later to queue", row, err)
	}
	if err := h.views.Rebuild(t.Context(), "users", h.journal); err != nil {
		t.Fatal(err)
	}
	equal(t, "stale after a good rebuild", must[bool](t)(h.views.Stale(t.Context(), stream)), false)
	if row, _, err = h.views.GetUser(t.Context(), userID(1)); err != nil || row.Revision != 2 {
		t.Errorf("got %+v, %v, want everything applied", row, err)
	}
}

func TestOneRebuildAtATime(t *testing.T) {
	h := newHouse(t)
	if held, err := h.views.Lease(t.Context(), "rebuild/users", "somebody else", rebuilding); err != nil || !held {
		t.Fatal(held, err)
	}
	if err := h.views.Rebuild(t.Context(), "users", h.journal); domain.KindOf(err) != domain.Conflict {
		t.Errorf("got %v, want a conflict", err)
	}
	if err := h.views.Rebuild(t.Context(), "nothing", h.journal); domain.KindOf(err) != domain.Missing {
		t.Errorf("got %v, want a missing fault", err)
	}
	h.clock.move(rebuilding)
	if err := h.views.Rebuild(t.Context(), "users", h.journal); err != nil {
		t.Errorf("after the other's time: %v", err)
	}
}
