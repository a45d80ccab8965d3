package user

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // RFC 7616 keeps MD5 for phones that know nothing else
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"dialtone/domain/policy"
)

// Everything in this file derives secrets from a server key, so that doing a
// thing again gives the same secret. Keys are handed in, 32 bytes each.

// LinkKey is the id of the key that link tokens are derived with.
const LinkKey = "links-1"

// Token derives the text of an activation link: the user's id and 256 bits of
// HMAC-SHA256 over the link's id, base64url, 64 characters.
func Token(key []byte, user, link string) string {
	raw, err := hex.DecodeString(strings.ReplaceAll(user, "-", ""))
	if err != nil || len(raw) != 16 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(raw, mac(key, "activation-link", user, link)...))
}

// TokenUser gives the id of the user a token was made for; false for what is no
// token. Whether it opens anything is for the user's facts to say.
func TokenUser(token string) (id string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 16+sha256.Size {
		return "", false
	}
	return uuidOf(raw[:16]), true
}

// TokenHash gives what a fact keeps of a token: the hex SHA-256.
func TokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Minter gives the Mint of one user under a key.
func Minter(key []byte, user string) Mint {
	return func(link string) (string, string) { return LinkKey, TokenHash(Token(key, user, link)) }
}

// EmailClaim names the claim on an address under the key that never rotates.
func EmailClaim(key []byte, email string) string {
	return EmailStream(hex.EncodeToString(mac(key, "email", FoldEmail(email))[:16]))
}

// LoginClaim names the claim on a name to log in with, under the key that never
// rotates.
func LoginClaim(key []byte, name string) string {
	return LoginStream(hex.EncodeToString(mac(key, "login", FoldEmail(name))[:16]))
}

// ResetToken derives the text of a link by which a password is reset, in the
// form of an activation link's.
func ResetToken(key []byte, user, reset string) string {
	raw, err := hex.DecodeString(strings.ReplaceAll(user, "-", ""))
	if err != nil || len(raw) != 16 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(raw, mac(key, "password-reset", user, reset)...))
}

// ResetMinter gives the Mint of one user's reset links under a key.
func ResetMinter(key []byte, user string) Mint {
	return func(reset string) (string, string) { return LinkKey, TokenHash(ResetToken(key, user, reset)) }
}

// TemporaryPassword derives a temporary password: 60 bits, three groups of four
// lower-case letters and digits that can be told on the telephone.
func TemporaryPassword(key []byte, user, issued string) string {
	return grouped(mac(key, "temporary-password", user, issued))
}

func grouped(sum []byte) string {
	text := base32lower.EncodeToString(sum[:8])
	return text[:4] + "-" + text[4:8] + "-" + text[8:12]
}

// alike compares secrets in constant time, without regard to case and to what
// stands between their groups.
func alike(typed, right string) bool {
	bare := strings.NewReplacer("-", "", " ", "")
	return hmac.Equal([]byte(bare.Replace(strings.ToLower(typed))), []byte(bare.Replace(right)))
}

// LinkPassword derives the password that goes by SMS beside a mailed link, in
// the form of a temporary password.
func LinkPassword(key []byte, user, link string) string {
	return grouped(mac(key, "link-password", user, link))
}

// IsLinkPassword compares what was typed with a link's password.
func IsLinkPassword(key []byte, user string, link Link, typed string) bool {
	return link.ID != "" && alike(typed, LinkPassword(key, user, link.ID))
}

// TemporaryPasscode derives the passcode for voicemail that goes with a
// temporary password. No such passcode is simple.
func TemporaryPasscode(key []byte, user, issued string, digits int) string {
	for n := 0; ; n++ {
		sum := mac(key, "temporary-passcode", user, issued, strconv.Itoa(n))
		code := make([]byte, 0, digits)
		for _, b := range sum {
			if b < 250 && len(code) < digits {
				code = append(code, '0'+b%10)
			}
		}
		if len(code) == digits && !policy.SimplePIN(string(code)) {
			return string(code)
		}
	}
}

// IsTemporary compares what was typed with the temporary password, in constant
// time, without regard to case and to what stands between its groups. What was
// chosen is compared with its hash instead.
func IsTemporary(key []byte, user string, issued CredentialIssued, typed string) bool {
	return issued.ID != "" && !issued.Chosen && alike(typed, TemporaryPassword(key, user, issued.ID))
}

var base32lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// DevicePassword derives the password of a desk phone's login: 120 bits, 24
// lower-case letters and digits.
func DevicePassword(key []byte, login string) string {
	return base32lower.EncodeToString(mac(key, "device-password", login)[:15])
}

// DeviceUsername derives the name a desk phone logs in with. Every login of a
// user has another, so that the phone before it is locked out; it tells neither
// number nor extension.
func DeviceUsername(key []byte, user, login string) string {
	return "u" + base32lower.EncodeToString(mac(key, "device-username", user, login)[:10])
}

// HA1 gives the hashes of a login for digest authentication (RFC 7616 §3.4.2),
// hex by algorithm.
func HA1(username, realm, password string) map[string]string {
	text := []byte(username + ":" + realm + ":" + password)
	weak, strong := md5.Sum(text), sha256.Sum256(text) //nolint:gosec // see the import
	return map[string]string{"MD5": hex.EncodeToString(weak[:]), "SHA-256": hex.EncodeToString(strong[:])}
}

func mac(key []byte, parts ...string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(strings.Join(parts, "\x1f")))
	return hash.Sum(nil)
}
