package temporald

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"

	serverconfig "go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"

	"dialtone/domain"
)

// hosts are the host:port of the four services. Naming them beforehand spares
// the gossip ring, which takes seconds to settle.
type hosts struct{ frontend, history, matching, worker string }

func (h hosts) static() map[primitives.ServiceName]static.Hosts {
	return map[primitives.ServiceName]static.Hosts{
		primitives.FrontendService: static.SingleLocalHost(h.frontend),
		primitives.HistoryService:  static.SingleLocalHost(h.history),
		primitives.MatchingService: static.SingleLocalHost(h.matching),
		primitives.WorkerService:   static.SingleLocalHost(h.worker),
	}
}

// service is where one of the services binds: exactly this address.
func service(address string) serverconfig.Service {
	bound := netip.MustParseAddrPort(address)
	return serverconfig.Service{RPC: serverconfig.RPC{
		GRPCPort: int(bound.Port()), BindOnIP: bound.Addr().String(),
	}}
}

// reserve finds an address for each service. The server can only be told
// numbers, not listeners, so each port is tried now: a port in use is an error
// here and not a crash later.
func reserve(ctx context.Context, frontend string) (hosts, error) {
	if frontend == "" {
		frontend = "127.0.0.1:0"
	}
	free := "127.0.0.1:0"
	addresses := make([]string, 0, 4)
	for _, wanted := range []string{frontend, free, free, free} {
		listener, err := listenLoopback(ctx, wanted)
		if err != nil {
			return hosts{}, err
		}
		defer listener.Close() //nolint:gocritic // held until all four are known, so that they differ
		if err := linger(ctx, listener); err != nil {
			return hosts{}, fmt.Errorf("reserve a port: %w", err)
		}
		addresses = append(addresses, listener.Addr().String())
	}
	return hosts{addresses[0], addresses[1], addresses[2], addresses[3]}, nil
}

// linger makes and closes one connection from the listening side. It stays in
// TIME-WAIT (RFC 9293 §3.3.2), and as long as it does the kernel hands this
// port to nobody who asks for "any", while an explicit bind still gets it.
func linger(ctx context.Context, listener net.Listener) error {
	near, err := (&net.Dialer{}).DialContext(ctx, "tcp", listener.Addr().String())
	if err != nil {
		return err
	}
	defer near.Close()
	far, err := listener.Accept()
	if err != nil {
		return err
	}
	return far.Close()
}

// listenLoopback listens on host:port and refuses every host that other
// machines could reach.
func listenLoopback(ctx context.Context, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, domain.Faultf(domain.Invalid, "address", "%q is not host:port: %v", address, err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		return nil, domain.Faultf(domain.Invalid, "not-loopback",
			"%q is no loopback address; the embedded Temporal server has no login and serves this machine only", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return nil, domain.Faultf(domain.Invalid, "address", "%q is no port number", port)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("listen for Temporal: %w", err)
	}
	return listener, nil
}
