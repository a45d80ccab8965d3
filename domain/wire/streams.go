package wire

import (
	"slices"
	"strings"
)

// kinds are the first words of the names of all streams the house writes
// (design §3), the reserved ones included.
var kinds = []string{
	"callprofile-", "company-", "device-", "email-", "extension-", "group-", "imsi-", "import-", "login-", "mac-",
	"number-", "seat-", "sim-", "user-",
}

// IsOurs tells whether a stream is one of the house. Whatever else a shared event
// store holds is somebody else's.
func IsOurs(stream string) bool {
	return slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(stream, kind) })
}
