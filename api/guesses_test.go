package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// guessed is a house that counts how often a password is compared with
// somebody's, and a user of teleproffs with a password of her own.
func guessed(t *testing.T) (v *visitor, id string, compared *atomic.Int64) {
	t.Helper()
	compared = &atomic.Int64{}
	v = visit(t, func(cfg *api.Config) {
		verify := cfg.Verify
		cfg.Verify = func(secret, hash string) (bool, error) {
			if strings.HasPrefix(hash, "hashed:") {
				compared.Add(1)
			}
			return verify(secret, hash)
		}
	})
	id = v.create(v.firm("teleproffs", "+46812340", "+46812349"),
		`{"firstName":"Ada","lastName":"Lovelace","number":"+46812341","licence":"standard","language":"en","email":"ada@example.se"}`)
	password := v.reset(id, "hand")
	v.leads(v.logIn("ada@example.se", password), "/me")
	v.leads(v.choose(password, ownPassword, ""), "/me?done=password")
	v.cookie = ""
	compared.Store(0)
	return v, id, compared
}

// storm tries as many wrong passwords at once as there are names.
func (v *visitor) storm(names ...string) map[int]int {
	v.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	for n, name := range names {
		all.Go(func() {
			got := v.post("/login", url.Values{"name": {name}, "password": {fmt.Sprint("guess ", n)}, "next": {"/"}})
			mu.Lock()
			defer mu.Unlock()
			answers[got.status]++
		})
	}
	all.Wait()
	return answers
}

func repeated(name string, times int) []string {
	names := make([]string, times)
	for n := range names {
		names[n] = name
	}
	return names
}

func TestAHundredLoginsAtOnceGuessNoMoreThanOneByOne(t *testing.T) {
	v, id, compared := guessed(t)
	answers := v.storm(repeated("ada@example.se", 100)...)
	if compared.Load() != 3 || answers[http.StatusUnauthorized] != 3 || answers[http.StatusTooManyRequests] != 97 {
		t.Fatalf("%d guesses, answers %v", compared.Load(), answers)
	}
	unknown := v.storm(repeated("nobody@example.se", 100)...)
	if fmt.Sprint(unknown) != fmt.Sprint(answers) {
		t.Errorf("a name that is known is answered with %v, another with %v", answers, unknown)
	}
	for !v.state(id).Credential.Locked && compared.Load() < 99 {
		v.clock.forward(time.Minute)
		v.storm(repeated("ada@example.se", 20)...)
	}
	if got := compared.Load(); got != 10 {
		t.Fatalf("%d guesses before the lock", got)
	}
	v.clock.forward(time.Minute)
	contains(t, v.logIn("ada@example.se", ownPassword), http.StatusUnauthorized)
}

func TestManyNamesAndSpellingsOfOneUserGuessNoMoreThanOne(t *testing.T) {
	v, id, compared := guessed(t)
	names := []string{"ada.lovelace", "ada@example.se", "ADA@example.se "}
	for n := range 97 {
		at := 5 + n%5
		names = append(names, "+46812341"[:at]+strings.Repeat("-", n/5)+"+46812341"[at:])
	}
	v.storm(names...)
	if got := compared.Load(); got > 9 {
		t.Errorf("three names gave %d guesses at once", got)
	}
	for range 8 {
		v.clock.forward(time.Minute)
		v.storm(names...)
	}
	if !v.state(id).Credential.Locked {
		t.Errorf("the account is %s", v.state(id).Credential.Shown())
	}
	v.clock.forward(time.Minute)
	contains(t, v.logIn("+46812341", ownPassword), http.StatusUnauthorized)
	if got := v.in(t).call(http.MethodDelete, "/v1/users/"+id+"/credential/lock", ""); got.status != http.StatusOK {
		t.Fatalf("unlocking is answered with %d", got.status)
	}
	v.clock.forward(time.Minute)
	v.leads(v.logIn("+46 812341", ownPassword), "/me")
}

func TestWhoIsSignedInGuessesNoMoreEither(t *testing.T) {
	v, id, compared := guessed(t)
	v.leads(v.logIn("ada@example.se", ownPassword), "/me")
	command := commandField.FindStringSubmatch(v.view("/me/password").body)[1]
	compared.Store(0)
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			v.post("/me/password", url.Values{"command": {fmt.Sprint(command, n)}, "old": {fmt.Sprint("guess ", n)}, "password": {"eight ducks on a lake"}, "passwordAgain": {"eight ducks on a lake"}})
		})
	}
	all.Wait()
	if got := compared.Load(); got != 10 || !v.state(id).Credential.Locked {
		t.Errorf("%d guesses, the account is %s", got, v.state(id).Credential.Shown())
	}
	if got := v.view("/me"); got.status != http.StatusSeeOther {
		t.Errorf("the session lives on: %d", got.status)
	}
}

func TestOfAHundredGuessesAtALinksPasswordFiveCount(t *testing.T) {
	both := func(rules policy.Policy) policy.Policy {
		rules.Link.SMSPassword, rules.Mobile = true, policy.MobileRequired
		return rules
	}
	v := visit(t, func(cfg *api.Config) { cfg.Policies["unifyoffice"] = both(cfg.Policies["unifyoffice"]) })
	company := v.firm("unifyoffice", "+4930123450", "+4930123459")
	id := v.create(company, `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","mobile":"+491711234567","number":"+4930123451","licence":"standard","language":"en","activate":true}`)
	v.do(id, func(domain.Cause) domain.Decide { return user.StartStep{Step: "line"}.Decide })
	v.do(id, func(domain.Cause) domain.Decide { return user.FinishStep{Step: "line", Attempt: 1}.Decide })
	v.do(id, func(cause domain.Cause) domain.Decide {
		return user.IssueLink{Cause: cause, Policy: both(v.rules("unifyoffice")), Mint: user.Minter(key(2), id)}.Decide
	})
	token := v.token(id)
	var all sync.WaitGroup
	var told atomic.Int64
	for n := range 100 {
		all.Go(func() {
			form := goodSecrets()
			form.Set("code", fmt.Sprintf("aaaa-aaaa-%04d", n))
			if got := v.post("/activate/"+token, form); strings.Contains(got.body, "Is not the password that was sent by SMS") {
				told.Add(1)
			}
		})
	}
	all.Wait()
	if missed := v.written(id, (user.LinkMissed{}).Type()); missed != 5 || told.Load() > 5 {
		t.Errorf("%d misses are noted, %d are told that they missed", missed, told.Load())
	}
	right := goodSecrets()
	right.Set("code", user.LinkPassword(key(2), id, v.state(id).Link.ID))
	if got := v.post("/activate/"+token, right); got.status == http.StatusOK || v.state(id).Credential.State != user.CredentialNone {
		t.Errorf("the right one behind them is answered with %d, the password is %s", got.status, v.state(id).Credential.State)
	}
}
