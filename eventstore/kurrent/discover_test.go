package kurrent_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/protocol"
)

// succeed answers every append of a call of its own.
func succeed(f *fake) {
	f.onAppend = func(_ *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
		return call.SendAndClose(appended(0, 1))
	}
}

func appended(revision, position uint64) *protocol.AppendResp {
	return &protocol.AppendResp{Result: &protocol.AppendResp_Success_{Success: &protocol.AppendResp_Success{
		CurrentRevisionOption: &protocol.AppendResp_Success_CurrentRevision{CurrentRevision: revision},
		PositionOption:        &protocol.AppendResp_Success_Position{Position: &protocol.AppendResp_Position{CommitPosition: position}},
	}}}
}

// emptyLog answers every read with nothing.
func emptyLog(f *fake) {
	f.onRead = func(*protocol.ReadReq, grpc.ServerStreamingServer[protocol.ReadResp]) error { return nil }
}

// gossiping makes nodes tell of each other in the given states.
func gossiping(t *testing.T, states ...protocol.MemberInfo_VNodeState) ([]*fake, []kurrent.Host) {
	t.Helper()
	var nodes []*fake
	var hosts []kurrent.Host
	info := &protocol.ClusterInfo{}
	for range states {
		node := &fake{onGossip: func() (*protocol.ClusterInfo, error) { return info, nil }}
		succeed(node)
		emptyLog(node)
		nodes = append(nodes, node)
	}
	for i, state := range states {
		host := nodes[i].start(t)
		hosts = append(hosts, host)
		info.Members = append(info.Members, member(host, state))
	}
	return nodes, hosts
}

func member(host kurrent.Host, state protocol.MemberInfo_VNodeState) *protocol.MemberInfo {
	return &protocol.MemberInfo{
		State: state, IsAlive: true, HttpEndPoint: &protocol.EndPoint{Address: host.Name, Port: uint32(host.Port)},
	}
}

const (
	leader   = protocol.MemberInfo_Leader
	follower = protocol.MemberInfo_Follower
	replica  = protocol.MemberInfo_ReadOnlyReplica
	early    = protocol.MemberInfo_PreReadOnlyReplica
	orphan   = protocol.MemberInfo_ReadOnlyLeaderless
)

func TestTheNodeIsChosenByPreference(t *testing.T) {
	for name, c := range map[string]struct {
		preference kurrent.Preference
		states     []protocol.MemberInfo_VNodeState
		want       int
	}{
		"the leader":                        {kurrent.Leader, []protocol.MemberInfo_VNodeState{follower, leader, replica}, 1},
		"a follower":                        {kurrent.Follower, []protocol.MemberInfo_VNodeState{leader, replica, follower}, 2},
		"a replica":                         {kurrent.ReadOnlyReplica, []protocol.MemberInfo_VNodeState{leader, follower, replica}, 2},
		"a replica that warms up":           {kurrent.ReadOnlyReplica, []protocol.MemberInfo_VNodeState{leader, early}, 1},
		"a replica without leader":          {kurrent.ReadOnlyReplica, []protocol.MemberInfo_VNodeState{leader, orphan}, 1},
		"anything":                          {kurrent.Random, []protocol.MemberInfo_VNodeState{replica, leader}, 0},
		"another one for want of a leader":  {kurrent.Leader, []protocol.MemberInfo_VNodeState{protocol.MemberInfo_Clone, follower}, 1},
		"another one for want of a replica": {kurrent.ReadOnlyReplica, []protocol.MemberInfo_VNodeState{protocol.MemberInfo_Unknown, leader}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			nodes, hosts := gossiping(t, c.states...)
			config := quick(hosts...)
			config.Settings.NodePreference = c.preference
			if _, err := open(t, config).Head(t.Context()); err != nil {
				t.Fatal(err)
			}
			for i, node := range nodes {
				if want := map[bool]int{true: 1}[i == c.want]; node.called("read") != want {
					t.Errorf("node %d was read %d times, want %d", i, node.called("read"), want)
				}
			}
			want := map[bool]string{true: "true", false: "[]"}[c.preference == kurrent.Leader]
			if got := nodes[c.want].header("read", "requires-leader"); got != want {
				t.Errorf("requires-leader of a read is %s, want %s", got, want)
			}
		})
	}
}

func TestMembersThatServeNobodyAreNotChosen(t *testing.T) {
	forbidden := []protocol.MemberInfo_VNodeState{0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 15}
	for _, state := range forbidden {
		t.Run(state.String(), func(t *testing.T) {
			_, hosts := gossiping(t, state)
			config := quick(hosts...)
			config.Settings.Discover = true
			_, err := open(t, config).Head(t.Context())
			if err == nil || domain.KindOf(err) != domain.Unavailable || !strings.Contains(err.Error(), "none of the cluster's 1 members") {
				t.Errorf("error %v", err)
			}
		})
	}
	dead := &fake{}
	emptyLog(dead)
	host := dead.start(t)
	dead.onGossip = func() (*protocol.ClusterInfo, error) {
		lifeless, nowhere := member(host, leader), member(kurrent.Host{}, leader)
		lifeless.IsAlive = false
		return &protocol.ClusterInfo{Members: []*protocol.MemberInfo{lifeless, nowhere, member(host, follower)}}, nil
	}
	config := quick(host)
	config.Settings.Discover = true
	if _, err := open(t, config).Head(t.Context()); err != nil || dead.called("read") != 1 {
		t.Errorf("a member that is not alive was chosen: %v", err)
	}
}

func TestACallerThatReadsFromAFollowerWritesToTheLeader(t *testing.T) {
	nodes, hosts := gossiping(t, leader, follower)
	config := quick(hosts...)
	config.Settings.NodePreference = kurrent.Follower
	store := open(t, config)
	if _, err := store.Append(t.Context(), "s", eventstore.Any, event("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if nodes[0].called("append") != 1 || nodes[1].called("append") != 0 || nodes[1].called("read") != 1 {
		t.Errorf("appends %d and %d", nodes[0].called("append"), nodes[1].called("append"))
	}
	if nodes[0].header("append", "requires-leader") != "true" {
		t.Errorf("the append does not require the leader")
	}
}

func TestDiscoveryOfNodesThatAreAllDownEndsWithAClearError(t *testing.T) {
	var hosts []kurrent.Host
	for range 2 {
		listener, host := listen(t)
		listener.Close()
		hosts = append(hosts, host)
	}
	down := &fake{onGossip: func() (*protocol.ClusterInfo, error) { return nil, status.Error(codes.Unavailable, "starting") }}
	hosts = append(hosts, down.start(t))
	config := quick(hosts...)
	config.Settings.MaxDiscoverAttempts = 3
	store := open(t, config)
	_, err := store.Append(t.Context(), "s", eventstore.NoStream, event("a"))
	if err == nil || domain.KindOf(err) != domain.Unavailable || !strings.Contains(err.Error(), "no node was found in 3 attempts") {
		t.Errorf("error %v", err)
	}
	if down.called("gossip") != 3 {
		t.Errorf("a node was asked %d times, want 3", down.called("gossip"))
	}
}

func TestANodeThatFailedIsAskedLast(t *testing.T) {
	var failing atomic.Bool
	nodes, hosts := gossiping(t, leader, follower)
	first := nodes[0].onRead
	nodes[0].onRead = func(req *protocol.ReadReq, call grpc.ServerStreamingServer[protocol.ReadResp]) error {
		if failing.Load() {
			return status.Error(codes.Unavailable, "Server Is Not Ready")
		}
		return first(req, call)
	}
	store := open(t, quick(hosts...))
	if _, err := store.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if nodes[0].called("gossip") != 1 || nodes[1].called("gossip") != 0 {
		t.Errorf("gossip of the nodes was read %d and %d times", nodes[0].called("gossip"), nodes[1].called("gossip"))
	}
	nodes[1].onGossip = func() (*protocol.ClusterInfo, error) {
		return &protocol.ClusterInfo{Members: []*protocol.MemberInfo{member(hosts[1], leader)}}, nil
	}
	failing.Store(true)
	if _, err := store.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if nodes[0].called("gossip") != 1 || nodes[1].called("gossip") != 1 || nodes[1].called("read") != 1 {
		t.Errorf("the node that failed was asked first")
	}
}

func TestTheLeaderIsWaitedForWhileItIsElected(t *testing.T) {
	nodes, hosts := gossiping(t, follower, follower)
	node := nodes[0]
	node.onGossip = func() (*protocol.ClusterInfo, error) {
		elected := follower
		if node.called("gossip") == 3 {
			elected = leader
		}
		return &protocol.ClusterInfo{Members: []*protocol.MemberInfo{member(hosts[0], follower), member(hosts[1], elected)}}, nil
	}
	config := quick(hosts[0])
	config.Settings.Discover, config.Settings.MaxDiscoverAttempts = true, 4
	if _, err := open(t, config).Append(t.Context(), "s", eventstore.Any, event("a")); err != nil {
		t.Fatal(err)
	}
	if node.called("gossip") != 3 || node.called("append") != 0 || nodes[1].called("append") != 1 {
		t.Errorf("gossip was read %d times, the follower got %d appends", node.called("gossip"), node.called("append"))
	}
}

func TestANodeThatFailedIsChosenLast(t *testing.T) {
	for name, c := range map[string]struct {
		preference kurrent.Preference
		states     []protocol.MemberInfo_VNodeState
	}{
		"of two followers":        {kurrent.Follower, []protocol.MemberInfo_VNodeState{follower, follower}},
		"the only follower":       {kurrent.Follower, []protocol.MemberInfo_VNodeState{follower, leader}},
		"of two that say to lead": {kurrent.Leader, []protocol.MemberInfo_VNodeState{leader, leader}},
	} {
		t.Run(name, func(t *testing.T) {
			nodes, hosts := gossiping(t, c.states...)
			nodes[0].onRead = func(*protocol.ReadReq, grpc.ServerStreamingServer[protocol.ReadResp]) error {
				return status.Error(codes.Unavailable, "Server Is Not Ready")
			}
			config := quick(hosts...)
			config.Settings.NodePreference = c.preference
			if _, err := open(t, config).Head(t.Context()); err != nil {
				t.Fatal(err)
			}
			if nodes[0].called("read") != 1 || nodes[1].called("read") != 1 {
				t.Errorf("the nodes were read %d and %d times", nodes[0].called("read"), nodes[1].called("read"))
			}
		})
	}
}

func TestNodesAreShuffled(t *testing.T) {
	nodes, hosts := gossiping(t, follower, follower)
	config := quick(hosts...)
	config.Settings.NodePreference = kurrent.Random
	config.Shuffle = func(n int, swap func(i, j int)) {
		if n != 2 {
			t.Errorf("%d to shuffle", n)
		}
		swap(0, 1)
	}
	if _, err := open(t, config).Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if nodes[1].called("gossip") != 1 || nodes[1].called("read") != 1 {
		t.Errorf("the order was kept")
	}
}

func TestOneHostIsDialledWithoutDiscovery(t *testing.T) {
	f := &fake{}
	emptyLog(f)
	config := quick(f.start(t))
	config.Settings.User, config.Settings.Password = "ada", "s:é"
	if _, err := open(t, config).Head(t.Context()); err != nil || f.called("gossip") != 0 {
		t.Errorf("gossip was read %d times, %v", f.called("gossip"), err)
	}
	for key, want := range map[string]string{
		"authorization": "Basic YWRhOnM6w6k=", "connection-name": "test ?", "requires-leader": "true",
	} {
		if got := f.header("read", key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestOpeningNeedsNoServerButRightSettings(t *testing.T) {
	good := quick(kurrent.Host{Name: "127.0.0.1", Port: 1})
	open(t, good)
	for name, change := range map[string]func(*kurrent.Config){
		"no host":                        func(c *kurrent.Config) { c.Settings.Hosts = nil },
		"no clock":                       func(c *kurrent.Config) { c.Clock = nil },
		"no ids":                         func(c *kurrent.Config) { c.NewID = nil },
		"a wrong connection string":      func(c *kurrent.Config) { c.DSN = "esdb://" },
		"authorities that are not there": func(c *kurrent.Config) { c.DSN = "esdb://a?tlsCaFile=/missing" },
		"a file without authorities":     func(c *kurrent.Config) { c.DSN = "esdb://a?tlsCaFile=discover_test.go" },
		"a certificate that is no such":  func(c *kurrent.Config) { c.DSN = "esdb://a?userCertFile=doc.go&userKeyFile=doc.go" },
	} {
		config := good
		change(&config)
		if _, err := kurrent.Open(t.Context(), config); err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: error %v, want a fault of kind invalid", name, err)
		}
	}
}

func TestALeaderThatIsNamedIsFollowed(t *testing.T) {
	for _, batching := range []bool{false, true} {
		nodes, hosts := gossiping(t, leader, follower)
		notLeader := []string{
			"exception", "not-leader", "leader-endpoint-host", hosts[0].Name,
			"leader-endpoint-port", hosts[0].String()[len("127.0.0.1:"):],
		}
		nodes[1].onAppend = func(_ *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
			return refusal(call, codes.NotFound, notLeader...)
		}
		nodes[1].onBatch = func(call grpc.BidiStreamingServer[protocol.BatchAppendReq, protocol.BatchAppendResp]) error {
			if _, err := call.Recv(); err != nil {
				return err
			}
			return refusal(call, codes.NotFound, notLeader...)
		}
		if batching {
			nodes[1].onFeatures = batchFeatures()
		}
		store := open(t, quick(hosts[1]))
		for _, expected := range []eventstore.Expected{eventstore.Any, eventstore.NoStream} {
			if _, err := store.Append(t.Context(), "s", expected, event("a")); err != nil {
				t.Errorf("batching %t: %v", batching, err)
			}
		}
		if nodes[0].called("append") != 2 || nodes[1].called("append")+nodes[1].called("batch") != 1 {
			t.Errorf("the leader got %d appends, the other node %d", nodes[0].called("append"), nodes[1].called("append"))
		}
	}
}

func TestNodesThatNameEachOtherAreNotFollowedForEver(t *testing.T) {
	nodes, hosts := gossiping(t, follower, follower)
	for i, node := range nodes {
		other := hosts[1-i]
		node.onDelete = nil
		node.onAppend = func(_ *protocol.AppendReq, call grpc.ClientStreamingServer[protocol.AppendReq, protocol.AppendResp]) error {
			return refusal(call, codes.NotFound, "exception", "not-leader", "leader-endpoint-host", other.Name,
				"leader-endpoint-port", other.String()[len("127.0.0.1:"):])
		}
	}
	config := quick(hosts...)
	config.Tries = 2
	_, err := open(t, config).Append(t.Context(), "s", eventstore.Any, event("a"))
	if err == nil || domain.KindOf(err) != domain.Unavailable {
		t.Errorf("error %v", err)
	}
	if calls := nodes[0].called("append") + nodes[1].called("append"); calls != 10 {
		t.Errorf("%d calls, want 5 for each of two tries", calls)
	}
}

func batchFeatures(features ...string) func() (*protocol.SupportedMethods, error) {
	return func() (*protocol.SupportedMethods, error) {
		return &protocol.SupportedMethods{EventStoreServerVersion: "24.10.0", Methods: []*protocol.SupportedMethod{
			{MethodName: "read", ServiceName: "event_store.client.streams.streams"},
			{MethodName: "batchappend", ServiceName: "event_store.client.streams.streams", Features: slices.Clone(features)},
		}}, nil
	}
}
