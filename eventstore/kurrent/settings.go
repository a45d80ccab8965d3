package kurrent

import (
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"dialtone/eventstore/protocol"
)

// Host is where a node listens.
type Host struct {
	Name string // a host name or an address without brackets
	Port uint16
}

// String gives the host as it is dialled.
func (h Host) String() string { return net.JoinHostPort(h.Name, strconv.Itoa(int(h.Port))) }

// Preference says which node of a cluster serves reads and subscriptions.
type Preference string

// The preferences, written as in connection strings.
const (
	Leader          Preference = "leader"
	Follower        Preference = "follower"
	Random          Preference = "random"
	ReadOnlyReplica Preference = "readOnlyReplica"
)

// Settings is what a connection string says. It never prints its password.
type Settings struct {
	Hosts    []Host
	Discover bool // ask for the cluster's members even if there is one host
	User     string
	Password string

	TLS               bool
	VerifyCertificate bool   // false: any certificate will do
	CAFile            string // PEM; "" means the system's authorities
	CertFile, KeyFile string // PEM of the client's own certificate, both or none

	MaxDiscoverAttempts int
	DiscoveryInterval   time.Duration // between two attempts
	GossipTimeout       time.Duration // for the answer of one node
	NodePreference      Preference

	KeepAliveInterval time.Duration // 0: off
	KeepAliveTimeout  time.Duration // 0: as long as it takes
	DefaultDeadline   time.Duration // for one try of a call that is no read

	ThrowOnAppendFailure bool   // has no effect: a refused append always is an error
	ConnectionName       string // for the server's log; "" means a new id
}

// defaults are the settings of an empty list of options.
func defaults() Settings {
	return Settings{
		TLS: true, VerifyCertificate: true,
		MaxDiscoverAttempts: 10, DiscoveryInterval: 100 * time.Millisecond, GossipTimeout: 5 * time.Second,
		NodePreference: Leader, KeepAliveInterval: 10 * time.Second, KeepAliveTimeout: 10 * time.Second,
		DefaultDeadline: 10 * time.Second, ThrowOnAppendFailure: true,
	}
}

// String describes where the settings lead to, without the password.
func (s Settings) String() string {
	var text strings.Builder
	text.WriteString("esdb")
	if s.Discover {
		text.WriteString("+discover")
	}
	text.WriteString("://")
	if s.User != "" {
		fmt.Fprintf(&text, "%s:***@", s.User)
	}
	for i, host := range s.Hosts {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(host.String())
	}
	fmt.Fprintf(&text, "?tls=%t", s.TLS)
	if s.TLS {
		fmt.Fprintf(&text, "&tlsVerifyCert=%t", s.VerifyCertificate)
	}
	fmt.Fprintf(&text, "&nodePreference=%s", s.NodePreference)
	return text.String()
}

// GoString is String: no way of printing shows the password.
func (s Settings) GoString() string { return s.String() }

// LogValue is String.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String.
func (s Settings) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// gossips tells whether a node is looked for, not just dialled.
func (s Settings) gossips() bool { return s.Discover || len(s.Hosts) > 1 }

const defaultPort = uint16(protocol.DefaultPort)
