package eventstore

import (
	"context"
	"errors"
)

// ErrErased is the error of asking for the data key of an erased subject.
var ErrErased = errors.New("the subject's data key was destroyed")

// ErrNoKey is the error of asking for a data key that was never made.
var ErrNoKey = errors.New("the subject has no data key")

// Keys keeps one 32-byte data key per subject (AES-256) and named server
// secrets, apart from events and read models.
type Keys interface {
	// Subject gives an existing key; ErrErased or ErrNoKey where there is none.
	Subject(ctx context.Context, subject string) ([]byte, error)
	// EnsureSubject gives the key and makes it where there was none; ErrErased
	// for an erased subject.
	EnsureSubject(ctx context.Context, subject string) ([]byte, error)
	// Secret gives the named 32-byte server secret, made at its first use.
	Secret(ctx context.Context, name string) ([]byte, error)
}
