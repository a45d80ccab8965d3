package projections_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/user"
	"dialtone/projections"
)

type registration struct {
	bun.BaseModel `bun:"table:registrations"`

	Username  string `bun:"username,pk"`
	Contact   string `bun:"contact,pk"`
	CallID    string `bun:"call_id"`
	CSeq      uint32 `bun:"cseq"`
	Expires   int64  `bun:"expires"`
	Received  string `bun:"received"`
	Transport string `bun:"transport"`
	Path      string `bun:"path"`
	Instance  string `bun:"instance"`
	Updated   int64  `bun:"updated"`
}

type session struct {
	bun.BaseModel `bun:"table:sessions"`

	Token   string    `bun:"token,pk"`
	Data    []byte    `bun:"data"`
	Expires time.Time `bun:"expires"`
}

type answer struct {
	bun.BaseModel `bun:"table:idempotency"`

	Scope       string              `bun:"scope,pk"`
	Key         string              `bun:"key,pk"`
	Fingerprint string              `bun:"fingerprint"`
	State       string              `bun:"state"`
	Status      int                 `bun:"status"`
	Header      map[string][]string `bun:"header,type:json"`
	Body        []byte              `bun:"body"`
	Created     time.Time           `bun:"created"`
	Expires     time.Time           `bun:"expires"`
}

func TestRowsThatAreNoProjectionsAreKept(t *testing.T) {
	h := newHouse(t)
	phone := registration{
		Username: "uabc", Contact: "sip:uabc@192.0.2.1:5060", CallID: "c1", CSeq: 4294967295, Expires: morning.UnixMicro(),
		Received: "192.0.2.1:5060", Transport: "udp", Path: "<sip:p>", Instance: "urn:uuid:1", Updated: morning.UnixMicro(),
	}
	login := session{Token: "t1", Data: []byte{0, 1, 255, '\''}, Expires: later}
	first := answer{
		Scope: "olga POST /v1/users", Key: "k'1", Fingerprint: "f", State: "done", Status: 201, Header: map[string][]string{"ETag": {`"0"`}},
		Body: []byte(`{"id":"1"}`), Created: morning, Expires: later,
	}
	for _, row := range []any{&phone, &login, &first} {
		if _, err := h.views.DB().NewInsert().Model(row).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var gotPhone registration
	var gotLogin session
	var gotFirst answer
	for _, row := range []any{&gotPhone, &gotLogin, &gotFirst} {
		if err := h.open().ReadDB().NewSelect().Model(row).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "registration", gotPhone, phone)
	equal(t, "session", string(gotLogin.Data), string(login.Data))
	equal(t, "end of the session", gotLogin.Expires.UTC(), later)
	equal(t, "answer", string(gotFirst.Body)+gotFirst.Header["ETag"][0], string(first.Body)+`"0"`)
	if n, err := h.views.ReadDB().NewSelect().Model((*session)(nil)).Where("expires <= ?", later).Count(t.Context()); err != nil || n != 1 {
		t.Errorf("expired sessions: got %d, %v, want one", n, err)
	}
	if _, err := h.views.ReadDB().NewDelete().Model(&login).WherePK().Exec(t.Context()); err == nil {
		t.Error("a connection for reading has written")
	}
}

func TestAnswersThatNameAForgottenUserAreNotRepeated(t *testing.T) {
	h := newHouse(t)
	one, two := userID(1), userID(2)
	for key, row := range map[string]answer{
		"asked":    {Scope: "operator:olga POST /v1/users/" + one + "/suspend"},
		"made":     {Scope: "operator:olga POST /v1/users", Header: map[string][]string{"Location": {"/v1/users/" + one}}},
		"said":     {Scope: "operator:olga POST /v1/imports", Body: []byte(`{"users":["` + two + `","` + one + `"]}`)},
		"another":  {Scope: "operator:olga POST /v1/users/" + two + "/suspend", Header: map[string][]string{"Location": {two}}, Body: []byte(two)},
		"underway": {Scope: "operator:olga POST /v1/users"},
	} {
		row.Key, row.State, row.Created, row.Expires = key, "answered", morning, later
		if _, err := h.views.DB().NewInsert().Model(&row).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.views.Forget(t.Context(), user.Stream(one)); err != nil {
		t.Fatal(err)
	}
	var left []string
	if err := h.views.ReadDB().NewSelect().Model((*answer)(nil)).Column("key").OrderExpr("key").Scan(t.Context(), &left); err != nil {
		t.Fatal(err)
	}
	if want := []string{"another", "underway"}; !slices.Equal(left, want) {
		t.Errorf("got %v, want %v", left, want)
	}
}

func TestReplayingTheParkedGivesWhatACleanRunGives(t *testing.T) {
	blind := []string{
		"user.suspended.v1", "user.details-changed.v1", "number.assigned.v1", "number.connected.v1",
		"claim.taken.v1", "company.numbers-connected.v1", "company.licences-ordered.v1", "user.activation-started.v1",
		"group.member-added.v1", "group.extension-changed.v1",
	}
	for i, name := range blind {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			stop := h.run(h.views, h.knowing(without(name)...))
			busy(h, rand.New(rand.NewPCG(7, uint64(i))), 200)
			h.settled()
			stop()
			var places []struct{ Projection, Stream string }
			err := h.views.ReadDB().NewSelect().TableExpr("parked").ColumnExpr("DISTINCT projection, stream").OrderExpr("stream DESC").Scan(t.Context(), &places)
			if err != nil || len(places) == 0 {
				t.Fatalf("got %v, %v, want something parked", places, err)
			}
			for _, place := range places {
				if err := h.views.Unpark(t.Context(), place.Projection, place.Stream, h.journal); err != nil {
					t.Fatal(err)
				}
			}
			replayed := h.dump(h.views)
			for name := range projectionTables {
				if err := h.views.Rebuild(t.Context(), name, h.journal); err != nil {
					t.Fatal(err)
				}
			}
			equal(t, "a clean run", h.dump(h.views), replayed)
		})
	}
}

func TestUnparkingWhatIsNotThere(t *testing.T) {
	h := newHouse(t)
	if err := h.views.Unpark(t.Context(), "users", user.Stream(userID(1)), h.journal); err != nil {
		t.Errorf("a stream that is not parked: %v", err)
	}
	if err := h.views.Unpark(t.Context(), "nothing", user.Stream(userID(1)), h.journal); err == nil {
		t.Error("a projection that is none was accepted")
	}
	names := []string{}
	for _, s := range must[[]projections.Status](t)(h.views.Status(t.Context(), 0)) {
		names = append(names, s.Name)
	}
	if want := []string{"users", "companies", "numbers", "claims", "licences", "groups", "devices", "sims", "history"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}
