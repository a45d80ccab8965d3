package sip

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// limited is a TCP socket with bounds on its connections.
type limited struct {
	net.Listener
	limits Connections

	mu   sync.Mutex
	open int
	from map[netip.Prefix]int
}

func newLimited(listener net.Listener, limits Connections) *limited {
	return &limited{Listener: listener, limits: limits, from: map[netip.Prefix]int{}}
}

// Accept gives the next connection; one too many is closed at once.
func (l *limited) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil, err
		case err != nil:
			time.Sleep(10 * time.Millisecond) // out of descriptors: some will come back
			continue
		}
		from := neighbourhood(conn.RemoteAddr())
		if !l.enter(from) {
			_ = conn.Close()
			continue
		}
		c := &idling{Conn: conn, idle: l.limits.Idle, left: sync.OnceFunc(func() { l.leave(from) })}
		c.end = time.AfterFunc(l.limits.First, func() {
			c.left()
			_ = conn.Close()
		})
		return c, nil
	}
}

// neighbourhood is what counts as one source: an address of IPv4, a /64 of IPv6.
func neighbourhood(address net.Addr) netip.Prefix {
	parsed, err := netip.ParseAddrPort(address.String())
	if err != nil {
		return netip.Prefix{}
	}
	bits := 64
	if parsed.Addr().Unmap().Is4() {
		bits = 32
	}
	return netip.PrefixFrom(parsed.Addr().Unmap(), bits).Masked()
}

func (l *limited) enter(from netip.Prefix) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.limits.Total || l.from[from] >= l.limits.PerSource {
		return false
	}
	l.open++
	l.from[from]++
	return true
}

func (l *limited) leave(from netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.from[from]--; l.from[from] == 0 {
		delete(l.from, from)
	}
}

// idling is a connection that ends when no message comes at first, or nothing
// for too long after that.
type idling struct {
	net.Conn
	idle time.Duration
	left func()
	end  *time.Timer

	spoken bool   // the head of a message has come
	head   []byte // what has come until then
}

// Read reads and puts the end off; until the first message it does not, so that
// a byte now and then keeps nothing open. What is no SIP ends the connection.
func (c *idling) Read(buffer []byte) (int, error) {
	n, err := c.Conn.Read(buffer)
	if !c.spoken {
		c.head = append(c.head, buffer[:n]...)
		if !bytes.Contains(bytes.TrimLeft(c.head, "\r\n"), []byte("\r\n\r\n")) && len(c.head) <= maxHeader {
			return n, err
		}
		if !screen(bytes.TrimLeft(c.head, "\r\n")) {
			return 0, errors.Join(net.ErrClosed, c.Close())
		}
		c.spoken, c.head = true, nil
	}
	if n > 0 {
		c.end.Reset(c.idle)
	}
	return n, err
}

// Close closes the connection and makes room for another.
func (c *idling) Close() error {
	c.end.Stop()
	c.left()
	return c.Conn.Close()
}
