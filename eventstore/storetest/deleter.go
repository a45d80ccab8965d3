package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"dialtone/domain"
	"dialtone/eventstore"
)

// DeleterCases gives all cases of stores that are an eventstore.Deleter, too.
func DeleterCases() []Case {
	return slices.Concat(cellCases(), deletionCases(), recreationCases(), metadataCases(), tombstoneCases())
}

// RunDeleter checks how a store deletes streams. Open gives a new empty one each
// time, which has to be an eventstore.Deleter, and closes it when its test ends.
func RunDeleter(t *testing.T, open func(t *testing.T) eventstore.Store) {
	t.Helper()
	for _, c := range DeleterCases() {
		t.Run(c.Name, func(t *testing.T) { c.Check(t, open(t)) })
	}
}

const exists = eventstore.StreamExists

func (t *trial) deleter() eventstore.Deleter {
	t.Helper()
	deleter, ok := t.store.(eventstore.Deleter)
	if !ok {
		t.Fatalf("the store can't delete")
	}
	return deleter
}

// delete deletes a stream and needs its metadata to say so, behind everything
// else.
func (t *trial) delete(stream string, expected eventstore.Expected) {
	t.Helper()
	before := t.all()
	position, err := t.deleter().Delete(t.ctx, stream, expected)
	if err != nil {
		t.Fatalf("delete %s at %d: %v", stream, expected, err)
	}
	t.deleted(before, stream, position)
}

// deleted needs the log to have grown by the metadata that deletes a stream.
func (t *trial) deleted(before []eventstore.Recorded, stream string, position eventstore.Position) {
	t.Helper()
	news := t.behind("delete "+stream, before, 1)
	t.isMeta(news[0], stream, `{"$tb":9223372036854775807}`)
	if news[0].Position != position {
		t.Errorf("deleting %s has position %d, the answer said %d", stream, news[0].Position, position)
	}
}

// tombstone deletes a stream for good.
func (t *trial) tombstone(stream string, expected eventstore.Expected) {
	t.Helper()
	before := t.all()
	position, err := t.deleter().Tombstone(t.ctx, stream, expected)
	if err != nil {
		t.Fatalf("delete %s at %d for good: %v", stream, expected, err)
	}
	t.buried(before, stream, position)
}

// buried needs the log to have grown by the last event of a stream.
func (t *trial) buried(before []eventstore.Recorded, stream string, position eventstore.Position) {
	t.Helper()
	last := t.behind("tombstone of "+stream, before, 1)[0]
	if last.Stream != stream || last.Type != eventstore.TypeTombstone || last.Revision != eventstore.TombstoneRevision ||
		last.Position != position {
		t.Errorf("the last event of %s is %+v, the answer said position %d", stream, last, position)
	}
}

// behind gives what the log has behind what it had before, and needs it to be
// so many events.
func (t *trial) behind(what string, before []eventstore.Recorded, count int) []eventstore.Recorded {
	t.Helper()
	after := t.all()
	if len(after) != len(before)+count {
		t.Fatalf("%s: %d events are new, want %d", what, len(after)-len(before), count)
	}
	t.same(what+": what was there", after[:len(before)], before)
	return after[len(before):]
}

// isMeta needs an event to be the last metadata of a stream.
func (t *trial) isMeta(event eventstore.Recorded, stream, data string) {
	t.Helper()
	if event.Stream != eventstore.MetaStream(stream) || event.Type != eventstore.TypeMetadata || event.Binary || string(event.Data) != data {
		t.Errorf("event %+v, data %s; want the metadata %s of %s", event, event.Data, data, stream)
	}
	metas := t.stream(eventstore.MetaStream(stream))
	if last := metas[len(metas)-1]; !equal(last, event) || last.Revision != uint64(len(metas)-1) {
		t.Errorf("the last metadata of %s is %+v, want %+v at %d", stream, last, event, len(metas)-1)
	}
}

// describe writes metadata of a stream, whatever there is.
func (t *trial) describe(stream, data string) {
	t.Helper()
	meta := eventstore.Proposed{ID: domain.DeriveID("describe", stream, data), Type: eventstore.TypeMetadata, Data: []byte(data)}
	if _, err := t.store.Append(t.ctx, eventstore.MetaStream(stream), anyv, meta); err != nil {
		t.Fatalf("write the metadata %s of %s: %v", data, stream, err)
	}
}

// isDeleted needs an error to say that a stream has been deleted, and nothing
// to be new.
func (t *trial) isDeleted(what, stream string, err error, before []eventstore.Recorded) {
	t.Helper()
	var deleted *eventstore.DeletedError
	if !errors.Is(err, eventstore.ErrDeleted) || !errors.As(err, &deleted) || deleted.Stream != stream {
		t.Errorf("%s: error %v, want that %s has been deleted", what, err, stream)
	}
	t.behind(what, before, 0)
}

// isConflict needs an error to tell the revisions, and nothing to be new.
func (t *trial) isConflict(what string, err error, want eventstore.ConflictError, before []eventstore.Recorded) {
	t.Helper()
	var conflict *eventstore.ConflictError
	if !errors.Is(err, eventstore.ErrConflict) || !errors.As(err, &conflict) || *conflict != want {
		t.Errorf("%s: error %v, want the conflict %+v", what, err, want)
	}
	t.behind(what, before, 0)
}

// removals are both ways of deleting.
func (t *trial) removals() map[string]func(context.Context, string, eventstore.Expected) (eventstore.Position, error) {
	return map[string]func(context.Context, string, eventstore.Expected) (eventstore.Position, error){
		"delete": t.deleter().Delete, "tombstone": t.deleter().Tombstone,
	}
}
