package wire_test

import (
	"testing"

	"dialtone/domain/wire"
)

func TestStreamsOfTheHouseAreKnownByTheirNames(t *testing.T) {
	for stream, ours := range map[string]bool{
		"user-1": true, "company-acme": true, "number-+4930": true, "seat-a-standard-1": true, "callprofile-1": true,
		"visitors": false, "$$user-1": false, "user": false, "User-1": false, "$settings": false,
	} {
		if got := wire.IsOurs(stream); got != ours {
			t.Errorf("%s: %t", stream, got)
		}
	}
}
