package device

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
)

// MarksClaim names the claim on what is printed on a phone, of which only the HMAC
// is shown, under the key that never rotates: on the MAC address, or on the
// manufacturer's serial number where that is all there is. It is the same for all
// companies.
func MarksClaim(key []byte, manufacturer string, marks Marks) string {
	parts := []string{"mac", marks.MAC}
	if marks.MAC == "" {
		parts = []string{"serial", manufacturer, strings.ToUpper(marks.Serial)}
	}
	return "mac-" + hex.EncodeToString(mac(key, parts...)[:16])
}

// Secret derives the part of a phone's address that nobody can guess: 160 bits, 32
// lower-case letters and digits. Every generation has another.
func Secret(key []byte, id string, generation int) string {
	return base32lower.EncodeToString(mac(key, "provisioning", id, strconv.Itoa(generation))[:20])
}

// IsSecret compares what was sent with a phone's secret, in constant time. A phone
// without an address has none.
func IsSecret(key []byte, id string, generation int, given string) bool {
	right := Secret(key, id, generation)
	return hmac.Equal([]byte(given), []byte(right)) && generation > 0
}

var base32lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func mac(key []byte, parts ...string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(strings.Join(parts, "\x1f")))
	return hash.Sum(nil)
}
