package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
)

var errUnauthenticated = domain.Faultf(domain.Denied, codeUnauthenticated, "say who you are: a bearer token or a session is needed")

// authenticate lets through who proves to be somebody.
func (s *Server) authenticate(c *gin.Context) {
	actor, ok := s.actor(c.Request)
	if !ok {
		s.refuse(c, errUnauthenticated)
		return
	}
	exchangeOf(c.Request.Context()).actor = actor
}

// actor finds who asks: by bearer token, or by session. A token that is wrong
// is not made good by a session.
func (s *Server) actor(r *http.Request) (domain.Actor, bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		known := strings.EqualFold(scheme, "Bearer") && s.tokenIs(strings.TrimSpace(token))
		return domain.Actor{Kind: domain.ActorOperator, ID: "token"}, known
	}
	session, ok := s.sessions.Find(r)
	return session.Actor, ok && session.Actor.Kind == domain.ActorOperator
}

// tokenIs compares with the operator's token in constant time.
func (s *Server) tokenIs(token string) bool {
	given, right := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.cfg.OperatorToken))
	return subtle.ConstantTimeCompare(given[:], right[:]) == 1 && s.cfg.OperatorToken != ""
}

// refuse ends a request with a problem.
func (s *Server) refuse(c *gin.Context, err error) {
	s.problem(c.Request.Context(), err).write(c.Writer)
	c.Abort()
}
