package kurrent

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"dialtone/eventstore/protocol"
)

// connection is a connection to one node. It is closed when it has been left
// and nobody uses it any more.
type connection struct {
	host    Host
	client  *grpc.ClientConn
	streams protocol.StreamsClient

	mu    sync.Mutex
	users int
	left  bool

	asking   chan struct{} // holds one token: who takes it may ask for features
	features *features     // nil until asked
	batches  *batch        // the call that appends travel through, nil until used
}

func dial(host Host, options []grpc.DialOption) (*connection, error) {
	// The name is resolved by the dialler: no proxy and no other resolver.
	client, err := grpc.NewClient("passthrough:///"+host.String(), options...)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", host, err)
	}
	c := &connection{host: host, client: client, streams: protocol.NewStreamsClient(client), asking: make(chan struct{}, 1)}
	c.asking <- struct{}{}
	return c, nil
}

// use keeps the connection open until release; false if it is closed already.
func (c *connection) use() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left && c.users == 0 {
		return false
	}
	c.users++
	return true
}

func (c *connection) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users--
	c.closeIfUnused()
}

// leave closes the connection as soon as nobody uses it.
func (c *connection) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.left {
		c.left = true
		c.closeIfUnused()
	}
}

func (c *connection) closeIfUnused() {
	if c.left && c.users == 0 {
		if c.batches != nil {
			c.batches.end()
		}
		c.client.Close()
	}
}

// features is what a server can do besides the minimum.
type features struct {
	batchAppend      bool
	deadlineDuration bool // a batched append's deadline may be a duration
}

// The names of ServerFeatures that matter here.
const (
	streamsService      = "event_store.client.streams.streams"
	methodBatchAppend   = "batchappend"
	featureDeadlineSpan = "deadline_duration"
)

// supports asks the server once what it can do. One that does not know the
// question can do nothing but the minimum.
func (c *connection) supports(ctx context.Context) (*features, error) {
	select {
	case <-c.asking:
		defer func() { c.asking <- struct{}{} }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.features != nil {
		return c.features, nil
	}
	answer, err := protocol.NewServerFeaturesClient(c.client).GetSupportedMethods(ctx, &protocol.Empty{})
	if code := status.Code(err); err != nil && code != codes.Unimplemented && code != codes.NotFound {
		return nil, err
	}
	found := &features{}
	for _, method := range answer.GetMethods() {
		if method.GetServiceName() != streamsService || method.GetMethodName() != methodBatchAppend {
			continue
		}
		found.batchAppend = true
		for _, feature := range method.GetFeatures() {
			found.deadlineDuration = found.deadlineDuration || feature == featureDeadlineSpan
		}
	}
	c.features = found
	return found, nil
}
