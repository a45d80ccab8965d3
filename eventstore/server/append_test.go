package server_test

import (
	"testing"

	"dialtone/eventstore"
)

func TestWhatIsAppendedIsRead(t *testing.T) {
	r := start(t)
	r.write("s", eventstore.NoStream, 0, 1, 2)
	r.wantRevisions("forwards", ofStream("s"), 0, 1, 2)
	r.wantRevisions("backwards", ofStream("s", backwards, atEnd), 2, 1, 0)
	r.wantRevisions("all", ofAll(), 0, 1, 2)
	r.conflict("s", eventstore.NoStream, 3)
}
