package server

import (
	"context"
	"log/slog"
	"math"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// streams is the service that reads and appends.
type streams struct {
	protocol.UnimplementedStreamsServer
	store     eventstore.Store
	sequencer eventstore.Sequencer // nil: appends are ordered here
	deleter   eventstore.Deleter   // nil: nothing can be deleted
	clock     func() time.Time
	newID     func() string
	log       *slog.Logger
	readOnly  func(stream string) bool
	largest   int // bytes of one append
	timeout   time.Duration
	stopping  <-chan struct{}
}

func newStreams(config Config, stopping <-chan struct{}) *streams {
	deleter, _ := config.Store.(eventstore.Deleter)
	sequencer, _ := config.Store.(eventstore.Sequencer)
	return &streams{
		store: config.Store, sequencer: sequencer, deleter: deleter, clock: config.Clock, newID: config.NewID, log: config.Log,
		readOnly: config.ReadOnly, largest: config.MaxAppendSize, timeout: config.WriteTimeout, stopping: stopping,
	}
}

// nothing stands for every choice that carries no value.
var nothing = &protocol.Empty{}

// nameOf reads the name of a stream.
func nameOf(identifier *protocol.StreamIdentifier) (string, error) {
	name := string(identifier.GetStreamName())
	switch subject, meta := eventstore.MetaOf(name); {
	case !eventstore.IsName(name):
		return "", invalid("a stream needs a name in UTF-8 without NUL")
	case meta && subject == "":
		return "", invalid("%q names no stream", name)
	case meta && isMeta(subject):
		return "", invalid("metadata has no metadata: %q names no stream", name)
	}
	return name, nil
}

func isMeta(stream string) bool {
	_, meta := eventstore.MetaOf(stream)
	return meta
}

// all is the name under which the log of all streams goes.
const all = "$all"

// writable tells whether callers may write to a stream.
func (s *streams) writable(stream string) bool {
	if subject, meta := eventstore.MetaOf(stream); meta {
		stream = subject
	}
	return stream != all && !s.readOnly(stream)
}

// deletable tells whether callers may delete a stream.
func (s *streams) deletable(stream string) bool { return !isMeta(stream) && s.writable(stream) }

// exactly reads a revision to expect.
func exactly(revision uint64) (eventstore.Expected, error) {
	if revision > math.MaxInt64 {
		return 0, invalid("%d is no revision to expect", revision)
	}
	return eventstore.Exactly(revision), nil
}

var errNoExpectation = invalid("an expected revision is needed")

// within gives a context that ends with the time for a write.
func (s *streams) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.timeout)
}
