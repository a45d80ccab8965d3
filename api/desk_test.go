package api_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// brittle is a store that does not take what is appended to some streams.
type brittle struct {
	eventstore.Store
	prefix atomic.Pointer[string] // of the streams; nil: all is well
}

func (b *brittle) fail(prefix string) { b.prefix.Store(&prefix) }

func (b *brittle) mend() { b.prefix.Store(nil) }

func (b *brittle) Append(ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed) (eventstore.Appended, error) {
	if prefix := b.prefix.Load(); prefix != nil && strings.HasPrefix(stream, *prefix) {
		return eventstore.Appended{}, domain.Faultf(domain.Unavailable, "store-unavailable", "the disk is away")
	}
	return b.Store.Append(ctx, stream, expected, events...)
}

// openBrittle opens a house whose store can be made to fail.
func openBrittle(t *testing.T) (*house, *brittle) {
	t.Helper()
	store := &brittle{}
	h := open(t, func(c *api.Config) {
		store.Store = c.Journal.Store()
		c.Journal = eventstore.NewJournal(store, c.Journal.Codec(), c.Journal.Now)
	})
	return h, store
}

func TestAnOrderThatWasCutOffGoesOnWhereItStood(t *testing.T) {
	for _, prefix := range []string{"user-", "email-", "extension-", "number-", "seat-"} {
		t.Run("at "+prefix, func(t *testing.T) {
			h, store := openBrittle(t)
			firm := h.company("unifyoffice", `,"licences":[{"kind":"basic","count":3}]`)
			store.fail(prefix)
			h.user(firm, ada("01"), oneKey).problem(t, 503, "store-unavailable")
			store.mend()
			made := h.user(firm, ada("01"), oneKey).want(t, 201)
			if made.text("number") != "+49301234501" || made.text("extension") != "4501" || made.text("licence") != "basic" {
				t.Fatalf("user %s", made.raw)
			}
			if used := h.get("/v1/licences?company="+firm, made).text("items.0.used"); used != "1" {
				t.Fatalf("%s seats are taken", used)
			}
		})
	}
}

func TestACompanyThatWasCutOffGoesOnWhereItStood(t *testing.T) {
	const body = `{"name":"Acme","policy":"unifyoffice","language":"de","country":"DE","numbers":[{"from":"+4930123400","to":"+4930123499"}],
		"mainUser":{"firstName":"Grace","lastName":"Hopper","email":"grace@example.com"}}`
	for _, prefix := range []string{"company-", "number-+493012346", "email-", "user-"} {
		t.Run("at "+prefix, func(t *testing.T) {
			h, store := openBrittle(t)
			store.fail(prefix)
			h.call("POST", "/v1/companies", body, oneKey).problem(t, 503, "store-unavailable")
			store.mend()
			made := h.call("POST", "/v1/companies", body, oneKey).want(t, 201)
			main := h.get("/v1/users/"+made.text("mainUser"), made).want(t, 200)
			if main.text("firstName") != "Grace" {
				t.Fatalf("main user %s", main.raw)
			}
			if list := h.get("/v1/companies", made).items(); len(list) != 1 {
				t.Fatalf("%d companies", len(list))
			}
		})
	}
}

// The process ends between company and main user, and what was claimed for the
// main user is given up before anybody asks again.
func TestACompanyThatWasCutOffForLongGetsItsMainUser(t *testing.T) {
	h, store := openBrittle(t)
	const body = `{"name":"Acme","policy":"unifyoffice","language":"de","country":"DE",
		"mainUser":{"firstName":"Grace","lastName":"Hopper","email":"grace@example.com"}}`
	store.fail("user-")
	h.call("POST", "/v1/companies", body, oneKey).problem(t, 503, "store-unavailable")
	store.mend()
	email := user.EmailClaim(key(1), "grace@example.com")
	owner, deadline := h.owner(email), h.clock.Now().Add(claim.Window)
	h.clock.forward(claim.Window)
	h.call("POST", "/v1/companies", body, oneKey).problem(t, 503, "being-taken")
	h.clock.forward(time.Second)
	for stream, decide := range map[string]domain.Decide{
		owner: user.AbandonClaim{Claim: email, Deadline: deadline}.Decide, email: claim.Expire(owner, deadline, "not confirmed in time"),
	} {
		_, err := h.journal.Execute(t.Context(), stream, h.by(domain.ActorSystem), decide)
		must(t, err)
	}
	h.clock.forward(time.Second)
	made := h.call("POST", "/v1/companies", body, oneKey).want(t, 201)
	main := h.get("/v1/users/"+made.text("mainUser"), made).want(t, 200)
	if main.text("firstName") != "Grace" || h.owner(email) != owner {
		t.Fatalf("main user %s", main.raw)
	}
}

func TestTheSameCauseIsTheSameCommand(t *testing.T) {
	h := open(t)
	desk, ctx := h.server.Desk, t.Context()
	firm := h.company("onenet")
	form := api.UserForm{FirstName: "Ada", LastName: "L", Email: "ada@example.com", Number: "+49301234501"}
	made, err := desk.CreateUser(ctx, h.by(domain.ActorOperator), firm, form)
	must(t, err)
	for name, command := range map[string]func(domain.Cause) (api.Done, error){
		"order": func(c domain.Cause) (api.Done, error) {
			f := form
			f.Email, f.Number = "b@b.example", "+49301234502"
			return desk.CreateUser(ctx, c, firm, f)
		},
		"company": func(c domain.Cause) (api.Done, error) {
			return desk.CreateCompany(ctx, c, api.CompanyForm{Name: "B", Policy: "onenet", Language: "en", Country: "DE"})
		},
		"site": func(c domain.Cause) (api.Done, error) { return desk.OpenSite(ctx, c, firm, api.SiteForm{Name: "Bonn"}) },
		"change": func(c domain.Cause) (api.Done, error) {
			return desk.ChangeUser(ctx, c, made.ID, api.ChangeForm{Extension: api.Put("777")})
		},
		"login": func(c domain.Cause) (api.Done, error) {
			login, err := desk.IssueDeviceLogin(ctx, c, made.ID)
			return login.Done, err
		},
		"suspend": func(c domain.Cause) (api.Done, error) { return desk.Suspend(ctx, c, made.ID) },
	} {
		cause := h.by(domain.ActorOperator)
		first, err := command(cause)
		must(t, err)
		h.clock.forward(time.Second)
		cause.At = h.clock.Now()
		second, err := command(cause)
		must(t, err)
		if second.ID != first.ID || second.Revision != first.Revision || len(second.Facts) != len(first.Facts) || !second.Repeated {
			t.Errorf("%s: first %s@%d, second %s@%d", name, first.ID, first.Revision, second.ID, second.Revision)
		}
	}
}

func TestARepeatedChangeIsNotStoppedByItsOwnRevision(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	made := h.user(firm, ada("01")).want(t, 201)
	cause := h.by(domain.ActorOperator)
	form := api.ChangeForm{Number: api.Put("+49301234509"), Email: api.Put("new@example.com")}
	for range 2 {
		done, err := h.server.Desk.ChangeUser(t.Context(), cause, made.text("id"), form, eventstore.IfRevision(1))
		must(t, err)
		if state := user.Fold(done.Facts); state.Number != "+49301234509" || state.Person.Email != "new@example.com" {
			t.Fatalf("state %+v", state)
		}
	}
}

func TestFactsTellWhoAskedAndByWhichRules(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	id := h.user(firm, ada("01")).want(t, 201).text("id")
	var rules []string
	for event, err := range h.journal.Store().Read(t.Context(), user.Stream(id), 0, eventstore.Forwards, 0) {
		must(t, err)
		meta, err := h.journal.Codec().DecodeMeta(event)
		must(t, err)
		if meta.Actor.Kind != domain.ActorOperator || meta.Channel != domain.ChannelAPI || meta.Command == "" {
			t.Errorf("metadata %+v", meta)
		}
		rules = append(rules, meta.Policy)
	}
	if slices.Contains(rules, "") || !strings.HasPrefix(rules[0], "onenet") {
		t.Fatalf("rules %v", rules)
	}
}

func TestAnAdminWaitsForTheActivation(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	id := h.user(firm, ada("01")).want(t, 201).text("id")
	admin := h.by(domain.ActorAdmin)
	if _, err := h.server.Desk.DeleteUser(t.Context(), admin, id); code(err) != "not-active" {
		t.Fatalf("delete: %v", err)
	}
	if _, err := h.server.Desk.ChangeUser(t.Context(), admin, id, api.ChangeForm{FirstName: api.Put("B")}); code(err) != "not-active" {
		t.Fatalf("change: %v", err)
	}
	for name, command := range map[string]func(context.Context, domain.Cause, string, ...eventstore.Option) (api.Done, error){
		"suspend": h.server.Desk.Suspend, "make an admin": h.server.Desk.GrantAdmin,
	} {
		if _, err := command(t.Context(), h.by(domain.ActorAdmin), id); code(err) != "not-active" {
			t.Errorf("%s: %v", name, err)
		}
		_, err := command(t.Context(), h.by(domain.ActorOperator), id)
		must(t, err)
	}
	if _, err := h.server.Desk.Resume(t.Context(), h.by(domain.ActorAdmin), id); code(err) != "not-active" {
		t.Errorf("resume: %v", err)
	}
	_, err := h.server.Desk.DeleteUser(t.Context(), h.by(domain.ActorOperator), id)
	must(t, err)
}

func TestAnErrorNobodyForesawIsNotToldToStrangers(t *testing.T) {
	h := open(t, func(c *api.Config) {
		c.Ready = func(context.Context) error { return errors.New("secret detail") }
	})
	a := h.send("GET", "/readyz", "").want(t, 503)
	if strings.Contains(string(a.raw), "secret detail") {
		t.Fatalf("problem %s", a.raw)
	}
}
