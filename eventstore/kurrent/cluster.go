package kurrent

import (
	"context"
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

	mu      sync.Mutex
	current *connection // nil before the first use and after a failure
	failed  *Host       // asked last when a node is looked for
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
// Where there is none yet, one caller looks for a node and the others wait.
func (c *cluster) connection(ctx context.Context) (*connection, error) {
	if conn := c.inUse(); conn != nil {
		return conn, nil
	}
	select {
	case <-c.connecting:
		defer func() { c.connecting <- struct{}{} }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if conn := c.inUse(); conn != nil {
		return conn, nil
	}
	host, err := c.choose(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := dial(host, c.options)
	if err != nil {
		return nil, err
	}
	conn.use()
	c.log.Debug("the event store's node is chosen", "node", host.String())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = conn
	return conn, nil
}

func (c *cluster) inUse() *connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil && c.current.use() {
		return c.current
	}
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
	if c.current != from {
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

// close leaves the node.
func (c *cluster) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil {
		c.current.leave()
		c.current = nil
	}
}
