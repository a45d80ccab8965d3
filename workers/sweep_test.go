package workers_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
	"dialtone/workers"
)

const (
	extension = "extension-acme-0049"
	line      = "number-+4930123450"
)

var (
	due       = noon.Add(claim.Window)
	taken     = claim.Taken{Owner: "user-ada", Taking: "order", Deadline: due}
	connected = number.Connected{Company: "acme", Deadline: due}
	assigned  = number.Assigned{Company: "acme", User: "ada", Taking: "order", Deadline: due}
)

// listed is a list of overdue claims as somebody has seen it.
type listed []projections.ClaimRow

// OverdueClaims gives all of them.
func (l listed) OverdueClaims(context.Context, time.Time, int) ([]projections.ClaimRow, error) {
	return l, nil
}

// sweep settles what the read models list once, when all deadlines are over.
func (h *house) sweep(journal *eventstore.Journal) {
	h.t.Helper()
	h.move(2 * claim.Window)
	stop := h.inBackground(func(ctx context.Context) error { return h.views.Run(ctx, h.journal) })
	head, err := h.store.Head(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.views.WaitFor(h.t.Context(), head); err != nil {
		h.t.Fatal(err)
	}
	stop()
	(&workers.Sweep{Journal: journal, Overdue: h.views, Log: silent()}).Round(h.t.Context())
}

func (h *house) want(stream string, types ...string) {
	h.t.Helper()
	if got := h.types(stream); !slices.Equal(got, types) {
		h.t.Errorf("%s holds %v, want %v", stream, got, types)
	}
}

// late is the order whose claims were taken at noon and that took too long.
func (h *house) late(stream string, order domain.Decide) {
	h.t.Helper()
	_, err := h.journal.Execute(h.t.Context(), stream, domain.Cause{Command: "order", At: noon}, order)
	var fault *domain.Fault
	if !errors.As(err, &fault) || fault.Code != "claims-expired" {
		h.t.Errorf("the late order ends with %v", err)
	}
}

func orderOf(claims user.Claims) domain.Decide {
	presets, err := policies.Presets()
	if err != nil {
		panic(err)
	}
	acme := company.State{ID: "acme", Language: "en", Policy: presets["onenet"], Blocks: []company.Block{{From: "+4930123450", To: "+4930123459"}}}
	person := user.Person{FirstName: "Ada", LastName: "Sommer"}
	return user.Create{ID: "ada", Company: acme, Person: person, Claims: claims, At: noon}.Decide
}

func TestWhatTheOwnerNamesIsConfirmed(t *testing.T) {
	h := open(t)
	h.tell(extension, domain.ChannelAPI, taken)
	h.tell(line, domain.ChannelAPI, connected, assigned)
	h.tell("user-ada", domain.ChannelAPI, user.Created{ID: "ada", Claims: user.Claims{Number: line, Extension: extension}})
	h.tell("company-acme", domain.ChannelAPI, company.Created{ID: "acme"}, company.NumbersConnected{From: "+4930123450", To: "+4930123459"})
	h.sweep(h.journal)
	h.want(extension, "claim.taken.v1", "claim.confirmed.v1")
	h.want(line, "number.connected.v1", "number.assigned.v1", "number.confirmed.v1")
	h.want("user-ada", "user.created.v1")
	h.want("company-acme", "company.created.v1", "company.numbers-connected.v1")
}

func TestAnOrphanIsReleasedBehindTheNoteForItsOwner(t *testing.T) {
	for name, c := range map[string]struct {
		claim, owner string
		given        []domain.Event
		released     string
		note         string
		order        domain.Decide
	}{
		"an extension": {
			extension, "user-ada",
			[]domain.Event{taken},
			"claim.released.v1", "user.claim-abandoned.v1",
			orderOf(user.Claims{Extension: extension}),
		},
		"a number of a user": {
			line, "user-ada",
			[]domain.Event{number.Connected{Company: "acme", Deadline: due.Add(time.Hour)}, assigned},
			"number.released.v1",
			"user.claim-abandoned.v1", orderOf(user.Claims{Number: line}),
		},
		"a number of a company": {
			line, "company-acme",
			[]domain.Event{connected},
			"number.disconnected.v1", "company.claim-abandoned.v1",
			company.Create{ID: "acme", Name: "Acme", Language: "en", Country: "DE"}.Decide,
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			h.tell(c.claim, domain.ChannelAPI, c.given...)
			h.sweep(h.journal)
			h.want(c.owner, c.note)
			if types := h.types(c.claim); types[len(types)-1] != c.released {
				t.Errorf("%s holds %v", c.claim, types)
			}
			var order []string
			for event, err := range h.store.ReadAll(t.Context(), 0, eventstore.Forwards, 0) {
				if err != nil {
					t.Fatal(err)
				}
				order = append(order, event.Type)
			}
			if slices.Index(order, c.note) > slices.Index(order, c.released) {
				t.Errorf("released before its owner's stream says so: %v", order)
			}
			h.late(c.owner, c.order)
			h.sweep(h.journal)
			h.want(c.owner, c.note)
		})
	}
}

// between is a store that lets something happen behind or instead of an append
// to streams with a prefix, once.
type between struct {
	eventstore.Store
	prefix string
	fails  error
	behind func()
}

// Append appends, or fails.
func (b *between) Append(ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed) (eventstore.Appended, error) {
	if !strings.HasPrefix(stream, b.prefix) {
		return b.Store.Append(ctx, stream, expected, events...)
	}
	fails, behind := b.fails, b.behind
	b.fails, b.behind = nil, nil
	if fails != nil {
		return eventstore.Appended{}, fails
	}
	appended, err := b.Store.Append(ctx, stream, expected, events...)
	if behind != nil {
		behind()
	}
	return appended, err
}

func TestACrashBetweenNoteAndReleaseEndsWell(t *testing.T) {
	h := open(t)
	h.tell(extension, domain.ChannelAPI, taken)
	journal := h.over(&between{Store: h.store, prefix: "extension-", fails: domain.Faultf(domain.Unavailable, "away", "away")})
	h.sweep(journal)
	h.want(extension, "claim.taken.v1")
	h.want("user-ada", "user.claim-abandoned.v1")
	h.sweep(journal)
	h.want(extension, "claim.taken.v1", "claim.released.v1")
	h.want("user-ada", "user.claim-abandoned.v1")
}

func TestACrashBeforeTheNoteLeavesTheClaim(t *testing.T) {
	h := open(t)
	h.tell(extension, domain.ChannelAPI, taken)
	journal := h.over(&between{Store: h.store, prefix: "user-", fails: domain.Faultf(domain.Unavailable, "away", "away")})
	h.sweep(journal)
	h.want(extension, "claim.taken.v1")
	h.sweep(journal)
	h.want(extension, "claim.taken.v1", "claim.released.v1")
}

func TestWhatIsTakenAnewWhileItIsJudgedIsLeftAlone(t *testing.T) {
	h := open(t)
	h.tell(extension, domain.ChannelAPI, taken)
	anew := claim.Taken{Owner: "user-ada", Taking: "again", Deadline: noon.Add(3 * claim.Window)}
	retake := func() {
		h.tell(extension, domain.ChannelAPI, claim.Released{Owner: "user-ada"}, anew)
	}
	h.sweep(h.over(&between{Store: h.store, prefix: "user-", behind: retake}))
	h.want(extension, "claim.taken.v1", "claim.released.v1", "claim.taken.v1")
	if s := claim.Fold(h.facts(extension)); s.Taking != "again" {
		t.Errorf("the claim stands as %+v", s)
	}
}

func TestALateListTakesNothingAway(t *testing.T) {
	anew := due.Add(claim.Window)
	rows := listed{
		{Stream: extension, Kind: projections.KindClaim, Owner: "user-ada", Deadline: due},
		{Stream: line, Kind: projections.KindAssignment, Owner: "user-ada", Deadline: due},
		{Stream: "number-+4930123451", Kind: projections.KindConnection, Owner: "company-acme", Deadline: due},
		{Stream: "email-1", Kind: projections.KindClaim, Owner: "user-ada", Deadline: due},
		{Stream: "email-2", Kind: projections.KindClaim, Owner: "user-ada", Deadline: due},
	}
	h := open(t)
	h.tell(extension, domain.ChannelAPI, taken, claim.Released{Owner: "user-ada"}, claim.Taken{Owner: "user-ada", Taking: "again", Deadline: anew})
	again := number.Assigned{Company: "acme", User: "ada", Taking: "again", Deadline: anew}
	h.tell(line, domain.ChannelAPI, connected, assigned, number.Released{User: "ada"}, again)
	h.tell("number-+4930123451", domain.ChannelAPI, connected, number.Disconnected{Company: "acme"}, number.Connected{Company: "acme", Deadline: anew})
	h.tell("email-1", domain.ChannelAPI, taken, claim.Released{Owner: "user-ada"}, claim.Taken{Owner: "user-grace", Taking: "hers", Deadline: due})
	h.tell("email-2", domain.ChannelAPI, taken, claim.Confirmed{Owner: "user-ada"})
	before := map[string][]string{}
	for _, row := range rows {
		before[row.Stream] = h.types(row.Stream)
	}
	h.move(2 * claim.Window)
	(&workers.Sweep{Journal: h.journal, Overdue: rows, Log: silent()}).Round(t.Context())
	for stream, types := range before {
		h.want(stream, types...)
	}
	h.want("user-ada") // and no order of theirs is made to conflict
	h.want("company-acme")
}

func TestAListOfMicrosecondsStillReleases(t *testing.T) {
	h := open(t)
	precise := taken
	precise.Deadline = due.Add(999 * time.Nanosecond)
	h.tell(extension, domain.ChannelAPI, precise)
	h.sweep(h.journal)
	h.want(extension, "claim.taken.v1", "claim.released.v1")
}

func TestWhereNobodyIsAtWorkEvenFreshOrphansAreReleased(t *testing.T) {
	h := open(t)
	h.tell(extension, domain.ChannelAPI, taken)
	sweep := &workers.Sweep{
		Journal: h.journal, Log: silent(),
		Overdue: listed{{Stream: extension, Kind: projections.KindClaim, Owner: "user-ada", Deadline: due}},
	}
	sweep.Everything(t.Context())
	h.want(extension, "claim.taken.v1", "claim.released.v1")
}
