package server

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// What can be wrong with a proposed event, or with all of an append's.
var (
	errLacksMetadata = errors.New("an event needs the metadata " + protocol.KeyType + " and " + protocol.KeyContentType)
	errTooLarge      = errors.New("the append is too large")
	errNoUUID        = errors.New("an event needs a UUID other than zero as its id")
	errOptionsTwice  = errors.New("the options of an append come once")
	errNoType        = errors.New("an event needs a type in UTF-8 without NUL")
)

// message is a proposed event in either form of append.
type message interface {
	GetId() *protocol.UUID
	GetMetadata() map[string]string
	GetCustomMetadata() []byte
	GetData() []byte
}

// proposal gathers the events of one append within a size.
type proposal struct {
	events []eventstore.Proposed
	size   int
}

func (p *proposal) add(m message, largest int) error {
	metadata := m.GetMetadata()
	kind, typed := metadata[protocol.KeyType]
	content, described := metadata[protocol.KeyContentType]
	if !typed || !described {
		return errLacksMetadata
	}
	if !eventstore.IsName(kind) {
		return errNoType
	}
	id, ok := m.GetId().Parse()
	if !ok || id == uuid.Nil {
		return errNoUUID
	}
	p.size += len(m.GetData()) + len(m.GetCustomMetadata()) + 2*utf16Length(kind)
	if p.size > largest {
		return fmt.Errorf("%w: %d bytes are allowed", errTooLarge, largest)
	}
	p.events = append(p.events, eventstore.Proposed{
		ID: textOf(m.GetId(), id), Type: kind, Data: m.GetData(), Meta: m.GetCustomMetadata(),
		Binary: content != protocol.ContentJSON,
	})
	return nil
}

// textOf gives a UUID's text, the one that was sent if there is one.
func textOf(sent *protocol.UUID, id uuid.UUID) string {
	if text := sent.GetString_(); text != "" {
		return strings.ToLower(text)
	}
	return id.String()
}

// utf16Length counts as the protocol does.
func utf16Length(text string) int {
	length := 0
	for _, r := range text {
		if length++; r > 0xFFFF {
			length++
		}
	}
	return length
}
