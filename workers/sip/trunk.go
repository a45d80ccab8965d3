package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// findTrunk resolves the trunk once, so that no call waits for a name server.
func findTrunk(ctx context.Context, trunk string) (*hop, error) {
	text := strings.TrimPrefix(trunk, "sip:")
	transport := "udp"
	if address, found := strings.CutSuffix(text, ";transport=tcp"); found {
		text, transport = address, "tcp"
	}
	if text == "" {
		return nil, nil // no trunk is a configuration
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = text, "5060"
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("find the trunk %q: %w", trunk, err)
	}
	number, err := net.DefaultResolver.LookupPort(ctx, "udp", port)
	if err != nil {
		return nil, fmt.Errorf("find the trunk's port: %w", err)
	}
	address := netip.AddrPortFrom(addresses[0].Unmap(), uint16(number)) //nolint:gosec // LookupPort gives 0 to 65535
	return &hop{transport: transport, address: address}, nil
}
