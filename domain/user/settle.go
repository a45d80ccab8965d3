package user

import (
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/device"
	"dialtone/domain/number"
	"dialtone/domain/policy"
)

// Confirming makes what a user has claimed stand for good: a number or any
// other claim, by the name of its stream.
func Confirming(stream, id string) domain.Decide {
	if isNumber(stream) {
		return number.Confirm(id)
	}
	if isDevice(stream) {
		return device.Confirm(id)
	}
	return claim.Confirm(Stream(id))
}

// Releasing gives back what is no longer a user's, by the name of its stream. A
// number rests from then on for as long as the policy says (X4).
func (s State) Releasing(stream string, at time.Time, rules policy.Policy) domain.Decide {
	if isNumber(stream) {
		return number.Release{User: s.ID, Reason: s.ReleaseReason(), Rests: rules.RestsUntil(at)}.Decide
	}
	if isDevice(stream) {
		return device.Release(s.ID, s.ReleaseReason())
	}
	return claim.Release(Stream(s.ID), s.ReleaseReason())
}

// ReleaseReason says why claims of a user are given back.
func (s State) ReleaseReason() string {
	if s.Lifecycle == Gone {
		return "user deleted"
	}
	return "changed"
}

func isDevice(stream string) bool { return strings.HasPrefix(stream, device.Stream("")) }

func isNumber(stream string) bool { return strings.HasPrefix(stream, number.Stream("")) }
