package user

import (
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
)

// Confirming makes what a user has claimed stand for good: a number or any
// other claim, by the name of its stream.
func Confirming(stream, id string) domain.Decide {
	if isNumber(stream) {
		return number.Confirm(id)
	}
	return claim.Confirm(Stream(id))
}

// Releasing gives back what was a user's, by the name of its stream.
func Releasing(stream, id, reason string) domain.Decide {
	if isNumber(stream) {
		return number.Release(id, reason)
	}
	return claim.Release(Stream(id), reason)
}

// ReleaseReason says why claims of a user are given back.
func (s State) ReleaseReason() string {
	if s.Lifecycle == Gone {
		return "user deleted"
	}
	return "changed"
}

func isNumber(stream string) bool { return strings.HasPrefix(stream, number.Stream("")) }
