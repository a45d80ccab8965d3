// Package server serves an eventstore.Store over the EventStoreDB gRPC protocol,
// version 1: Streams, ServerFeatures and Gossip as one node. It takes HTTP/2
// with TLS, or without by prior knowledge.
//
// The store decides what is written: expected revisions, repeated appends, what
// deleting does. The server decides what a request may ask for and what of a
// stream is shown: $maxCount, $maxAge and $tb hide events in reads and
// subscriptions of one stream, never in $all.
//
// What differs from an EventStoreDB server:
//
//   - A repeated append is recognised by what the store keeps for good and by
//     stream, not by a cache of recent ids.
//   - $acl is kept, but not enforced. Who may call at all may use every stream
//     but those of Config.ReadOnly; nobody writes to $all or deletes metadata.
//   - Regular expressions are Go's (RE2); one it can't compile is refused.
//   - A stream's name that is not printable ASCII is percent-encoded in trailers.
//   - Positions are small numbers, nothing is ever scavenged.
//   - Not served, so answered UNIMPLEMENTED: persistent subscriptions, users,
//     operations, projections, monitoring.
package server
