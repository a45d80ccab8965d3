package server_test

import (
	"os"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"dialtone/eventstore"
)

// TestPingsOfClientsAreAllowed takes longer than the 40 seconds after which
// gRPC's default would close the connection; it runs with DIALTONE_LONG=1.
func TestPingsOfClientsAreAllowed(t *testing.T) {
	if os.Getenv("DIALTONE_LONG") == "" {
		return
	}
	pings := grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 10 * time.Second, PermitWithoutStream: true})
	r := serveOn(t, config(openStore(t)), listen(t), pings)
	s := r.follow(ofAll())
	s.wantCaughtUp()
	<-time.After(65 * time.Second)
	r.write("s", eventstore.NoStream, 0)
	s.wantEvents(0)
}
