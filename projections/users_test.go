package projections_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/projections"
)

func TestAUserIsShownAsItsFactsTellIt(t *testing.T) {
	h := newHouse(t)
	id := userID(1)
	h.tell(user.Stream(id), append([]domain.Event{ada(id)}, activation("link-1")...)...)
	h.clock.move(time.Hour)
	position := h.tell(user.Stream(id), confirmation("link-1")...)
	h.followed()

	row, state, err := h.views.GetUser(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	row.CreatedAt, row.UpdatedAt = row.CreatedAt.UTC(), row.UpdatedAt.UTC()
	expires := row.LinkExpiresAt.UTC()
	row.LinkExpiresAt = &expires
	want := projections.UserRow{
		ID: id, Company: acme, Site: "site-1", State: "activated", FirstName: "Ada", LastName: "Lovelace",
		DirectoryFirstName: "Countess", DirectoryLastName: "Lovelace", Email: "ada@example.com", Mobile: "+491711234567",
		MobileNumber: "+491719999999", ContractNumber: "C-1", MAC: "001122334455", Number: "+4930123451", Extension: "51",
		Licence: "standard", Device: "yealink t54w", Language: "en", LinkState: "used", LinkExpiresAt: &later,
		CredentialState: "set", LoginUsername: "uabc", CreatedAt: morning, UpdatedAt: morning.Add(time.Hour), Revision: 15, Position: position,
	}
	if !reflect.DeepEqual(row, want) {
		t.Errorf("got  %+v\nwant %+v", row, want)
	}
	equal(t, "credential question", state.Credential.Question, "pet")
	equal(t, "steps", len(state.Steps), 3)
}

func TestTheStateIsTheFoldedOneWithoutSecrets(t *testing.T) {
	h := newHouse(t)
	id := userID(1)
	h.tell(user.Stream(id), append([]domain.Event{ada(id)}, activation("link-1")...)...)
	h.tell(user.Stream(id), confirmation("link-1")...)
	h.followed()

	_, state, err := h.views.GetUser(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	loaded := must[[]domain.Fact](t)(factsOf(h, user.Stream(id)))
	folded := user.Fold(loaded)
	folded.Link.Hash, folded.Link.Older, folded.Credential.Sum, folded.Login.Personal = "", nil, user.CredentialSum{}, nil
	got, want := must[[]byte](t)(json.Marshal(state)), must[[]byte](t)(json.Marshal(folded))
	equal(t, "state", string(got), string(want))
	if dump := h.dump(h.views); strings.Contains(dump, "canary") {
		t.Errorf("a secret is in the read models:\n%s", dump)
	}
}

func factsOf(h *house, stream string) ([]domain.Fact, error) {
	loaded, err := h.journal.Load(h.t.Context(), stream)
	return loaded.Facts, err
}

func TestNobodyIsMissing(t *testing.T) {
	h := newHouse(t)
	h.tell(user.Stream(userID(2)), user.ClaimAbandoned{Claim: "email-1"})
	h.followed()
	for _, id := range []string{userID(1), userID(2)} {
		if _, _, err := h.views.GetUser(t.Context(), id); domain.KindOf(err) != domain.Missing {
			t.Errorf("%s: got %v, want a missing fault", id, err)
		}
	}
	items, _, err := h.views.Users(t.Context(), projections.UserFilter{})
	if err != nil || len(items) != 0 {
		t.Errorf("got %v, %v, want nobody", items, err)
	}
}

func TestUsersAreFound(t *testing.T) {
	h := newHouse(t)
	h.tell(user.Stream(userID(1)), ada(userID(1)))
	h.tell(user.Stream(userID(2)), plain(userID(2), acme, "Jürgen", "GROẞ"))
	h.tell(user.Stream(userID(3)), plain(userID(3), zeta, "Per_cent", "100%"))
	h.tell(user.Stream(userID(4)), plain(userID(4), acme, "Gone", "Girl"), user.Deleted{})
	h.tell(user.Stream(userID(5)), plain(userID(5), acme, "Sus", "Pended"), user.Suspended{})
	h.followed()
	for _, test := range []struct {
		name   string
		filter projections.UserFilter
		want   []int
	}{
		{"all but the deleted", projections.UserFilter{}, []int{1, 2, 3, 5}},
		{"of a company", projections.UserFilter{Company: zeta}, []int{3}},
		{"of a site", projections.UserFilter{Site: "site-1"}, []int{1}},
		{"pending", projections.UserFilter{State: "pending"}, []int{1, 2, 3}},
		{"suspended", projections.UserFilter{State: "suspended"}, []int{5}},
		{"deleted", projections.UserFilter{State: "deleted"}, []int{4}},
		{"by first name in other case", projections.UserFilter{Query: "aDA"}, []int{1}},
		{"by umlaut in other case", projections.UserFilter{Query: "JÜRGEN"}, []int{2}},
		{"by sharp s", projections.UserFilter{Query: "gross"}, []int{2}},
		{"by two words", projections.UserFilter{Query: "lovelace ad"}, []int{1}},
		{"by two words of two users", projections.UserFilter{Query: "ada jürgen"}, nil},
		{"by name in the directory", projections.UserFilter{Query: "countess"}, []int{1}},
		{"by e-mail", projections.UserFilter{Query: "@EXAMPLE"}, []int{1}},
		{"by number", projections.UserFilter{Query: "+4930123"}, []int{1}},
		{"by extension", projections.UserFilter{Query: "51"}, []int{1}},
		{"by percent sign", projections.UserFilter{Query: "%"}, []int{3}},
		{"by underscore", projections.UserFilter{Query: "r_c"}, []int{3}},
		{"by quote", projections.UserFilter{Query: "' OR 1=1 --"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			items, next, err := h.views.Users(t.Context(), test.filter)
			if err != nil || next != "" {
				t.Fatalf("got next %q, error %v", next, err)
			}
			var got, want []string
			for _, item := range items {
				got = append(got, item.ID)
			}
			for _, n := range test.want {
				want = append(want, userID(n))
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestUsersAreCountedByTheirState(t *testing.T) {
	h := newHouse(t)
	for n, events := range [][]domain.Event{nil, {user.Suspended{}}, {user.Deleted{}}, nil, {user.Activated{}}} {
		h.tell(user.Stream(userID(n)), append([]domain.Event{plain(userID(n), acme, "U", "N")}, events...)...)
	}
	h.tell(user.Stream(userID(9)), user.ClaimAbandoned{Claim: "email-1"}) // of nobody
	h.followed()
	counts := must[map[string]int](t)(h.views.CountUsers(t.Context()))
	if want := map[string]int{"pending": 2, "suspended": 1, "deleted": 1, "activated": 1}; !maps.Equal(counts, want) {
		t.Errorf("got %v, want %v", counts, want)
	}
}

func TestPagesOfUsersGoOnWhereTheyEnded(t *testing.T) {
	h := newHouse(t)
	for n := range 7 {
		h.tell(user.Stream(userID(n)), plain(userID(n), acme, "User", fmt.Sprint(n)))
	}
	h.followed()
	var got []string
	cursor := ""
	for page := 0; ; page++ {
		items, next, err := h.views.Users(t.Context(), projections.UserFilter{Company: acme, Limit: 3, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			got = append(got, item.LastName)
		}
		if page == 0 { // who leaves and who comes neither repeat nor hide others
			h.tell(user.Stream(userID(1)), user.Deleted{})
			h.tell(user.Stream(userID(7)), plain(userID(7), acme, "User", "7"))
			h.followed()
		}
		if cursor = next; next == "" {
			break
		}
	}
	if want := []string{"0", "1", "2", "3", "4", "5", "6", "7"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCursorsAndLimitsThatAreNoneAreRefused(t *testing.T) {
	h := newHouse(t)
	users := func(cursor string, limit int) error {
		_, _, err := h.views.Users(t.Context(), projections.UserFilter{Cursor: cursor, Limit: limit})
		return err
	}
	for _, test := range []struct {
		name    string
		err     error
		pointer string
	}{
		{"no base64", users("!", 0), "/cursor"},
		{"another list", users("bnVtYmVyczor", 0), "/cursor"},
		{"no position", users("dXNlcnM6eA", 0), "/cursor"},
		{"a negative limit", users("", -1), "/limit"},
		{"too large a limit", users("", 201), "/limit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var fault *domain.Fault
			if !errors.As(test.err, &fault) || fault.Kind != domain.Invalid || fault.Fields[0].Pointer != test.pointer {
				t.Errorf("got %v, want an invalid fault at %s", test.err, test.pointer)
			}
		})
	}
	if err := users("", 200); err != nil {
		t.Errorf("the largest limit: %v", err)
	}
}
