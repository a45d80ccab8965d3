package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"net"
	"slices"
	"strconv"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
	"dialtone/eventstore/server"
)

func TestConfigurationsThatMakeNoSenseAreRefused(t *testing.T) {
	store := openStore(t)
	for name, change := range map[string]func(*server.Config){
		"no store":            func(c *server.Config) { c.Store = nil },
		"no clock":            func(c *server.Config) { c.Clock = nil },
		"no ids":              func(c *server.Config) { c.NewID = nil },
		"a login in the open": func(c *server.Config) { c.Login = &server.Login{User: "u", Password: "p"} },
		"TLS without a login": func(c *server.Config) { c.TLS = &tls.Config{} },
		"no password":         func(c *server.Config) { c.TLS, c.Login = &tls.Config{}, &server.Login{User: "u"} },
		"no address":          func(c *server.Config) { c.Advertise = "nowhere" },
		"no port":             func(c *server.Config) { c.Advertise = "host:port" },
		"too large":           func(c *server.Config) { c.MaxAppendSize = eventstore.LargestAppend + 1 },
		"no time":             func(c *server.Config) { c.WriteTimeout = -1 },
	} {
		configured := config(store)
		change(&configured)
		if _, err := server.New(configured); err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: %v, want a fault of kind invalid", name, err)
		}
	}
}

func TestFeaturesAreNamedAsClientsCompareThem(t *testing.T) {
	r := start(t)
	answer, err := protocol.NewServerFeaturesClient(r.conn).GetSupportedMethods(r.ctx, &protocol.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, m := range answer.GetMethods() {
		got[m.GetServiceName()+"/"+m.GetMethodName()] = m.GetFeatures()
	}
	const service = "event_store.client.streams.streams/"
	for method, features := range map[string][]string{
		"read": {"position", "events"}, "append": nil, "batchappend": {"deadline_duration"}, "delete": nil, "tombstone": nil,
	} {
		if listed, ok := got[service+method]; !ok || !slices.Equal(listed, features) {
			t.Errorf("%s has %q, want %q", method, listed, features)
		}
	}
	if len(got) != 5 || answer.GetEventStoreServerVersion() != "24.10.0" {
		t.Errorf("%v", answer)
	}
}

func TestGossipNamesTheOneNode(t *testing.T) {
	listener := listen(t)
	for name, c := range map[string]struct {
		rig  *rig
		want string
	}{
		"where it listens":   {serveOn(t, config(openStore(t)), listener), listener.Addr().String()},
		"what it advertises": {start(t, func(c *server.Config) { c.Advertise = "events.example.com:2114" }), "events.example.com:2114"},
	} {
		for range 2 {
			answer, err := protocol.NewGossipClient(c.rig.conn).Read(c.rig.ctx, &protocol.Empty{})
			if err != nil || len(answer.GetMembers()) != 1 {
				t.Fatal(answer, err)
			}
			member := answer.GetMembers()[0]
			point := member.GetHttpEndPoint()
			if got := net.JoinHostPort(point.GetAddress(), strconv.Itoa(int(point.GetPort()))); got != c.want ||
				!member.GetIsAlive() || member.GetState() != protocol.MemberInfo_Leader || member.GetInstanceId().GetStructured() == nil || member.GetTimeStamp() == 0 {
				t.Errorf("%s: %v", name, member)
			}
		}
	}
}

func TestOtherServicesAreUnimplemented(t *testing.T) {
	r := start(t)
	err := r.conn.Invoke(r.ctx, "/event_store.client.users.Users/Create", &protocol.Empty{}, &protocol.Empty{})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("error %v", err)
	}
}

// certificate makes one that vouches for itself, and who trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// secure serves with TLS and a login to a client that trusts it.
func secure(t *testing.T) (r *rig, address string) {
	own, pool := certificate(t)
	configured := config(openStore(t))
	configured.TLS = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	configured.Login = &server.Login{User: "ops", Password: "s:e cret"}
	listener := listen(t)
	trusting := grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}))
	return serveOn(t, configured, listener, trusting), listener.Addr().String()
}

func TestOnlyTheLoginGetsIn(t *testing.T) {
	r, _ := secure(t)
	encode := base64.StdEncoding.EncodeToString
	for name, c := range map[string]struct {
		header    string
		code      codes.Code
		exception string
	}{
		"the login":           {"Basic " + encode([]byte("ops:s:e cret")), codes.OK, ""},
		"a scheme in lower":   {"basic " + encode([]byte("ops:s:e cret")), codes.OK, ""},
		"nothing":             {"", codes.PermissionDenied, protocol.ExceptionDenied},
		"another password":    {"Basic " + encode([]byte("ops:s:e")), codes.Unauthenticated, ""},
		"another user":        {"Basic " + encode([]byte("op:s:e cret")), codes.Unauthenticated, ""},
		"no colon":            {"Basic " + encode([]byte("ops")), codes.Unauthenticated, ""},
		"no base64":           {"Basic ops:s:e cret", codes.Unauthenticated, ""},
		"a token":             {"Bearer abc", codes.Unauthenticated, ""},
		"a scheme on its own": {"Basic", codes.Unauthenticated, ""},
	} {
		t.Run(name, func(t *testing.T) {
			as := *r
			if c.header != "" {
				as.ctx = metadata.AppendToOutgoingContext(r.ctx, protocol.HeaderAuthorization, c.header)
			}
			var got fault
			_, err := as.read(ofAll(), got.trailers())
			got.want(t, err, c.code, c.exception)
			_, err = as.bury("none", eventstore.Any, got.trailers())
			if c.code != codes.OK {
				got.want(t, err, c.code, c.exception)
			}
			_, err = as.try(options("s", eventstore.Any), nil, got.trailers())
			got.want(t, err, c.code, c.exception)
			call := as.batch()
			call.call.CloseSend()
			if _, err := call.call.Recv(); c.code != codes.OK && status.Code(err) != c.code {
				t.Errorf("a batch ends with %v", err)
			}
		})
	}
	if _, err := protocol.NewServerFeaturesClient(r.conn).GetSupportedMethods(r.ctx, &protocol.Empty{}); err != nil {
		t.Errorf("features need a login: %v", err)
	}
	if _, err := protocol.NewGossipClient(r.conn).Read(r.ctx, &protocol.Empty{}); err != nil {
		t.Errorf("gossip needs a login: %v", err)
	}
}

func TestAServerThatIsNotTrustedIsNotTalkedTo(t *testing.T) {
	_, address := secure(t)
	_, others := certificate(t)
	for name, credential := range map[string]credentials.TransportCredentials{
		"another authority": credentials.NewTLS(&tls.Config{RootCAs: others, MinVersion: tls.VersionTLS12}),
		"another name":      credentials.NewTLS(&tls.Config{RootCAs: others, ServerName: "example.com", MinVersion: tls.VersionTLS12}),
	} {
		conn, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(credential))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := protocol.NewGossipClient(conn).Read(t.Context(), &protocol.Empty{}); status.Code(err) != codes.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWithoutALoginHeadersAreNotLookedAt(t *testing.T) {
	r := start(t)
	r.ctx = metadata.AppendToOutgoingContext(r.ctx, protocol.HeaderAuthorization, "Basic bad", protocol.HeaderRequiresLeader, "true",
		protocol.HeaderConnectionName, "a test")
	r.write("s", eventstore.NoStream, 0)
}

// panicky is a store in which everything fails in the worst way.
type panicky struct{ eventstore.Store }

func (panicky) Append(context.Context, string, eventstore.Expected, ...eventstore.Proposed) (eventstore.Appended, error) {
	panic("in a test")
}

func (panicky) Begin(context.Context, string, eventstore.Expected, ...eventstore.Proposed) func() (eventstore.Appended, error) {
	panic("in a test")
}

func (panicky) Head(context.Context) (eventstore.Position, error) { panic("in a test") }

func (panicky) Delete(context.Context, string, eventstore.Expected) (eventstore.Position, error) {
	panic("in a test")
}

func (panicky) Tombstone(context.Context, string, eventstore.Expected) (eventstore.Position, error) {
	panic("in a test")
}

// unordered is a panicky store whose appends are ordered by the server.
type unordered struct{ eventstore.Store }

func TestAPanicEndsOneCallOnly(t *testing.T) {
	for _, wrap := range []func(eventstore.Store) eventstore.Store{
		func(s eventstore.Store) eventstore.Store { return panicky{s} },
		func(s eventstore.Store) eventstore.Store { return unordered{panicky{s}} },
	} {
		r := start(t, func(c *server.Config) { c.Store = wrap(c.Store) })
		var got fault
		_, err := r.try(options("s", eventstore.Any), events(0), got.trailers())
		got.want(t, err, codes.Internal, "")
		_, err = r.read(ofAll(following, atEnd), got.trailers())
		got.want(t, err, codes.Internal, "")
		c := r.batch()
		c.send(batched("s", eventstore.Any, 0), batched("s", eventstore.Any, 1))
		for range 2 {
			if answer := c.next(); answer.GetError() == nil {
				t.Errorf("an append is answered %v", answer)
			}
		}
		c.wantEnd()
		if _, err := r.read(ofAll()); err != nil {
			t.Errorf("the next call: %v", err)
		}
	}
	r := start(t, func(c *server.Config) { c.Store = panicky{c.Store} })
	var got fault
	_, err := r.delete("s", eventstore.Any, got.trailers())
	got.want(t, err, codes.Internal, "")
}
