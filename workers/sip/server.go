// Package sip is the SIP worker: registrar (RFC 3261 §10) and stateful proxy
// (§16) in front of the phones. Whom a call reaches is said by
// projections/routing; here stands how. The files named server*.go speak to the
// SIP library, the others know nothing of it.
package sip

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo"
	msg "github.com/emiago/sipgo/sip"

	"dialtone/projections/routing"
)

// Config is what a Worker works with.
type Config struct {
	Address       string // host:port to listen on with UDP and TCP; port 0 takes a free one
	Domain        string // realm, and domain of addresses of record
	Trunk         string // host:port, "sip:" before it is allowed; empty for none
	Table         func() *routing.Table
	Registrations Registrations
	NonceKey      []byte // 32 bytes; the same after a restart, or dialogs end with it
	Clock         func() time.Time
	Log           *slog.Logger
	Random        io.Reader
	Limits        Limits // zero values mean the usual ones
}

// Worker is a SIP server. It is started once and stopped once.
type Worker struct {
	config    Config
	gate      *gate
	bindings  *bindings
	registrar registrar
	hopsKey   []byte
	trunk     *hop

	sockets sockets
	agent   *sipgo.UserAgent
	client  *sipgo.Client
	stop    context.CancelFunc
	// lifetime ends with the worker; handlers are called without a context.
	lifetime context.Context // see above
	serving  sync.WaitGroup  // readers and the sweeper

	random   sync.Mutex
	draining atomic.Bool
	closing  chan struct{} // closed when calls that are still being set up are refused
	calls    atomic.Int64  // being set up
}

// New makes a worker; it reports all that is wrong with its configuration.
func New(config Config) (*Worker, error) {
	if len(config.NonceKey) != 32 {
		return nil, fmt.Errorf("the SIP worker's key has %d bytes, not 32", len(config.NonceKey))
	}
	if config.Domain == "" || strings.ContainsAny(config.Domain, "\" \r\n") {
		return nil, fmt.Errorf("the SIP domain %q is no domain", config.Domain)
	}
	config.Limits = config.Limits.filled()
	w := &Worker{config: config, hopsKey: mac(config.NonceKey, "hops"), closing: make(chan struct{})}
	w.gate = &gate{realm: config.Domain, nonces: newNonces(config.NonceKey, config.Random, config.Clock()), table: config.Table}
	return w, nil
}

// Start loads the registrations, binds the sockets and serves. When it returns
// without an error, the worker answers. The context bounds the start only.
func (w *Worker) Start(ctx context.Context) error {
	var err error
	if w.bindings, err = loadBindings(ctx, w.config.Registrations); err != nil {
		return err
	}
	w.registrar = registrar{w.bindings}
	if w.trunk, err = findTrunk(ctx, w.config.Trunk); err != nil {
		return err
	}
	if w.sockets, err = listen(ctx, w.config.Address, w.config.Limits.TCP); err != nil {
		return err
	}
	if err := w.serve(context.WithoutCancel(ctx)); err != nil {
		w.sockets.close()
		return err
	}
	w.config.Log.Info("SIP is served", "address", w.Addr(), "trunk", w.trunk != nil)
	return nil
}

func (w *Worker) serve(ctx context.Context) error {
	tune()
	var err error
	if w.agent, err = sipgo.NewUA(sipgo.WithUserAgent("Dialtone")); err != nil {
		return fmt.Errorf("make a SIP user agent: %w", err)
	}
	server, err := sipgo.NewServer(w.agent)
	if err != nil {
		return fmt.Errorf("make a SIP server: %w", err)
	}
	if w.client, err = sipgo.NewClient(w.agent); err != nil {
		return fmt.Errorf("make a SIP client: %w", err)
	}
	w.handle(server)
	lifetime, stop := context.WithCancel(ctx)
	w.lifetime, w.stop = lifetime, stop
	w.run("udp", func() error { return server.ServeUDP(w.sockets.udp) })
	w.run("tcp", func() error { return server.ServeTCP(w.sockets.tcp) })
	w.serving.Go(func() { w.sweep(lifetime) })
	return nil
}

// handle names the handler of each method; guarded keeps every one of them
// from being handed a malformed request, and the process from a panic.
func (w *Worker) handle(server *sipgo.Server) {
	server.OnRegister(w.guarded(w.onRegister))
	server.OnInvite(w.guarded(w.onInvite))
	server.OnOptions(w.guarded(w.onOptions))
	server.OnAck(w.guarded(w.onAck))
	server.OnCancel(w.guarded(w.onCancel))
	for _, method := range inDialogMethods {
		server.OnRequest(method, w.guarded(w.onOther))
	}
	server.OnNoRoute(w.guarded(w.onUnknown))
}

func (w *Worker) run(transport string, serve func() error) {
	w.serving.Go(func() {
		if err := serve(); err != nil && !w.draining.Load() {
			w.config.Log.Error("a SIP socket is no longer read", "transport", transport, "error", err)
		}
	})
}

// sweep forgets expired registrations, those of former logins, and expired
// nonces once a minute.
func (w *Worker) sweep(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := w.config.Clock()
		w.gate.nonces.sweep(now)
		if err := w.bindings.sweep(ctx, now, w.config.Table()); err != nil && ctx.Err() == nil {
			w.config.Log.Warn("expired registrations were not swept", "error", err)
		}
	}
}

// Addr is where the worker listens with UDP and TCP, "127.0.0.1:5060"; empty
// before the start.
func (w *Worker) Addr() string {
	if w.sockets.udp == nil {
		return ""
	}
	return w.sockets.address.String()
}

// farewell is how long phones that are told to stop ringing may take to say so.
const farewell = 300 * time.Millisecond

// Stop takes no new calls, waits for those being set up as long as the limits
// and the context allow, refuses with 503 what still rings then, and closes the
// sockets. Calls that are set up go on between the phones.
func (w *Worker) Stop(ctx context.Context) error {
	if w.agent == nil || w.draining.Swap(true) {
		return nil
	}
	w.idle(ctx.Done(), w.config.Limits.Drain)
	close(w.closing)
	w.idle(nil, farewell)
	w.stop()
	w.agent.TransactionLayer().Close()
	err := w.agent.Close()
	w.sockets.close()
	w.serving.Wait()
	if err != nil && !strings.Contains(err.Error(), net.ErrClosed.Error()) {
		return fmt.Errorf("close the SIP transports: %w", err)
	}
	return nil
}

// idle waits until no call is being set up, but no longer than a while.
func (w *Worker) idle(done <-chan struct{}, while time.Duration) {
	end := time.NewTimer(while)
	defer end.Stop()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for w.calls.Load() > 0 {
		select {
		case <-done:
			return
		case <-end.C:
			return
		case <-ticker.C:
		}
	}
}

// draw gives random bytes in hex.
func (w *Worker) draw(bytes int) string {
	raw := make([]byte, bytes)
	w.random.Lock()
	defer w.random.Unlock()
	if _, err := io.ReadFull(w.config.Random, raw); err != nil {
		panic(fmt.Sprintf("draw random bytes: %v", err)) // caught by guarded: the request goes unanswered
	}
	return hex.EncodeToString(raw)
}

var tuned sync.Once

// tune sets what the library keeps in package variables: finished transactions
// are kept for 5 s instead of 32, datagrams may be as long as UDP allows, and
// its log, which quotes messages with numbers and names, is not written.
func tune() {
	tuned.Do(func() {
		msg.Timer_D, msg.Timer_J, msg.Timer_L, msg.Timer_M = 5*time.Second, 5*time.Second, 5*time.Second, 5*time.Second
		msg.UDPMTUSize = 65_507
		msg.TransportBufferReadSize = 65_535
		msg.SetDefaultLogger(slog.New(slog.DiscardHandler))
	})
}
