package api

import (
	"context"
	"net/http"

	"dialtone/domain"
)

// StartSession begins a session as the login page does.
func (s *Server) StartSession(ctx context.Context, w http.ResponseWriter, actor domain.Actor) error {
	return s.sessions.Start(ctx, w, actor)
}

// EndSession ends a session as the log-out button does.
func (s *Server) EndSession(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	return s.sessions.End(ctx, w, r)
}

// What tests look at one by one.
var (
	Summary  = summary
	Phone    = phone
	MAC      = mac
	Harmless = harmless
)

// Revisions, PositionText and ParsePosition read and write headers; StatusOf is
// the table of statuses.
var (
	Revisions     = revisions
	PositionText  = positionText
	ParsePosition = parsePosition
	StatusOf      = statusOf
)

// Routes lists "METHOD /path" of everything the server answers.
func (s *Server) Routes() []string {
	var routes []string
	for _, route := range s.engine.Routes() {
		routes = append(routes, route.Method+" "+route.Path)
	}
	return routes
}
