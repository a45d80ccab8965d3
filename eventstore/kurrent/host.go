package kurrent

import (
	"net/netip"
	"strconv"
	"strings"
)

// parseHost reads host[:port]; an IPv6 address stands in brackets. The problem
// does not quote the text, which could be a part of a password.
func parseHost(text string) (host Host, problem string) {
	host.Port = defaultPort
	name, port, hasPort := strings.Cut(text, ":")
	if inner, bracketed := strings.CutPrefix(text, "["); bracketed {
		var behind string
		name, behind, bracketed = strings.Cut(inner, "]")
		if address, err := netip.ParseAddr(name); !bracketed || err != nil || !address.Is6() {
			return Host{}, "no IPv6 address stands in its brackets"
		}
		port, hasPort = strings.CutPrefix(behind, ":")
		if behind != "" && !hasPort {
			return Host{}, "only a port may follow the brackets"
		}
	} else if name == "" {
		return Host{}, "the name is missing"
	} else if strings.ContainsFunc(name, notInName) {
		return Host{}, "the name has a character that no host name has"
	}
	if hasPort {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return Host{}, "the port is no number from 1 to 65535"
		}
		host.Port = uint16(number)
	}
	host.Name = name
	return host, ""
}

// notInName finds what is in no host name. Underscores are, in practice.
func notInName(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r > 127
	return !letter && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_'
}
