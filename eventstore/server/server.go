package server

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// What an EventStoreDB server allows by default.
const (
	DefaultMaxAppendSize = 1 << 20 // bytes of one append
	DefaultWriteTimeout  = 2 * time.Second
)

// Config says what is served, and to whom. Store, Clock and NewID are needed.
type Config struct {
	Store eventstore.Store // also an eventstore.Deleter, or deleting is unimplemented
	Clock func() time.Time
	NewID func() string // a new UUID as text, for this instance and each subscription
	Log   *slog.Logger  // nil: silent

	// Advertise is the host:port that clients which discover the node are told
	// to dial; "" means the address it listens on.
	Advertise string

	// ReadOnly tells the streams that callers can't append to or delete; their
	// metadata can't be changed either. Nil: none.
	ReadOnly func(stream string) bool

	// Login is what callers have to present, and TLS what protects it on its
	// way: both, or neither for a loopback address.
	Login *Login
	TLS   *tls.Config

	// MaxAppendSize is how many bytes one append may have: data, metadata and
	// twice the type's UTF-16 length of its events. 0 means what clients know as
	// the default of a server; appends of the house itself can be larger.
	MaxAppendSize int

	// WriteTimeout is how long an append may take; 0 means DefaultWriteTimeout.
	WriteTimeout time.Duration
}

// Login is the one user of a server.
type Login struct{ User, Password string }

// Server serves a store. Its methods are safe for concurrent use.
type Server struct {
	grpc     *grpc.Server
	stopping chan struct{} // closed first: calls that don't end by themselves do
	stop     func()
	bound    atomic.Pointer[string] // host:port
}

// New makes a server that does not listen yet. It does not own the store.
func New(config Config) (*Server, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	s := &Server{stopping: make(chan struct{})}
	s.stop = sync.OnceFunc(func() { close(s.stopping) })
	if config.Advertise != "" {
		s.bound.Store(&config.Advertise)
	}
	service := newStreams(config, s.stopping)
	s.grpc = grpc.NewServer(options(config)...)
	protocol.RegisterStreamsServer(s.grpc, service)
	protocol.RegisterServerFeaturesServer(s.grpc, features{deletes: service.deleter != nil})
	protocol.RegisterGossipServer(s.grpc, &gossip{instance: config.NewID(), clock: config.Clock, address: &s.bound})
	return s, nil
}

// complete checks a configuration and fills in its defaults.
func (c *Config) complete() error {
	switch {
	case c.Store == nil || c.Clock == nil || c.NewID == nil:
		return domain.Faultf(domain.Invalid, "server-config", "the event store's server needs a store, a clock and ids")
	case (c.Login == nil) != (c.TLS == nil):
		return domain.Faultf(domain.Invalid, "server-login", "the event store's server needs a login and TLS, or neither")
	case c.Login != nil && (c.Login.User == "" || c.Login.Password == ""):
		return domain.Faultf(domain.Invalid, "server-login", "the event store's server needs a login with a user and a password")
	case c.MaxAppendSize < 0 || c.MaxAppendSize > eventstore.LargestAppend || c.WriteTimeout < 0:
		return domain.Faultf(domain.Invalid, "server-limits", "an append may have up to %d bytes and some time", eventstore.LargestAppend)
	}
	if c.Advertise != "" {
		if _, err := endpoint(c.Advertise); err != nil {
			return domain.Faultf(domain.Invalid, "server-advertise", "%q is no host:port to advertise", c.Advertise)
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.ReadOnly == nil {
		c.ReadOnly = func(string) bool { return false }
	}
	if c.MaxAppendSize == 0 {
		c.MaxAppendSize = DefaultMaxAppendSize
	}
	if c.WriteTimeout == 0 {
		c.WriteTimeout = DefaultWriteTimeout
	}
	return nil
}

// Serve answers calls until the server stops, which is no error. It closes the
// listener.
func (s *Server) Serve(listener net.Listener) error {
	address := listener.Addr().String()
	s.bound.CompareAndSwap(nil, &address)
	return s.grpc.Serve(listener)
}

// stopGrace is how long a stopping server waits for clients that do not read
// what they asked for.
const stopGrace = time.Second

// Stop ends subscriptions with UNAVAILABLE, so that clients come back, answers
// the appends that were taken, lets reads finish for a second, and ends whatever
// is left then or when the context ends. Stopping twice is stopping once.
func (s *Server) Stop(ctx context.Context) error {
	s.stop()
	ctx, cancel := context.WithTimeout(ctx, stopGrace)
	defer cancel()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.grpc.GracefulStop()
	}()
	select {
	case <-stopped:
	case <-ctx.Done():
		s.grpc.Stop()
		<-stopped
	}
	return nil
}
