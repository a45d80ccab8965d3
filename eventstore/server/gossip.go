package server

import (
	"context"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore/protocol"
)

// gossip tells clients that discover a cluster about its one member.
type gossip struct {
	protocol.UnimplementedGossipServer
	instance string // UUID
	clock    func() time.Time
	address  *atomic.Pointer[string]
}

// Read gives one member that is alive and leads, with the address to dial.
func (g *gossip) Read(context.Context, *protocol.Empty) (*protocol.ClusterInfo, error) {
	member := &protocol.MemberInfo{
		InstanceId: protocol.TextUUID(g.instance), TimeStamp: protocol.Ticks(g.clock()),
		State: protocol.MemberInfo_Leader, IsAlive: true,
	}
	if id, err := uuid.Parse(g.instance); err == nil {
		member.InstanceId = protocol.StructuredUUID(id)
	}
	if address := g.address.Load(); address != nil {
		if point, err := endpoint(*address); err == nil {
			member.HttpEndPoint = point
		}
	}
	return &protocol.ClusterInfo{Members: []*protocol.MemberInfo{member}}, nil
}

// endpoint reads host:port.
func endpoint(address string) (*protocol.EndPoint, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, err
	}
	return &protocol.EndPoint{Address: host, Port: uint32(port)}, nil
}
