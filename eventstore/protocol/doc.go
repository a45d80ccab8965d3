// Package protocol holds the EventStoreDB protocol, version 1, as Go code: the
// generated messages and services that the client (kurrent) and the server
// share. The .proto files beside it are written from the protocol's facts;
// `make generate` makes the rest.
package protocol
