package sip

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
)

// hops are the two neighbours of a dialog. They travel, signed, in the
// Record-Route field: the worker keeps no dialogs, survives a restart with all
// of them, and writes to nobody a dialog was not set up with.
type hops struct {
	caller, callee hop
	mark           string // of the trunk's URI in the dialog, empty without a trunk
}

// way is where a request within a dialog comes from and goes to.
type way struct {
	from, to hop
	mark     string
}

const hopsMac = 16

// seal makes the value of the Record-Route parameter for a dialog.
func (h hops) seal(key []byte, callID, callerTag string) string {
	plain := strings.Join([]string{h.caller.String(), h.callee.String(), h.mark}, ",")
	return base64.RawURLEncoding.EncodeToString(append(hopsSum(key, callID, callerTag, plain), plain...))
}

func hopsSum(key []byte, callID, callerTag, plain string) []byte {
	return mac(key, "hops", callID, callerTag, plain)[:hopsMac]
}

// openHops says which way a request within the dialog goes: from the caller to
// the callee, or back.
func openHops(key []byte, value, callID, fromTag, toTag string) (way, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(raw) <= hopsMac {
		return way{}, false
	}
	sum, plain := raw[:hopsMac], string(raw[hopsMac:])
	parts := strings.Split(plain, ",")
	if len(parts) != 3 {
		return way{}, false
	}
	caller, wrong := parseHop(parts[0])
	callee, err := parseHop(parts[1])
	switch {
	case wrong != nil || err != nil:
		return way{}, false
	case hmac.Equal(sum, hopsSum(key, callID, fromTag, plain)):
		return way{from: caller, to: callee, mark: parts[2]}, true
	case hmac.Equal(sum, hopsSum(key, callID, toTag, plain)):
		return way{from: callee, to: caller, mark: parts[2]}, true
	}
	return way{}, false
}

// markOf stands for a URI in a sealed dialog, without port and parameters.
func markOf(key []byte, user, host string) string {
	return base64.RawURLEncoding.EncodeToString(mac(key, "mark", user, strings.ToLower(host))[:hopsMac])
}

// sent tells whether a message that came from a source is this neighbour's: over
// UDP the port counts, too; over TCP, where nobody can pretend an address, the
// port is another with each connection.
func (h hop) sent(source hop) bool {
	if source.transport == "tcp" {
		return h.address.Addr() == source.address.Addr()
	}
	return h == source
}

// String is the form "udp/192.0.2.1:5060".
func (h hop) String() string { return h.transport + "/" + h.address.String() }

func parseHop(text string) (hop, error) {
	transport, address, _ := strings.Cut(text, "/")
	parsed, err := netip.ParseAddrPort(address)
	if err != nil || transport != "udp" && transport != "tcp" {
		return hop{}, fmt.Errorf("read the neighbour %q", text)
	}
	return hop{transport: transport, address: parsed}, nil
}
