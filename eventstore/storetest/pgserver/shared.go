package pgserver

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
)

// shared is the one server of a test binary, started when a test asks first.
var shared struct {
	mu     sync.Mutex
	server *Server
	err    error
}

// Shared gives the test binary's one server, which trusts the machine not to
// fail (fsync is off). Without PostgreSQL on the machine
// the test is skipped, or fails where DIALTONE_REQUIRE is "all".
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = Start(t.Context(), Config{Settings: map[string]string{"fsync": "off"}})
	}
	need(t, shared.err)
	return shared.server
}

// Own starts a server for one test, which may stop and kill it.
func Own(t testing.TB, config Config) *Server {
	t.Helper()
	server, err := Start(t.Context(), config)
	need(t, err)
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// Schema gives the connection string of an empty schema on the shared server.
func Schema(t testing.TB) string {
	t.Helper()
	server := Shared(t)
	ctx := context.WithoutCancel(t.Context()) // a test's end may ask, too
	dsn, err := server.NewSchema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

func need(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrMissing) && os.Getenv("DIALTONE_REQUIRE") != "all" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Run is for TestMain: it runs the tests, closes the shared server and gives
// the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.server != nil {
		if err := shared.server.Close(); err != nil && code == 0 {
			code = 1
		}
	}
	return code
}
