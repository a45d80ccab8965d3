package server

import (
	"dialtone/eventstore/protocol"
)

// Services gives what a server answers Streams calls with, without a connection.
func Services(config Config) (protocol.StreamsServer, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	return newStreams(config, make(chan struct{})), nil
}
