package eventstore

// ErrUnknown is what an append of unknown outcome wraps.
var ErrUnknown = errUnknown
