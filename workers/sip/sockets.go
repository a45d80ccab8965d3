package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	socketBuffer   = 4 << 20          // bytes; the kernel's default loses datagrams from 2,000 calls/s on
	maxConnections = 4096             // TCP connections at a time
	maxIdle        = 30 * time.Minute // of a TCP connection; phones refresh their registration sooner than twice an hour
)

// sockets are the UDP and the TCP socket on one address.
type sockets struct {
	udp     net.PacketConn
	tcp     net.Listener
	address netip.AddrPort
}

// listen binds both sockets to one port; for port 0 the kernel chooses one.
func listen(ctx context.Context, address string) (sockets, error) {
	var config net.ListenConfig
	for attempt := 0; ; attempt++ {
		packets, err := config.ListenPacket(ctx, "udp", address)
		if err != nil {
			return sockets{}, fmt.Errorf("listen for SIP over UDP: %w", err)
		}
		udp := packets.(*net.UDPConn) // of network udp
		bound := udp.LocalAddr().(*net.UDPAddr).AddrPort()
		host, port, _ := net.SplitHostPort(address)
		tcp, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(int(bound.Port()))))
		if err == nil {
			_, _ = udp.SetReadBuffer(socketBuffer), udp.SetWriteBuffer(socketBuffer) // the kernel may allow less
			return sockets{udp: &screened{UDPConn: udp}, tcp: &limited{Listener: tcp}, address: netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())}, nil
		}
		_ = udp.Close()
		if port != "0" || attempt == 20 {
			return sockets{}, fmt.Errorf("listen for SIP over TCP: %w", err)
		}
	}
}

func (s sockets) close() {
	_, _ = s.udp.Close(), s.tcp.Close()
}

// local is the address a neighbour sees this worker under.
func (s sockets) local(neighbour netip.AddrPort) netip.AddrPort {
	if !s.address.Addr().IsUnspecified() {
		return s.address
	}
	probe, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(neighbour)) // chooses a route, sends nothing
	if err != nil {
		return s.address
	}
	defer probe.Close()                                   // nothing was written
	chosen := probe.LocalAddr().(*net.UDPAddr).AddrPort() // of network udp
	return netip.AddrPortFrom(chosen.Addr().Unmap(), s.address.Port())
}

// screened is a UDP socket that lets through what looks like SIP, and that an
// error of one datagram does not end.
type screened struct{ *net.UDPConn }

// ReadFrom gives the next datagram that looks like SIP.
func (s *screened) ReadFrom(buffer []byte) (int, net.Addr, error) {
	for {
		n, from, err := s.UDPConn.ReadFrom(buffer)
		switch {
		case errors.Is(err, net.ErrClosed):
			return 0, nil, err
		case err == nil && screen(buffer[:n]):
			return n, from, nil
		}
	}
}

// limited is a TCP socket with a bound on connections and on their idleness.
type limited struct {
	net.Listener
	open atomic.Int64
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
		case l.open.Add(1) > maxConnections:
			l.open.Add(-1)
			_ = conn.Close()
		default:
			return &idling{Conn: conn, closed: sync.OnceFunc(func() { l.open.Add(-1) })}, nil
		}
	}
}

// idling is a connection that ends when nothing is read for too long.
type idling struct {
	net.Conn
	closed func()
}

// Read reads with the idle limit as a deadline, and never more than one
// message's worth of bytes.
func (c *idling) Read(buffer []byte) (int, error) {
	timer := time.AfterFunc(maxIdle, func() { _ = c.Conn.Close() })
	defer timer.Stop()
	return c.Conn.Read(buffer)
}

// Close closes the connection and makes room for another.
func (c *idling) Close() error {
	c.closed()
	return c.Conn.Close()
}
