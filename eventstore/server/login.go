package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dialtone/eventstore/protocol"
)

// open are the services that everybody may call: clients ask them before they
// know whether a login is needed.
var open = []string{
	"/" + protocol.ServerFeatures_ServiceDesc.ServiceName + "/",
	"/" + protocol.Gossip_ServiceDesc.ServiceName + "/",
}

// door lets in who presents the login. Without one everybody may come in, and
// what they present is not looked at.
type door struct{ login *Login }

func (d *door) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	if err := d.check(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	return handle(ctx, request)
}

func (d *door) stream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if err := d.check(stream.Context(), info.FullMethod); err != nil {
		return err
	}
	return handle(service, stream)
}

func (d *door) check(ctx context.Context, method string) error {
	if d.login == nil {
		return nil
	}
	for _, service := range open {
		if strings.HasPrefix(method, service) {
			return nil
		}
	}
	presented := metadata.ValueFromIncomingContext(ctx, protocol.HeaderAuthorization)
	if len(presented) == 0 {
		return denied(ctx, "a login is needed")
	}
	if user, password, ok := basic(presented[0]); !ok || !d.login.is(user, password) {
		return status.Error(codes.Unauthenticated, "the login is wrong")
	}
	return nil
}

// basic reads a header of the scheme Basic (RFC 7617).
func basic(header string) (user, password string, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(decoded), ":")
}

// is compares in the same time whatever is presented.
func (l *Login) is(user, password string) bool {
	same := func(a, b string) int {
		x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
		return subtle.ConstantTimeCompare(x[:], y[:])
	}
	return same(l.User, user)&same(l.Password, password) == 1
}
