package server_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dialtone/eventstore/protocol"
)

// fault collects the trailers of a call that fails.
type fault struct{ trailer metadata.MD }

// trailers is the option that collects them.
func (f *fault) trailers() grpc.CallOption { return grpc.Trailer(&f.trailer) }

// want compares the code, the exception ("" for none) and further trailers.
func (f *fault) want(t testing.TB, err error, code codes.Code, exception string, pairs ...string) {
	t.Helper()
	if status.Code(err) != code {
		t.Errorf("error %v, want code %s", err, code)
	}
	var want []string
	if exception != "" {
		want = []string{exception}
	}
	if got := f.trailer.Get(protocol.Trailer); !slices.Equal(got, want) {
		t.Errorf("exceptions %q, want %q", got, want)
	}
	for i := 0; i < len(pairs); i += 2 {
		if got := f.trailer.Get(pairs[i]); !slices.Equal(got, pairs[i+1:i+2]) {
			t.Errorf("trailer %s is %q, want %q", pairs[i], got, pairs[i+1])
		}
	}
}

// created reads when an event was recorded.
func created(t testing.TB, metadata map[string]string) time.Time {
	t.Helper()
	ticks, err := strconv.ParseInt(metadata[protocol.KeyCreated], 10, 64)
	if err != nil {
		t.Errorf("created: %v", err)
	}
	return protocol.Moment(ticks)
}
