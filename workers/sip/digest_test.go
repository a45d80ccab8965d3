package sip

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections/routing"
)

// door is a gate with one user, whose password is "secret".
func door() *gate {
	ha1 := map[string]string{}
	for _, algorithm := range algorithms {
		ha1[algorithm] = digestOf(algorithm, "phone1:realm:secret")
	}
	var table routing.Table
	for i, event := range []domain.Event{
		user.Created{ID: "u1", Company: "c1", Extension: "101"},
		user.DeviceLoginIssued{Username: "phone1", Realm: "realm", Personal: &user.DeviceLogin{HA1: ha1}},
	} {
		table = routing.Apply(table, domain.Fact{Event: event, Stream: "user-u1"}, eventstore.Position(i+1))
	}
	return &gate{realm: "realm", nonces: newNonces(make([]byte, 32), rand.Reader, noon), table: func() *routing.Table { return &table }}
}

// attempt is an answer to a challenge, right unless something is changed.
type attempt struct{ name, password, realm, algorithm, qop, nonce, count, source string }

func (g *gate) right() attempt {
	nonce, _ := g.nonces.issue("192.0.2.1", noon)
	return attempt{"phone1", "secret", "realm", "SHA-256", "auth", nonce, "00000001", "192.0.2.1"}
}

func (a attempt) credentials() credentials {
	algorithm := a.algorithm
	if algorithm == "" {
		algorithm = "MD5"
	}
	ha1 := digestOf(algorithm, a.name+":"+a.realm+":"+a.password)
	response := digestOf(algorithm, strings.Join([]string{ha1, a.nonce, a.count, "c", a.qop, digestOf(algorithm, "REGISTER:sip:realm")}, ":"))
	value := fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="sip:realm", response="%s", cnonce="c", nc=%s, qop=%s`,
		a.name, a.realm, a.nonce, response, a.count, a.qop)
	if a.algorithm != "" {
		value += ", algorithm=" + a.algorithm
	}
	return credentials{method: "REGISTER", source: a.source, values: []string{value}, meant: func(uri string) bool { return uri == "sip:realm" }}
}

func TestWhoKnowsThePasswordIsLetIn(t *testing.T) {
	for _, algorithm := range []string{"SHA-256", "MD5", "sha-256", ""} {
		g := door()
		a := g.right()
		a.algorithm = strings.ToUpper(algorithm)
		in := a.credentials()
		in.values[0] = strings.Replace(in.values[0], "algorithm="+a.algorithm, "algorithm="+algorithm, 1)
		if got := g.admit(in, noon); got.user == nil || got.user.ID != "u1" {
			t.Errorf("%q: %+v", algorithm, got)
		}
	}
}

func TestAllOthersAreAnsweredAlike(t *testing.T) {
	for name, change := range map[string]func(*attempt){
		"another name":       func(a *attempt) { a.name = "phone2" },
		"another password":   func(a *attempt) { a.password = "Secret" },
		"another realm":      func(a *attempt) { a.realm = "other" },
		"no name":            func(a *attempt) { a.name = "" },
		"unknown algorithm":  func(a *attempt) { a.algorithm = "SHA-512-256" },
		"no quality":         func(a *attempt) { a.qop = "" },
		"integrity":          func(a *attempt) { a.qop = "auth-int" },
		"a nonce of its own": func(a *attempt) { a.nonce = "abc" },
		"another source":     func(a *attempt) { a.source = "192.0.2.9" },
	} {
		g := door()
		a := g.right()
		change(&a)
		if got := g.admit(a.credentials(), noon); got.user != nil || got.stale {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestGarbageInsteadOfCredentialsIsNoCredentials(t *testing.T) {
	g := door()
	for _, value := range []string{"", "Digest", "Basic abc", `Digest username="`, "Digest nc=zz, realm=realm", `Digest realm="realm"`} {
		if got := g.admit(credentials{method: "REGISTER", source: "192.0.2.1", values: []string{value}, meant: func(string) bool { return true }}, noon); got.user != nil || got.stale {
			t.Errorf("%q: %+v", value, got)
		}
	}
}

func TestAnOldOrUsedNonceIsStale(t *testing.T) {
	g := door()
	in := g.right().credentials()
	if got := g.admit(in, noon.Add(nonceLife+1)); !got.stale {
		t.Errorf("too late: %+v", got)
	}
	g.admit(in, noon)
	if got := g.admit(in, noon); got.user != nil || !got.stale {
		t.Errorf("again: %+v", got)
	}
}

func TestBothAlgorithmsAreOfferedTheStrongestFirst(t *testing.T) {
	values, err := door().challenges("192.0.2.1", true, noon)
	if err != nil || len(values) != 2 {
		t.Fatal(values, err)
	}
	if !strings.Contains(values[0], "algorithm = SHA-256") || !strings.Contains(values[1], "algorithm=MD5") || !strings.Contains(values[0], "stale=true") {
		t.Errorf("the challenges are %v", values)
	}
}

func TestADigestForAnotherRequestIsAstrayWhoeverMadeIt(t *testing.T) {
	g := door()
	in := g.right().credentials()
	in.meant = func(string) bool { return false }
	if got := g.admit(in, noon); got.user != nil || got.stale || !got.astray {
		t.Errorf("%+v", got)
	}
}
