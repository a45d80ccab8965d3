package kurrent

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"google.golang.org/grpc"
)

// cluster chooses the node that calls go to, and keeps the one connection to
// it. It connects at first use.
type cluster struct {
	settings   Settings
	preference Preference
	options    []grpc.DialOption
	shuffle    func(n int, swap func(i, j int))
	log        *slog.Logger

	connecting chan struct{} // holds one token: who takes it may connect

	mu       sync.Mutex
	closed   bool
	current  *connection // nil before the first use and after a failure
	failed   *Host       // asked last when a node is looked for
	searches int         // that found nothing
	found    error       // what the last of those ended with
}

func newCluster(config Config, preference Preference, options []grpc.DialOption) *cluster {
	c := &cluster{
		settings: config.Settings, preference: preference, options: options, shuffle: config.Shuffle, log: config.Log,
		connecting: make(chan struct{}, 1),
	}
	c.connecting <- struct{}{}
	return c
}

// connection gives the connection to the chosen node; the caller releases it.
// Where there is none yet, one caller looks for a node and the others wait: for
// what it finds, or the error that it ends with.
func (c *cluster) connection(ctx context.Context) (*connection, error) {
	conn, searches, err := c.inUse()
	if conn != nil || err != nil {
		return conn, err
	}
	select {
	case <-c.connecting:
		defer func() { c.connecting <- struct{}{} }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	conn, now, err := c.inUse()
	switch {
	case conn != nil || err != nil:
		return conn, err
	case now > searches:
		return nil, c.found // written by who held the token before
	}
	host, err := c.choose(ctx)
	if err != nil {
		c.foundNothing(err)
		return nil, err
	}
	if conn, err = dial(host, c.options); err != nil {
		return nil, err
	}
	c.log.Debug("the event store's node is chosen", "node", host.String())
	return conn, c.take(conn)
}

// inUse gives the present connection, if there is one, and how many searches
// were in vain.
func (c *cluster) inUse() (*connection, int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, 0, errClosed
	}
	if c.current != nil && c.current.use() {
		return c.current, c.searches, nil
	}
	return nil, c.searches, nil
}

// foundNothing keeps the error of a search that no context ended.
func (c *cluster) foundNothing(err error) {
	if _, vain := errors.AsType[*lost](err); !vain {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.searches, c.found = c.searches+1, err
}

// take makes a connection the present one, which the caller uses.
func (c *cluster) take(conn *connection) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.leave()
		return errClosed
	}
	conn.use()
	c.current = conn
	return nil
}

// drop gives a connection up after a failure, unless that has happened. The
// next call looks for a node again.
func (c *cluster) drop(conn *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == conn {
		c.current, c.failed = nil, &conn.host
		conn.leave()
	}
}

// follow leaves a node for the leader it named, unless it has been left.
func (c *cluster) follow(from *connection, leader Host) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.current != from {
		return nil
	}
	conn, err := dial(leader, c.options)
	if err != nil {
		return err
	}
	c.log.Debug("the event store's node named the leader", "node", from.host.String(), "leader", leader.String())
	c.current = conn
	from.leave()
	return nil
}

// close leaves the node for good.
func (c *cluster) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.current != nil {
		c.current.leave()
		c.current = nil
	}
}
