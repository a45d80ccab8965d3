package sip

import (
	"crypto/md5" //nolint:gosec // RFC 3261 §22.4: phones that know nothing else must be able to log in
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/icholy/digest"

	"dialtone/projections/routing"
)

// algorithms are the digest algorithms on offer, the strongest first (RFC 8760 §2.3).
var algorithms = []string{"SHA-256", "MD5"}

func digestOf(algorithm, text string) string {
	if algorithm == "MD5" {
		sum := md5.Sum([]byte(text)) //nolint:gosec // see the import
		return hex.EncodeToString(sum[:])
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// gate lets those in who know the password of a login.
type gate struct {
	realm  string
	nonces *nonces
	table  func() *routing.Table
}

// credentials are the parts of a request the digest is computed over; meant
// tells whether a digest's uri is that of the request (RFC 7616 §3.4.6).
type credentials struct {
	method string
	source string   // address without port
	values []string // of the Authorization or Proxy-Authorization fields
	meant  func(uri string) bool
}

// admission is the gate's answer: a user, or challenges to be sent.
type admission struct {
	user   *routing.User
	stale  bool
	astray bool // the digest was made for another Request-URI
}

// admit looks for credentials of our realm and checks them. No login, a wrong
// name and a wrong password are answered alike, and take the same work.
func (g *gate) admit(c credentials, now time.Time) admission {
	for _, value := range c.values {
		given, err := digest.ParseCredentials(value)
		if err != nil || given.Realm != g.realm {
			continue
		}
		if !c.meant(given.URI) {
			return admission{astray: true}
		}
		return g.check(c, given, now)
	}
	return admission{}
}

func (g *gate) check(c credentials, given *digest.Credentials, now time.Time) admission {
	algorithm := strings.ToUpper(given.Algorithm)
	if algorithm == "" {
		algorithm = "MD5" // RFC 7616 §3.4
	}
	worth := g.nonces.judge(given.Nonce, c.source, now)
	u := g.table().ByLogin(given.Username)
	ha1, known := "", false
	if u != nil && u.Realm == g.realm {
		ha1, known = u.HA1[algorithm]
	}
	ha2 := digestOf(algorithm, c.method+":"+given.URI)
	expected := digestOf(algorithm, fmt.Sprintf("%s:%s:%08x:%s:%s:%s", ha1, given.Nonce, given.Nc, given.Cnonce, given.QOP, ha2))
	right := subtle.ConstantTimeCompare([]byte(expected), []byte(strings.ToLower(given.Response))) == 1
	switch {
	case !known || !right || worth == foreign || !strings.EqualFold(given.QOP, "auth"):
		return admission{}
	case worth == aged || !g.nonces.spend(given.Nonce, c.source, given.Nc):
		return admission{stale: true}
	}
	return admission{user: u}
}

// challenges are the values of WWW-Authenticate or Proxy-Authenticate. All have
// the same nonce. The space before "=" in those stronger than MD5 is allowed
// (RFC 3261 §25.1, EQUAL) and keeps a bridge open: phones that look at the
// first challenge only and know no SHA-256 tend to search for "algorithm=";
// they find none, take the default, which is MD5, and are let in.
func (g *gate) challenges(source string, stale bool, now time.Time) ([]string, error) {
	nonce, err := g.nonces.issue(source, now)
	if err != nil {
		return nil, err
	}
	values := make([]string, 0, len(algorithms))
	for _, algorithm := range algorithms {
		equal := " = "
		if algorithm == "MD5" {
			equal = "="
		}
		value := fmt.Sprintf(`Digest realm="%s", nonce="%s", algorithm%s%s, qop="auth"`, g.realm, nonce, equal, algorithm)
		if stale {
			value += ", stale=true"
		}
		values = append(values, value)
	}
	return values, nil
}
