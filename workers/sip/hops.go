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
type hops struct{ caller, callee hop }

const hopsMac = 16

// seal makes the value of the Record-Route parameter for a dialog.
func (h hops) seal(key []byte, callID, callerTag string) string {
	plain := h.caller.String() + "," + h.callee.String()
	return base64.RawURLEncoding.EncodeToString(append(hopsSum(key, callID, callerTag, plain), plain...))
}

func hopsSum(key []byte, callID, callerTag, plain string) []byte {
	return mac(key, "hops", callID, callerTag, plain)[:hopsMac]
}

// openHops says where a request within the dialog goes next: to the callee if
// it is the caller's, and to the caller if it is the callee's.
func openHops(key []byte, value, callID, fromTag, toTag string) (next hop, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(raw) <= hopsMac {
		return hop{}, false
	}
	sum, plain := raw[:hopsMac], string(raw[hopsMac:])
	caller, callee, found := strings.Cut(plain, ",")
	switch {
	case !found:
		return hop{}, false
	case hmac.Equal(sum, hopsSum(key, callID, fromTag, plain)):
		next, err = parseHop(callee)
	case hmac.Equal(sum, hopsSum(key, callID, toTag, plain)):
		next, err = parseHop(caller)
	default:
		return hop{}, false
	}
	return next, err == nil
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
