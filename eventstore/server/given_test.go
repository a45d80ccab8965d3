package server_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
	"dialtone/eventstore/server"
	"dialtone/eventstore/sqlstore"
)

// patience is how long a test waits for what has to come, and the time a write
// has where the test is not about that: machines can be slow.
const patience = 2 * time.Minute

// rig is a running server, its store and a client of the generated code.
type rig struct {
	testing.TB
	ctx    context.Context // ends with the test, or when patience does
	store  eventstore.Store
	server *server.Server
	conn   *grpc.ClientConn
	protocol.StreamsClient
}

func openStore(t testing.TB) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(t.TempDir(), "events.db"), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func newID() string { return uuid.NewString() }

// config is what a server on loopback needs.
func config(store eventstore.Store) server.Config {
	return server.Config{Store: store, Clock: time.Now, NewID: newID, WriteTimeout: patience}
}

// start serves a new store; change may change the configuration.
func start(t testing.TB, change ...func(*server.Config)) *rig {
	t.Helper()
	configured := config(openStore(t))
	for _, change := range change {
		change(&configured)
	}
	return serve(t, configured)
}

// serve runs a server over a connection in memory until the test ends.
func serve(t testing.TB, configured server.Config) *rig {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	return serveOn(t, configured, listener, grpc.WithContextDialer(
		func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
}

// listen opens a port on loopback.
func listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// serveOn runs a server on a listener until the test ends.
func serveOn(t testing.TB, configured server.Config, listener net.Listener, options ...grpc.DialOption) *rig {
	t.Helper()
	served, err := server.New(configured)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- served.Serve(listener) }()
	options = append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(protocol.ClientReceives), grpc.MaxCallSendMsgSize(64<<20)),
	}, options...)
	conn, err := grpc.NewClient("passthrough:///"+listener.Addr().String(), options...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(func() {
		cancel()
		conn.Close()
		stopping, end := context.WithTimeout(context.Background(), patience)
		defer end()
		if err := served.Stop(stopping); err != nil {
			t.Errorf("stop: %v", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return &rig{TB: t, ctx: ctx, store: configured.Store, server: served, conn: conn, StreamsClient: protocol.NewStreamsClient(conn)}
}

// id gives the same UUID for the same number.
func id(number int) string { return fmt.Sprintf("%08x-0000-4000-8000-000000000000", number+1) }

// proposed is the event with a number.
func proposed(number int) *protocol.AppendReq_ProposedMessage {
	return &protocol.AppendReq_ProposedMessage{
		Id:             protocol.TextUUID(id(number)),
		Metadata:       map[string]string{protocol.KeyType: "happened", protocol.KeyContentType: protocol.ContentJSON},
		CustomMetadata: []byte(`{"m":1}`),
		Data:           fmt.Appendf(nil, `{"number":%d}`, number),
	}
}

// named is a stream's name as it travels.
func named(stream string) *protocol.StreamIdentifier {
	return &protocol.StreamIdentifier{StreamName: []byte(stream)}
}

// options gives an append's stream and expected revision.
func options(stream string, expected eventstore.Expected) *protocol.AppendReq_Options {
	o := &protocol.AppendReq_Options{StreamIdentifier: named(stream)}
	switch expected {
	case eventstore.Any:
		o.ExpectedStreamRevision = &protocol.AppendReq_Options_Any{Any: &protocol.Empty{}}
	case eventstore.NoStream:
		o.ExpectedStreamRevision = &protocol.AppendReq_Options_NoStream{NoStream: &protocol.Empty{}}
	case eventstore.StreamExists:
		o.ExpectedStreamRevision = &protocol.AppendReq_Options_StreamExists{StreamExists: &protocol.Empty{}}
	default:
		o.ExpectedStreamRevision = &protocol.AppendReq_Options_Revision{Revision: uint64(expected)}
	}
	return o
}

// try appends events as they are given.
func (r *rig) try(o *protocol.AppendReq_Options, events []*protocol.AppendReq_ProposedMessage, opts ...grpc.CallOption) (*protocol.AppendResp, error) {
	r.Helper()
	call, err := r.Append(r.ctx, opts...)
	if err != nil {
		r.Fatal(err)
	}
	call.Send(&protocol.AppendReq{Content: &protocol.AppendReq_Options_{Options: o}}) // an error comes at the end, too
	for _, event := range events {
		call.Send(&protocol.AppendReq{Content: &protocol.AppendReq_ProposedMessage_{ProposedMessage: event}})
	}
	return call.CloseAndRecv()
}

func events(numbers ...int) []*protocol.AppendReq_ProposedMessage {
	list := make([]*protocol.AppendReq_ProposedMessage, 0, len(numbers))
	for _, number := range numbers {
		list = append(list, proposed(number))
	}
	return list
}

// write appends and needs a success.
func (r *rig) write(stream string, expected eventstore.Expected, numbers ...int) *protocol.AppendResp_Success {
	r.Helper()
	answer, err := r.try(options(stream, expected), events(numbers...))
	if err != nil || answer.GetSuccess() == nil {
		r.Fatalf("append %v to %s at %d: %v, %v", numbers, stream, expected, answer, err)
	}
	return answer.GetSuccess()
}

// conflict appends and needs a conflict.
func (r *rig) conflict(stream string, expected eventstore.Expected, numbers ...int) *protocol.AppendResp_WrongExpectedVersion {
	r.Helper()
	answer, err := r.try(options(stream, expected), events(numbers...))
	if err != nil || answer.GetWrongExpectedVersion() == nil {
		r.Fatalf("append %v to %s at %d: %v, %v; want a conflict", numbers, stream, expected, answer, err)
	}
	return answer.GetWrongExpectedVersion()
}
