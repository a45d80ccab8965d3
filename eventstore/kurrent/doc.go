// Package kurrent keeps events in EventStoreDB (now KurrentDB) or in whatever
// else serves its gRPC protocol, version 1. It takes a connection string and is
// an eventstore.Store: it finds a node, follows the leader, repeats appends
// whose outcome is unknown where that can't double them, and watches over its
// subscriptions.
//
// The user of the connection string has to be allowed to read $all, which an
// EventStoreDB with its usual access rules grants to administrators only.
package kurrent
