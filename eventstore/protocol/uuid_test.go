package protocol_test

import (
	"testing"

	"github.com/google/uuid"

	"dialtone/eventstore/protocol"
)

func TestUUIDsTravelInBothForms(t *testing.T) {
	const text = "00112233-4455-6677-8899-aabbccddeeff"
	id := uuid.MustParse(text)
	structured := protocol.StructuredUUID(id).GetStructured()
	if msb, lsb := structured.GetMostSignificantBits(), structured.GetLeastSignificantBits(); msb != 4822678189205111 || lsb != -8603657889541918977 {
		t.Errorf("the halves are %d and %d", msb, lsb)
	}
	for _, sent := range []*protocol.UUID{protocol.StructuredUUID(id), protocol.TextUUID(text)} {
		if got, ok := sent.Parse(); !ok || got != id {
			t.Errorf("%v is read as %s, %t", sent, got, ok)
		}
	}
}

func TestWhatIsNoUUIDIsNotRead(t *testing.T) {
	var missing *protocol.UUID
	for _, sent := range []*protocol.UUID{
		missing,
		{},
		protocol.TextUUID(""), protocol.TextUUID("00112233445566778899aabbccddeeff"),
		protocol.TextUUID("{00112233-4455-6677-8899-aabbccddeeff}"), protocol.TextUUID("00112233-4455-6677-8899-aabbccddeegg"),
	} {
		if id, ok := sent.Parse(); ok {
			t.Errorf("%v is read as %s", sent, id)
		}
	}
}
