package storetest_test

import (
	"context"
	"strings"

	"dialtone/domain"
	"dialtone/eventstore"
)

// latest gives the last metadata of a stream. Streams of metadata have none.
func (m *memory) latest(stream string) (eventstore.Recorded, bool) {
	metas := m.stream(eventstore.MetaStream(stream))
	if len(metas) == 0 || strings.HasPrefix(stream, eventstore.MetaPrefix) && m.bug != "metadata of metadata" {
		return eventstore.Recorded{}, false
	}
	return metas[len(metas)-1], true
}

func (m *memory) described(stream string) bool {
	_, ok := m.latest(stream)
	return ok && m.bug != "metadata is nothing"
}

func (m *memory) deleted(stream string) bool {
	meta, ok := m.latest(stream)
	return ok && (!meta.Binary || m.bug == "binary metadata") && eventstore.ParseStreamMeta(meta.Data).Deleted()
}

// gone tells that a stream, or the one whose metadata it holds, was deleted for
// good.
func (m *memory) gone(stream string) bool {
	if subject, ok := eventstore.MetaOf(stream); ok && m.bug != "metadata of a tombstone" {
		stream = subject
	}
	there := m.stream(stream)
	return len(there) > 0 && there[len(there)-1].Type == eventstore.TypeTombstone && m.bug != "tombstone ignored"
}

// restoring is what has to be brought back behind a write.
type restoring struct {
	stream string
	from   uint64
	needed bool
}

func (m *memory) toRestore(stream string) restoring {
	if subject, ok := eventstore.MetaOf(stream); ok && m.bug != "metadata leaves deleted" {
		return restoring{subject, uint64(len(m.stream(subject))), m.deleted(subject)}
	}
	return restoring{stream, uint64(len(m.stream(stream))), m.deleted(stream) && m.bug != "deletion ignored"}
}

func (m *memory) restore(r restoring) eventstore.Appended {
	if m.bug == "everything is restored" {
		_, r.needed = m.latest(r.stream)
	}
	meta, ok := m.latest(r.stream)
	if !ok || !r.needed || m.bug == "stays deleted" {
		return eventstore.Appended{}
	}
	switch m.bug {
	case "restored from the first":
		r.from = 0
	case "restored behind the news":
		r.from = uint64(len(m.stream(r.stream)))
	case "restored without the rest":
		meta.Data = []byte(`{}`)
	}
	data, ok := eventstore.RestoredMeta(meta.Data, r.from)
	if !ok {
		return eventstore.Appended{}
	}
	return m.writeMeta(r.stream, data)
}

func (m *memory) writeMeta(stream string, data []byte) eventstore.Appended {
	metastream := eventstore.MetaStream(stream)
	return m.write(metastream, m.stream(metastream), []eventstore.Proposed{{
		ID: domain.DeriveID(metastream, string(data)), Type: eventstore.TypeMetadata, Data: data,
	}})
}

func (m *memory) Delete(ctx context.Context, stream string, expected eventstore.Expected) (eventstore.Position, error) {
	return m.remove(ctx, stream, expected, func(there []eventstore.Recorded) (eventstore.Appended, error) {
		if len(there) == 0 && !m.described(stream) && m.bug != "missing stream deleted" {
			return eventstore.Appended{}, &eventstore.ConflictError{Stream: stream, Expected: expected, Actual: eventstore.NoStream}
		}
		if m.bug == "deletion not written" {
			return eventstore.Appended{Position: 1}, nil
		}
		data := eventstore.DeletedMeta()
		if meta, ok := m.latest(stream); ok && m.bug == "deletion keeps metadata" {
			data = []byte(strings.Replace(string(meta.Data), "{", `{"$tb":9223372036854775807,`, 1))
		}
		return m.writeMeta(stream, data), nil
	})
}

func (m *memory) Tombstone(ctx context.Context, stream string, expected eventstore.Expected) (eventstore.Position, error) {
	return m.remove(ctx, stream, expected, func(there []eventstore.Recorded) (eventstore.Appended, error) {
		if len(there) == 0 && m.bug == "missing stream stays" {
			return eventstore.Appended{}, &eventstore.ConflictError{Stream: stream, Expected: expected, Actual: eventstore.NoStream}
		}
		end := eventstore.Proposed{ID: domain.DeriveID(stream, "end"), Type: eventstore.TypeTombstone}
		appended := m.write(stream, there, []eventstore.Proposed{end})
		if m.bug != "tombstone at the next revision" {
			m.log[len(m.log)-1].Revision = eventstore.TombstoneRevision
		}
		return appended, nil
	})
}

func (m *memory) remove(
	ctx context.Context, stream string, expected eventstore.Expected,
	do func([]eventstore.Recorded) (eventstore.Appended, error),
) (eventstore.Position, error) {
	if err := m.check(ctx, stream, nil); err != nil {
		return 0, err
	}
	if _, _, err := eventstore.CheckAppend(stream, expected, nil); err != nil && m.bug != "any deletion" {
		return 0, err
	}
	if _, ok := eventstore.MetaOf(stream); ok && m.bug != "metadata can be deleted" {
		return 0, domain.Faultf(domain.Invalid, "stream", "metadata")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed && m.bug != "deletes after closing" {
		return 0, errClosed
	}
	there := m.stream(stream)
	if m.bug == "deletion expects nothing" {
		expected = eventstore.Any
	}
	if _, _, err := m.decide(stream, there, expected, nil); err != nil {
		return 0, err
	}
	appended, err := do(there)
	return appended.Position, err
}
