package eventstore

import (
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"dialtone/domain"
)

// LargestAppend is how many bytes one append may have: names, data and metadata
// of all its events.
const LargestAppend = 16 << 20

// CodeTooLarge is the code of the fault of an append that is larger.
const CodeTooLarge = "append-too-large"

// CheckAppend tells what is wrong with an append whatever the store holds: a
// fault of kind Invalid. Otherwise it gives the events with their ids in lower
// case, in a list of its own, and their size in bytes.
func CheckAppend(stream string, expected Expected, events []Proposed) (checked []Proposed, size int, err error) {
	if !IsName(stream) {
		return nil, 0, domain.Faultf(domain.Invalid, "stream-name", "a stream needs a name in UTF-8 without NUL")
	}
	if expected < NoStream && expected != Any && expected != StreamExists {
		return nil, 0, domain.Faultf(domain.Invalid, "expected-revision", "%d is no revision to expect", expected)
	}
	checked = make([]Proposed, len(events))
	for i, event := range events {
		if !IsName(event.Type) {
			return nil, 0, domain.Faultf(domain.Invalid, "event-type", "event %d of %s needs a type in UTF-8 without NUL", i, stream)
		}
		if len(event.ID) != 36 || uuid.Validate(event.ID) != nil {
			return nil, 0, domain.Faultf(domain.Invalid, "event-id", "event %d of %s needs a UUID in its text form as id", i, stream)
		}
		event.ID = strings.ToLower(event.ID)
		checked[i] = event
		size += len(stream) + len(event.Type) + len(event.Data) + len(event.Meta)
	}
	if size > LargestAppend {
		return nil, 0, domain.Faultf(domain.Invalid, CodeTooLarge, "an append to %s has %d bytes, %d are allowed", stream, size, LargestAppend)
	}
	return checked, size, nil
}

// IsName tells whether a text can name a stream or the type of an event.
func IsName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsRune(name, 0)
}
