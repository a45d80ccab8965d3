package protocol

import (
	"time"
)

// Keys of the string map that travels with each event, beside its custom
// metadata.
const (
	KeyType        = "type"
	KeyContentType = "content-type"
	KeyCreated     = "created" // see Ticks; only on read
)

// ContentJSON marks an event whose data is JSON; all others are binary.
const (
	ContentJSON   = "application/json"
	ContentBinary = "application/octet-stream"
)

// Request metadata.
const (
	HeaderAuthorization  = "authorization"
	HeaderRequiresLeader = "requires-leader"
	HeaderConnectionName = "connection-name"
)

// Trailer says which error a call ended with; one of the Exception values.
const Trailer = "exception"

// The exceptions, and the further trailers they come with.
const (
	ExceptionWrongVersion    = "wrong-expected-version" // TrailerStream, TrailerExpected, TrailerActual
	ExceptionDeleted         = "stream-deleted"         // TrailerStream
	ExceptionNotFound        = "stream-not-found"       // TrailerStream
	ExceptionDenied          = "access-denied"
	ExceptionNotLeader       = "not-leader"                   // TrailerLeaderHost, TrailerLeaderPort
	ExceptionAppendTooLarge  = "maximum-append-size-exceeded" // TrailerLargest
	ExceptionMissingMetadata = "missing-required-metadata-property"

	TrailerStream     = "stream-name"
	TrailerExpected   = "expected-version" // -1 no stream, -2 any, -4 a stream
	TrailerActual     = "actual-version"   // -1 no stream
	TrailerLeaderHost = "leader-endpoint-host"
	TrailerLeaderPort = "leader-endpoint-port"
	TrailerLargest    = "maximum-append-size"
	TrailerRequired   = "required-metadata-properties"
)

// LargestMessage is how many bytes a message to the Streams service may have,
// ClientReceives what a client has to take.
const (
	LargestMessage = 16<<20 - 10_000
	ClientReceives = 17 << 20
)

// DefaultPort is where servers listen.
const DefaultPort = 2113

// Ticks gives a moment as KeyCreated carries it: 100 nanoseconds since the Unix
// epoch.
func Ticks(at time.Time) int64 { return at.UnixMicro() * 10 }

// Moment gives the moment of ticks, in UTC.
func Moment(ticks int64) time.Time { return time.UnixMicro(ticks / 10).UTC() }
