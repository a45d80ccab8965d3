package storetest

import (
	"dialtone/domain"
	"dialtone/eventstore"
)

func metadataCases() []Case {
	cases := []Case{
		on("metadata that hides everything deletes a stream, and brings a deleted one back", metadataDeletes),
		on("metadata that meets a conflict leaves a deleted stream deleted", metadataConflicts),
		on("metadata counts by its last event", metadataLastCounts),
		on("streams of metadata have no metadata", metadataOfMetadata),
		on("no event of metadata brings a deleted stream back", metadataOfNothing),
	}
	for name, one := range map[string][2]string{
		"that is empty": {`{}`, `{"$tb":3}`}, "that is not empty": {`{"$maxCount":5,"x":[1]}`, `{"$maxCount":5,"$tb":3,"x":[1]}`},
		"that is no JSON": {`no`, ``}, "that is a list": {`[1]`, ``}, "that is null": {`null`, ``},
	} {
		cases = append(cases, on("metadata "+name+" brings a deleted stream back", func(t *trial) {
			t.write("s", none, 0, 1, 2)
			t.delete("s", exists)
			before := t.all()
			t.describe("s", one[0])
			if news := t.behind("metadata", before, 1+min(1, len(one[1]))); one[1] != "" {
				t.isMeta(news[1], "s", one[1])
			}
			t.write("s", exists, 3)
		}))
	}
	return cases
}

func metadataDeletes(t *trial) {
	t.write("s", none, 0)
	before := t.all()
	t.describe("s", allHidden)
	t.behind("metadata", before, 1)
	_, err := t.store.Append(t.ctx, "s", exists, event(1))
	t.isDeleted("append to a stream that metadata deletes", "s", err, t.all())
	before = t.all()
	t.describe("s", `{"$tb":9223372036854775807,"x":1}`)
	t.isMeta(t.behind("metadata again", before, 2)[1], "s", `{"$tb":1,"x":1}`)
	t.write("s", exists, 1)
}

func metadataConflicts(t *trial) {
	t.write("s", none, 0)
	t.delete("s", exists)
	before := t.all()
	_, err := t.store.Append(t.ctx, "$$s", none, event(1))
	t.isConflict("metadata", err, eventstore.ConflictError{Stream: "$$s", Expected: none, Actual: 0}, before)
	_, err = t.store.Append(t.ctx, "s", exists, event(1))
	t.isDeleted("append", "s", err, before)
}

func metadataLastCounts(t *trial) {
	t.write("s", none, 0)
	binary := eventstore.Proposed{ID: domain.DeriveID("b"), Type: eventstore.TypeMetadata, Data: []byte(allHidden), Binary: true}
	hidden := eventstore.Proposed{ID: domain.DeriveID("h"), Type: eventstore.TypeMetadata, Data: []byte(allHidden)}
	shown := eventstore.Proposed{ID: domain.DeriveID("s"), Type: eventstore.TypeMetadata, Data: []byte(`{"$tb":1}`)}
	for _, list := range [][]eventstore.Proposed{{binary}, {hidden, shown}} {
		if _, err := t.store.Append(t.ctx, "$$s", anyv, list...); err != nil {
			t.Fatalf("write metadata: %v", err)
		}
	}
	t.write("s", exists, 1)
	if metas := t.length("$$s"); metas != 3 {
		t.Errorf("%d events of metadata, want those that were written", metas)
	}
}

func metadataOfMetadata(t *trial) {
	t.write("s", none, 0)
	t.describe("s", `{"x":1}`)
	t.describe("$$s", allHidden)
	before := t.all()
	if _, err := t.store.Append(t.ctx, "$$s", exists, event(5)); err != nil {
		t.Errorf("append metadata: %v", err)
	}
	t.behind("metadata", before, 1)
	t.describe("$$s", `{"x":2}`)
	t.behind("metadata of metadata", before, 2)
	_, err := t.store.Append(t.ctx, "$$t", exists, event(6))
	t.isConflict("metadata that is missing", err, eventstore.ConflictError{Stream: "$$t", Expected: exists, Actual: none}, t.all())
}

func metadataOfNothing(t *trial) {
	t.write("s", none, 0)
	t.delete("s", exists)
	before := t.all()
	if _, err := t.store.Append(t.ctx, "$$s", anyv); err != nil {
		t.Fatalf("append no metadata: %v", err)
	}
	t.isMeta(t.behind("no metadata", before, 1)[0], "s", `{"$tb":1}`)
	t.write("s", exists, 1)
}
