package user_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"dialtone/domain/user"
)

var key = bytes.Repeat([]byte{7}, 32)

func TestALinksTokenIsDerivedAndTellsItsUser(t *testing.T) {
	token := user.Token(key, adaID, "link-1")
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{64}$`).MatchString(token) {
		t.Fatalf("the token is %q", token)
	}
	if user.Token(key, adaID, "link-1") != token {
		t.Error("deriving it again gives another")
	}
	if id, ok := user.TokenUser(token); !ok || id != adaID {
		t.Errorf("it tells the user %q, %v", id, ok)
	}
	other := "1" + adaID[1:]
	for name, different := range map[string]string{
		"link": user.Token(key, adaID, "link-2"), "user": user.Token(key, other, "link-1"), "key": user.Token(bytes.Repeat([]byte{8}, 32), adaID, "link-1"),
	} {
		if different == token || different[22:] == token[22:] {
			t.Errorf("another %s gives the same secret", name)
		}
	}
	mintKey, hash := user.Minter(key, adaID)("link-1")
	if mintKey != user.LinkKey || hash != user.TokenHash(token) || len(hash) != 64 || strings.Contains(hash, token) {
		t.Errorf("minted %s, %s", mintKey, hash)
	}
	if user.Token(key, "ada", "link-1") != "" {
		t.Error("a user without a UUID got a token")
	}
}

func TestWhatIsNoTokenTellsNoUser(t *testing.T) {
	token := user.Token(key, adaID, "link-1")
	for _, wrong := range []string{"", "x", token[:63], token + "A", token[:62], strings.Repeat("!", 64), strings.Repeat("é", 32), "../../etc/passwd"} {
		if id, ok := user.TokenUser(wrong); ok {
			t.Errorf("%q tells the user %s", wrong, id)
		}
	}
}

func TestAnAddressesClaimShowsOnlyItsHMAC(t *testing.T) {
	claim := user.EmailClaim(key, "Ada@Example.com ")
	if !regexp.MustCompile(`^email-[0-9a-f]{32}$`).MatchString(claim) {
		t.Errorf("the claim is %q", claim)
	}
	if user.EmailClaim(key, "ada@example.com") != claim {
		t.Error("another writing of the address has another claim")
	}
	if user.EmailClaim(bytes.Repeat([]byte{8}, 32), "ada@example.com") == claim || user.EmailClaim(key, "eda@example.com") == claim {
		t.Error("another key or address has the same claim")
	}
}

func TestDesksGetDerivedLogins(t *testing.T) {
	name, password := user.DeviceUsername(key, adaID, "login-1"), user.DevicePassword(key, "login-1")
	if !regexp.MustCompile(`^u[a-z2-7]{16}$`).MatchString(name) || user.DeviceUsername(key, adaID, "login-1") != name {
		t.Errorf("the name is %q", name)
	}
	if user.DeviceUsername(key, adaID, "login-2") == name {
		t.Error("the next login has the name of the one before")
	}
	if !regexp.MustCompile(`^[a-z2-7]{24}$`).MatchString(password) || user.DevicePassword(key, "login-1") != password || user.DevicePassword(key, "login-2") == password {
		t.Errorf("the password is %q", password)
	}
}

// The login of the examples in RFC 7616 §3.9.1; the sums were made with md5sum and
// sha256sum.
func TestALoginIsHashedOncePerAlgorithm(t *testing.T) {
	got := user.HA1("Mufasa", "http-auth@example.org", "Circle of Life")
	want := map[string]string{
		"MD5":     "3d78807defe7de2157e2b0b6573a855f",
		"SHA-256": "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232",
	}
	for algorithm, hash := range want {
		if got[algorithm] != hash {
			t.Errorf("%s: %s, want %s", algorithm, got[algorithm], hash)
		}
	}
	if len(got) != len(want) {
		t.Errorf("algorithms: %v", got)
	}
}
