package wire

import (
	"slices"
	"strings"
)

// kinds are the first words of the names of all streams the house writes
// (design §3, ADRs 0019 and 0020), the reserved ones included.
var kinds = []string{
	"admins-", "callprofile-", "company-", "device-", "email-", "extension-", "group-", "imsi-", "import-", "login-", "look-", "mac-",
	"number-", "seat-", "sim-", "user-",
}

// IsOurs tells whether a stream is one of the house. Whatever else a shared event
// store holds is somebody else's.
func IsOurs(stream string) bool {
	return slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(stream, kind) })
}
