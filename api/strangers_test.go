package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/user"
)

// accounts brings users into every state there is, and gives what each can be
// called by.
func (v *visitor) accounts() map[string]string {
	v.Helper()
	company := v.firm("teleproffs", "+46812340", "+46812349")
	named := map[string]string{}
	order := func(state, digit string, into func(id string)) {
		address := digit + "@example.se"
		id := v.create(company, `{"firstName":"Ada","lastName":"Lovelace","number":"+4681234`+digit+`","licence":"standard","language":"sv","email":"`+address+`"}`)
		into(id)
		named[state] = address
	}
	chosen := func(id string) {
		v.do(id, func(c domain.Cause) domain.Decide {
			return user.ChangePassword{At: c.At, Policy: v.rules("teleproffs"), Sum: "hashed"}.Decide
		})
	}
	order("without a password", "0", func(string) {})
	order("with a temporary password", "1", func(id string) { v.reset(id, "hand") })
	order("with a password", "2", chosen)
	order("locked", "3", func(id string) {
		chosen(id)
		v.do(id, func(domain.Cause) domain.Decide { return user.LockLogin{Failures: 10}.Decide })
	})
	order("suspended", "4", func(id string) {
		chosen(id)
		v.do(id, func(domain.Cause) domain.Decide { return user.Suspend{}.Decide })
	})
	order("deleted", "5", func(id string) {
		v.do(id, func(domain.Cause) domain.Decide {
			return user.Delete{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: v.rules("teleproffs")}.Decide
		})
	})
	return named
}

// told is all that a browser gets, without what was typed and what differs from
// request to request.
func (p page) told(typed string) string {
	header := p.header.Clone()
	for _, own := range []string{"Date", "Dialtone-Trace", "Trace-Id", "Content-Length"} {
		header.Del(own)
	}
	var b strings.Builder
	_ = header.Write(&b) // sorted; a builder takes everything
	return strings.ReplaceAll(http.StatusText(p.status)+"\n"+b.String()+p.body, typed, "…")
}

func TestKnownAndUnknownAccountsGetTheSameBytesInEveryLanguage(t *testing.T) {
	v := visit(t)
	accounts := v.accounts()
	for form, fields := range map[string]func(name string) (string, url.Values){
		"login": func(name string) (string, url.Values) {
			return "/login", url.Values{"name": {name}, "password": {"wrong"}}
		},
		"reset":              func(name string) (string, url.Values) { return "/reset", url.Values{"name": {name}} },
		"user name reminder": func(name string) (string, url.Values) { return "/reset", url.Values{"email": {name}} },
	} {
		for _, language := range []string{"en", "de", "el", "sv", "it"} {
			v.clock.forward(25 * time.Hour) // failures of the languages before do not count
			ask := func(name string) string {
				path, values := fields(name)
				return v.ask(http.MethodPost, path+"?lang="+language, values).told(name)
			}
			nobody := ask("9@example.se")
			if !strings.Contains(nobody, `<html lang="`+language+`"`) {
				t.Errorf("%s in %s is answered in another language", form, language)
			}
			for state, name := range accounts {
				if got := ask(name); got != nobody {
					t.Errorf("%s in %s: an account %s is told\n%s\na name that nobody has\n%s", form, language, state, got, nobody)
				}
			}
		}
	}
}

func TestTriesAreSlowedDownForNobodyAsForSomebody(t *testing.T) {
	v := visit(t)
	accounts := v.accounts()
	tries := func(name string) (all []string) {
		for range 13 {
			got := v.post("/login", url.Values{"name": {name}, "password": {"wrong"}})
			all = append(all, got.told(name))
			v.clock.forward(2 * time.Second)
		}
		return all
	}
	nobody := tries("9@example.se")
	for state, name := range accounts {
		for n, got := range tries(name) {
			if got != nobody[n] {
				t.Errorf("try %d of an account %s is told\n%s\nof a name that nobody has\n%s", n+1, state, got, nobody[n])
			}
		}
	}
}

func TestAPasswordIsComparedOnceWhoeverIsAskedFor(t *testing.T) {
	var compared atomic.Int32
	v := visit(t, func(cfg *api.Config) {
		verify := cfg.Verify
		cfg.Verify = func(secret, hash string) (bool, error) {
			if !strings.HasPrefix(hash, "$argon2id$v=19$m=") && !strings.HasPrefix(hash, "hashed") {
				t.Errorf("a password is compared with %q, which takes no time", hash)
			}
			compared.Add(1)
			return verify(secret, hash)
		}
	})
	names := v.accounts()
	names["that nobody has"], names["that is no name"] = "9@example.se", "\x00"
	for state, name := range names {
		compared.Store(0)
		contains(t, v.post("/login", url.Values{"name": {name}, "password": {"wrong"}}), http.StatusUnauthorized)
		if n := compared.Load(); n != 1 {
			t.Errorf("for an account %s %d passwords are compared", state, n)
		}
		for _, form := range []url.Values{{"name": {name}}, {"email": {name}}} {
			compared.Store(0)
			contains(t, v.post("/reset", form), http.StatusOK)
			if n := compared.Load(); n != 0 {
				t.Errorf("for a reset of an account %s %d passwords are compared", state, n)
			}
		}
	}
}
