package sqlstore

import (
	"context"

	"dialtone/eventstore"
)

// ledger is where a writer puts events down: a SQLite file or a PostgreSQL
// database.
type ledger interface {
	// begin opens a transaction that holds the write lock, so that nobody else
	// writes until its end. The group is what it will be asked about; metas tells
	// that there was metadata of streams before.
	begin(ctx context.Context, group []*request, metas bool) (transaction, error)
	judge(err error) verdict
	close(ctx context.Context) error
}

// transaction is what the decisions read and write. What was inserted is seen by
// the questions behind it. After an error there is only rollback.
type transaction interface {
	// tail is the last event of all when the transaction began.
	tail() tail
	// metas tells whether there is a stream of metadata.
	metas(ctx context.Context) (bool, error)
	// head is a stream's last event; none where it has none. Of a stream of
	// metadata it gives the event's data, too.
	head(ctx context.Context, stream string) (head, eventstore.Proposed, error)
	// place is where an id stands first in a stream; none where it does not.
	place(ctx context.Context, s spot) (head, error)
	// ids gives the ids of a stream behind a revision.
	ids(ctx context.Context, stream string, behind int64, limit int) ([]placed, error)
	insert(ctx context.Context, e entry) error
	commit(ctx context.Context) error
	rollback(ctx context.Context) error
}

// none is the head of a stream without events.
var none = head{revision: -1}

// spot is an id in a stream.
type spot struct{ stream, id string }

// placed is an event's id and where it stands.
type placed struct {
	id       string
	position int64
}

// entry is an event with its place.
type entry struct {
	stream             string
	revision, position int64
	recorded           int64 // in microseconds
	event              eventstore.Proposed
}

// verdict is what a transaction's failure means for the group and the writer.
type verdict int

const (
	failed  verdict = iota // the group is answered with the error
	locked                 // another process holds a lock: again
	raced                  // somebody wrote past the lock: again with fresh heads
	useless                // the connection leads to who can't write: once again over another
	away                   // the database can't take events now; later it may
	broken                 // what was kept is in doubt: nothing is written any more
)

// bytes keeps nil from becoming NULL.
func bytes(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// format is how the column of that name tells JSON and other data apart.
func format(event eventstore.Proposed) int16 {
	if event.Binary {
		return 1
	}
	return 0
}
