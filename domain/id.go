package domain

import (
	"crypto/sha1" //nolint:gosec // UUIDv5 is defined over SHA-1 (RFC 9562 §5.5); nothing secret depends on it
	"encoding/hex"
	"strconv"
	"strings"
)

// namespace is Dialtone's own UUID namespace; it never changes.
var namespace = [16]byte{0x0d, 0x1a, 0x17, 0x0e, 0x5c, 0x3b, 0x4f, 0x52, 0x9a, 0x61, 0x2e, 0x77, 0x10, 0xc4, 0x8b, 0x3d}

// DeriveID gives the UUIDv5 (RFC 9562 §5.5) of a business key: the same parts
// give the same id, for ever.
func DeriveID(parts ...string) string {
	hash := sha1.New() //nolint:gosec // see the import
	hash.Write(namespace[:])
	hash.Write([]byte(strings.Join(parts, "\x1f")))
	id := hash.Sum(nil)[:16]
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	text := hex.EncodeToString(id)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// EventID is the id of the n-th event (from 0) a command writes into a stream.
func EventID(stream, command string, n int) string {
	return DeriveID("event", stream, command, strconv.Itoa(n))
}
