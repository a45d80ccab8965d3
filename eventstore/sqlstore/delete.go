package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"dialtone/domain"
	"dialtone/eventstore"
)

var _ eventstore.Deleter = (*Store)(nil)

// change is what a request wants of a stream.
type change int

const (
	appending change = iota
	deleting
	burying
)

// Delete hides a stream's events. Besides what the interface says: metadata
// alone can be deleted, and a deleted stream again; streams of metadata can't.
func (s *Store) Delete(ctx context.Context, stream string, expected eventstore.Expected) (eventstore.Position, error) {
	return s.remove(ctx, stream, expected, deleting)
}

// Tombstone deletes a stream for good; nothing is written to that of its
// metadata from then on either. Streams of metadata can't be deleted themselves.
func (s *Store) Tombstone(ctx context.Context, stream string, expected eventstore.Expected) (eventstore.Position, error) {
	return s.remove(ctx, stream, expected, burying)
}

func (s *Store) remove(ctx context.Context, stream string, expected eventstore.Expected, how change) (eventstore.Position, error) {
	if strings.HasPrefix(stream, eventstore.MetaPrefix) {
		return 0, domain.Faultf(domain.Invalid, "metadata-deletion", "a stream of metadata can't be deleted: %s", stream)
	}
	if _, _, err := eventstore.CheckAppend(stream, expected, nil); err != nil {
		return 0, err
	}
	appended, err := s.submit(&request{ctx: ctx, stream: stream, expected: expected, change: how})
	return appended.Position, err
}

// delete writes the metadata that hides all events of a stream.
func (b *batch) delete(ctx context.Context, r *request, s state) (eventstore.Appended, error) {
	if !s.exists() {
		return eventstore.Appended{}, conflict(r, s.last)
	}
	written, err := b.writeMeta(ctx, r.stream, s.meta, eventstore.DeletedMeta())
	return written.appended(), err
}

// bury writes the last event a stream will have.
func (b *batch) bury(ctx context.Context, r *request) (eventstore.Appended, error) {
	written, err := b.write(ctx, r.stream, head{revision: int64(eventstore.TombstoneRevision) - 1}, eventstore.Proposed{
		ID: domain.DeriveID(r.stream, "tombstone"), Type: eventstore.TypeTombstone, Data: []byte(`{}`),
	})
	return written.appended(), err
}

// restore brings a deleted stream back, from the event on that comes behind its
// last one: what else its metadata says stays. Metadata that is no JSON object
// doesn't hide anything.
func (b *batch) restore(ctx context.Context, stream string, last head) error {
	meta, event, err := b.tx.head(ctx, eventstore.MetaStream(stream))
	if err != nil {
		return fmt.Errorf("read the metadata of %s: %w", stream, err)
	}
	if meta.revision < 0 || event.Binary {
		return nil
	}
	restored, ok := eventstore.RestoredMeta(event.Data, uint64(last.revision+1)) // -1 where it has no event
	if !ok {
		return nil
	}
	_, err = b.writeMeta(ctx, stream, meta, restored)
	return err
}

// writeMeta puts metadata of a stream behind the one there is.
func (b *batch) writeMeta(ctx context.Context, stream string, last head, data []byte) (head, error) {
	metastream := eventstore.MetaStream(stream)
	return b.write(ctx, metastream, last, eventstore.Proposed{
		ID: domain.DeriveID(metastream, fmt.Sprint(last.revision+1)), Type: eventstore.TypeMetadata, Data: data,
	})
}
