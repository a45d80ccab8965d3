package kurrent

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc/metadata"

	"dialtone/eventstore/protocol"
)

// choose gives the host to dial: the only one, or the best member of the
// cluster that any of the hosts tells of.
func (c *cluster) choose(ctx context.Context) (Host, error) {
	if !c.settings.gossips() {
		return c.settings.Hosts[0], nil
	}
	var last error
	for attempt := range c.settings.MaxDiscoverAttempts {
		final := attempt == c.settings.MaxDiscoverAttempts-1
		if attempt > 0 {
			if err := pause(ctx, c.settings.DiscoveryInterval); err != nil {
				return Host{}, err
			}
		}
		for _, host := range c.candidates() {
			members, err := c.gossip(ctx, host)
			if err == nil {
				var chosen Host
				if chosen, err = c.best(members, final); err == nil {
					return chosen, nil
				}
			}
			if ctx.Err() != nil {
				return Host{}, ctx.Err()
			}
			last = fmt.Errorf("ask %s for the cluster's members: %w", host, err)
			c.log.Debug("the event store's cluster can't be discovered", "node", host.String(), "error", err)
		}
	}
	return Host{}, &lost{vain: true, cause: fmt.Errorf("no node was found in %d attempts: %w", c.settings.MaxDiscoverAttempts, last)}
}

// candidates are the hosts in the order in which they are asked.
func (c *cluster) candidates() []Host {
	hosts := slices.Clone(c.settings.Hosts)
	c.mix(hosts)
	return c.failedLast(hosts)
}

func (c *cluster) mix(hosts []Host) {
	if len(hosts) > 0 {
		c.shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	}
}

// failedLast moves the node that failed last to the end.
func (c *cluster) failedLast(hosts []Host) []Host {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed != nil {
		if at := slices.Index(hosts, *c.failed); at >= 0 {
			hosts = append(slices.Delete(hosts, at, at+1), *c.failed)
		}
	}
	return hosts
}

func (c *cluster) gossip(ctx context.Context, host Host) ([]*protocol.MemberInfo, error) {
	ctx, cancel := context.WithTimeout(metadata.NewOutgoingContext(ctx, c.settings.headers(false)), c.settings.GossipTimeout)
	defer cancel()
	conn, err := dial(host, c.options)
	if err != nil {
		return nil, err
	}
	defer conn.leave()
	info, err := protocol.NewGossipClient(conn.client).Read(ctx, &protocol.Empty{})
	if err != nil {
		return nil, err
	}
	return info.GetMembers(), nil
}

// usable are the states in which a member serves clients.
var usable = []protocol.MemberInfo_VNodeState{
	protocol.MemberInfo_Leader, protocol.MemberInfo_Follower, protocol.MemberInfo_ReadOnlyReplica,
	protocol.MemberInfo_PreReadOnlyReplica, protocol.MemberInfo_ReadOnlyLeaderless,
}

// preferred are the states that a preference asks for.
var preferred = map[Preference][]protocol.MemberInfo_VNodeState{
	Leader:          usable[:1],
	Follower:        usable[1:2],
	ReadOnlyReplica: usable[2:],
}

// best chooses among the members that live and serve: those the preference asks
// for come first, the others are better than none, and a node that failed is the
// last. Where the leader is wanted it is waited for: another node is only taken
// in the final attempt, and a leader even if it failed.
func (c *cluster) best(members []*protocol.MemberInfo, final bool) (Host, error) {
	var hosts, others []Host
	for _, member := range members {
		end := member.GetHttpEndPoint()
		if !member.GetIsAlive() || !slices.Contains(usable, member.GetState()) ||
			end.GetAddress() == "" || end.GetPort() == 0 || end.GetPort() > 65535 {
			continue
		}
		host := Host{Name: end.GetAddress(), Port: uint16(end.GetPort())}
		if c.preference == Random || slices.Contains(preferred[c.preference], member.GetState()) {
			hosts = append(hosts, host)
		} else {
			others = append(others, host)
		}
	}
	c.mix(hosts)
	c.mix(others)
	var list []Host
	switch leading := c.preference == Leader; {
	case len(hosts)+len(others) == 0:
		return Host{}, fmt.Errorf("none of the cluster's %d members serves clients", len(members))
	case leading && len(hosts) > 0:
		list = c.failedLast(hosts)
	case leading && !final:
		return Host{}, fmt.Errorf("none of the cluster's %d members is the leader", len(members))
	default:
		list = c.failedLast(append(hosts, others...))
	}
	return list[0], nil
}

// pause waits, or ends with the context's error.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
