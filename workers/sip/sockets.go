package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strconv"
)

const socketBuffer = 4 << 20 // bytes; the kernel's default loses datagrams from 2,000 calls/s on

// sockets are the UDP and the TCP socket on one address.
type sockets struct {
	udp     net.PacketConn
	tcp     net.Listener
	address netip.AddrPort
}

// listen binds both sockets to one port; for port 0 the kernel chooses one.
func listen(ctx context.Context, address string, limits Connections) (sockets, error) {
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
			return sockets{udp: &screened{UDPConn: udp}, tcp: newLimited(tcp, limits), address: netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())}, nil
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
// error of one datagram does not end. It has one reader.
type screened struct{ *net.UDPConn }

// ReadFrom gives the next datagram that looks like SIP. The library works on
// each in a goroutine of its own; these are let run before the next is read, or
// a 200 would often overtake the 180 that came just before it.
func (s *screened) ReadFrom(buffer []byte) (int, net.Addr, error) {
	runtime.Gosched()
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
