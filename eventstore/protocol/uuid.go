package protocol

import (
	"encoding/binary"

	"github.com/google/uuid"
)

// TextUUID gives a UUID (RFC 4122) as its text form travels; the caller has
// checked the text.
func TextUUID(text string) *UUID { return &UUID{Value: &UUID_String_{String_: text}} }

// StructuredUUID gives a UUID as its two halves travel, each big-endian and
// read as a signed number.
func StructuredUUID(id uuid.UUID) *UUID {
	return &UUID{Value: &UUID_Structured_{Structured: &UUID_Structured{
		MostSignificantBits:  int64(binary.BigEndian.Uint64(id[:8])),
		LeastSignificantBits: int64(binary.BigEndian.Uint64(id[8:])),
	}}}
}

// Parse reads a UUID in either form; false where there is none.
func (x *UUID) Parse() (uuid.UUID, bool) {
	switch value := x.GetValue().(type) {
	case *UUID_Structured_:
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[:8], uint64(value.Structured.GetMostSignificantBits()))
		binary.BigEndian.PutUint64(id[8:], uint64(value.Structured.GetLeastSignificantBits()))
		return id, true
	case *UUID_String_:
		if len(value.String_) != 36 { // the parser knows other forms, the protocol does not
			return uuid.UUID{}, false
		}
		id, err := uuid.Parse(value.String_)
		return id, err == nil
	}
	return uuid.UUID{}, false
}
