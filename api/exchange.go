package api

import (
	"context"
	"net/http"

	"dialtone/domain"
)

// exchange is what is known of one request on its way through the server.
type exchange struct {
	trace   string       // the id a caller can tell us, also in the log line
	route   string       // the pattern that matched, never the path with its tokens
	actor   domain.Actor // who asks, once that is proven
	company string       // what an admin or user is bound to, "" for nothing
	program bool         // the JSON API is asked, not a page
	command string       // id of the command, "" for a fresh one
	replay  []byte       // what a repetition is told in the place of secrets, nil: the same
}

type exchangeKey struct{}

func withExchange(r *http.Request, x *exchange) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
}

// exchangeOf gives the request's exchange, an empty one outside a request.
func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

// traceOf gives the id of a request.
func traceOf(ctx context.Context) string { return exchangeOf(ctx).trace }

// cause gives the cause of a command that an actor asks for through a channel.
// The same key makes the same command; "" makes a fresh one.
func (s *Server) cause(actor domain.Actor, channel, key string) domain.Cause {
	command := s.cfg.NewID()
	if key != "" {
		command = domain.DeriveID("request", actor.Kind, actor.ID, channel, key)
	}
	return domain.Cause{Command: command, Actor: actor, Channel: channel, At: s.cfg.Journal.Now()}
}

// asked gives the cause of the command a program asks for.
func (s *Server) asked(ctx context.Context) domain.Cause {
	x := exchangeOf(ctx)
	cause := s.cause(x.actor, domain.ChannelAPI, "")
	if x.command != "" {
		cause.Command = x.command
	}
	return cause
}
