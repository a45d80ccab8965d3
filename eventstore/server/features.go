package server

import (
	"context"
	"strings"

	"dialtone/eventstore/protocol"
)

// version is the EventStoreDB version whose protocol is served.
const version = "24.10.0"

// features tells clients what the server can do.
type features struct {
	protocol.UnimplementedServerFeaturesServer
	deletes bool
}

// GetSupportedMethods lists the methods of Streams with their optional features.
func (f features) GetSupportedMethods(context.Context, *protocol.Empty) (*protocol.SupportedMethods, error) {
	methods := []*protocol.SupportedMethod{
		supported("Read", "position", "events"),
		supported("Append"),
		supported("BatchAppend", "deadline_duration"),
	}
	if f.deletes {
		methods = append(methods, supported("Delete"), supported("Tombstone"))
	}
	return &protocol.SupportedMethods{Methods: methods, EventStoreServerVersion: version}, nil
}

// supported names a method in lower case: clients compare literally.
func supported(method string, features ...string) *protocol.SupportedMethod {
	return &protocol.SupportedMethod{
		MethodName:  strings.ToLower(method),
		ServiceName: strings.ToLower(protocol.Streams_ServiceDesc.ServiceName),
		Features:    features,
	}
}
