package kurrent

import (
	"strconv"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

func identifier(stream string) *protocol.StreamIdentifier {
	return &protocol.StreamIdentifier{StreamName: []byte(stream)}
}

// describe gives the string map that travels with an event.
func describe(event eventstore.Proposed) map[string]string {
	content := protocol.ContentJSON
	if event.Binary {
		content = protocol.ContentBinary
	}
	return map[string]string{protocol.KeyType: event.Type, protocol.KeyContentType: content}
}

func batchedOf(event eventstore.Proposed) *protocol.BatchAppendReq_ProposedMessage {
	return &protocol.BatchAppendReq_ProposedMessage{
		Id: protocol.TextUUID(event.ID), Metadata: describe(event), CustomMetadata: event.Meta, Data: event.Data,
	}
}

// recordedOf makes an event of what a read gives; false where a link leads
// nowhere, which can't be unless links are resolved.
func recordedOf(read *protocol.ReadResp_ReadEvent) (eventstore.Recorded, bool) {
	event := read.GetEvent()
	if event == nil {
		if event = read.GetLink(); event == nil {
			return eventstore.Recorded{}, false
		}
	}
	position := event.GetCommitPosition()
	if commit, ok := read.GetPosition().(*protocol.ReadResp_ReadEvent_CommitPosition); ok {
		position = commit.CommitPosition
	}
	described := event.GetMetadata()
	ticks, _ := strconv.ParseInt(described[protocol.KeyCreated], 10, 64) // a server that does not tell it leaves 1970
	return eventstore.Recorded{
		Proposed: eventstore.Proposed{
			ID: idOf(event.GetId()), Type: described[protocol.KeyType], Data: event.GetData(), Meta: event.GetCustomMetadata(),
			Binary: described[protocol.KeyContentType] != protocol.ContentJSON,
		},
		Stream:   string(event.GetStreamIdentifier().GetStreamName()),
		Revision: event.GetStreamRevision(),
		Position: eventstore.Position(position),
		Time:     protocol.Moment(ticks),
	}, true
}

// idOf gives a UUID as text in lower case, as servers print it.
func idOf(id *protocol.UUID) string {
	if text, ok := id.GetValue().(*protocol.UUID_String_); ok {
		return text.String_
	}
	parsed, _ := id.Parse()
	return parsed.String()
}
