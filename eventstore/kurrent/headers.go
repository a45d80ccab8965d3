package kurrent

import (
	"encoding/base64"

	"google.golang.org/grpc/metadata"

	"dialtone/eventstore/protocol"
)

// headers is what goes with a call. Credentials go without TLS, too: the server
// decides whether it wants them.
func (s Settings) headers(leader bool) metadata.MD {
	headers := metadata.Pairs(protocol.HeaderConnectionName, asciiOf(s.ConnectionName))
	if leader {
		headers.Set(protocol.HeaderRequiresLeader, "true")
	}
	if s.User != "" {
		login := base64.StdEncoding.EncodeToString([]byte(s.User + ":" + s.Password))
		headers.Set(protocol.HeaderAuthorization, "Basic "+login)
	}
	return headers
}

// asciiOf replaces what a header can't hold.
func asciiOf(text string) string {
	clean := []rune(text)
	for i, r := range clean {
		if r < ' ' || r > '~' {
			clean[i] = '?'
		}
	}
	return string(clean)
}
