package kurrent

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/grpc/metadata"

	"dialtone/domain"
	"dialtone/eventstore"
)

// Store is an eventstore.Store in an EventStoreDB.
type Store struct {
	config       Config
	reading      *cluster
	writing      *cluster // the same as reading if the leader serves both
	readHeaders  metadata.MD
	writeHeaders metadata.MD
	lookout      *lookout
	marks        marks

	lasting context.Context // ends when Close is done
	end     context.CancelFunc
	closing context.Context // ends when Close begins
	begun   context.CancelFunc

	mu       sync.Mutex
	closed   bool
	underWay sync.WaitGroup // writes that were begun
	shutdown func() error
}

var (
	_ eventstore.Store   = (*Store)(nil)
	_ eventstore.Deleter = (*Store)(nil)
)

// Open makes a store of its settings. It needs no server that is up: a node is
// looked for when the first call is made. The context lends its values to the
// calls that outlive theirs.
func Open(ctx context.Context, config Config) (*Store, error) {
	config, err := config.complete()
	if err != nil {
		return nil, err
	}
	options, err := dialOptions(config.Settings)
	if err != nil {
		return nil, err
	}
	s := &Store{
		config:       config,
		reading:      newCluster(config, config.Settings.NodePreference, options),
		readHeaders:  config.Settings.headers(config.Settings.NodePreference == Leader),
		writeHeaders: config.Settings.headers(true),
	}
	s.writing = s.reading
	if config.Settings.NodePreference != Leader {
		s.writing = newCluster(config, Leader, options)
	}
	s.lasting, s.end = context.WithCancel(context.WithoutCancel(ctx))
	s.closing, s.begun = context.WithCancel(s.lasting)
	s.lookout = newLookout(s)
	s.shutdown = sync.OnceValue(s.stop)
	return s, nil
}

// Close ends reads and subscriptions with an error, waits for the answers of
// writes that are under way, which are not tried again, and leaves the node.
// Closing twice is closing once.
func (s *Store) Close() error { return s.shutdown() }

func (s *Store) stop() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.begun()
	s.lookout.wait()
	s.underWay.Wait()
	s.end()
	s.reading.close()
	s.writing.close()
	return nil
}

// begin counts a write that may run until finish; false if the store is closed.
func (s *Store) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.underWay.Add(1)
	return true
}

func (s *Store) isClosed() bool { return s.closing.Err() != nil }

// bound gives a context that also ends when the store closes.
func (s *Store) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.closing, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// node gives the connection to a cluster's node. Closing ends the search for
// one, in a write too: nothing has been sent to it yet.
func (s *Store) node(ctx context.Context, c *cluster) (*connection, error) {
	ctx, leave := s.bound(ctx)
	defer leave()
	return c.connection(ctx)
}

// redirects is how often a call follows nodes that name another leader.
const redirects = 5

// once makes a call to the chosen node, and again to the leader it names.
func (s *Store) once(ctx context.Context, c *cluster, call func(context.Context, *connection) error) error {
	var err error
	for range redirects {
		conn, trouble := s.node(ctx, c)
		if trouble != nil {
			return trouble
		}
		err = call(ctx, conn)
		conn.release()
		if to, ok := errors.AsType[*moved](err); ok {
			if trouble := c.follow(conn, to.leader); trouble != nil {
				return trouble
			}
			continue
		}
		if l, ok := errors.AsType[*lost](err); ok && l.node {
			c.drop(conn)
		}
		return err
	}
	return &lost{cause: fmt.Errorf("%d nodes named another leader, the last: %w", redirects, err), node: true}
}

// answerOf words an error for the caller: a closed store and the caller's own
// context come first.
func (s *Store) answerOf(ctx context.Context, attempt string, err error) error {
	l, noAnswer := errors.AsType[*lost](err)
	switch {
	case s.isClosed() && (noAnswer || errors.Is(err, context.Canceled)):
		return errClosed
	case ctx.Err() != nil:
		return ctx.Err()
	case noAnswer && l.sent:
		return fmt.Errorf("%s: %w: %w", attempt, errUnknown, err)
	case noAnswer:
		return fmt.Errorf("%s: %w: %w", attempt, errUnreachable, err)
	}
	return err
}

var (
	errUnknown = domain.Faultf(domain.Unavailable, "outcome-unknown", "it is unknown whether the event store did it")

	errUnreachable = domain.Faultf(domain.Unavailable, "store-unreachable", "the event store can't be reached")
)
