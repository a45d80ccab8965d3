package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
	"dialtone/domain/user"
)

var errUnauthenticated = domain.Faultf(domain.Denied, codeUnauthenticated, "say who you are: a bearer token or a session is needed")

// caller is who asks, with what is known of a user or admin who does.
type caller struct {
	domain.Actor
	visitor Visitor
	demand  user.Demand // what a user or admin has to do first
	session sessionData
}

// authenticate lets through who proves to be somebody and may do this.
func (s *Server) authenticate(c *gin.Context) {
	who, _, err := s.caller(c.Request)
	if err == nil && who.demand != user.DemandNothing {
		err = domain.Faultf(domain.Denied, "login-unfinished", "sign in at the pages first: something is asked of you there (%s)", who.demand)
	}
	if err != nil {
		s.refuse(c, err)
		return
	}
	who.known(c).program = true
	if err := s.allowed(c); err != nil {
		s.refuse(c, err)
	}
}

// known notes who asks.
func (who caller) known(c *gin.Context) *exchange {
	x := exchangeOf(c.Request.Context())
	x.actor, x.company = who.Actor, who.visitor.Company.ID
	return x
}

// caller finds who asks: by bearer token, or by session. A token that is wrong
// is not made good by a session. Nobody is the fault unauthenticated; over tells
// whether there is a session that no longer counts.
func (s *Server) caller(r *http.Request) (who caller, over bool, err error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if strings.EqualFold(scheme, "Bearer") && s.tokenIs(strings.TrimSpace(token)) {
			return caller{Actor: tokensOwner}, false, nil
		}
		return caller{}, false, errUnauthenticated
	}
	session, ok := s.sessions.Find(r)
	who = caller{Actor: session.Actor, session: session}
	switch {
	case !ok:
		return caller{}, false, errUnauthenticated
	case session.Actor.Kind == domain.ActorOperator, session.Actor.Kind == domain.ActorSupport:
		return who, false, nil
	}
	valid, err := s.recognise(r.Context(), &who)
	if err == nil && !valid {
		return caller{}, true, errUnauthenticated
	}
	return who, false, err
}

// recognise looks up a user or admin and tells whether the session still counts:
// it began after the last change of the password, and an admin still is one.
func (s *Server) recognise(ctx context.Context, who *caller) (bool, error) {
	state, firm, err := s.Desk.subject(ctx, who.ID)
	if err != nil {
		if domain.KindOf(err) == domain.Missing {
			err = nil
		}
		return false, err
	}
	who.visitor, who.demand = Visitor{User: state, Company: firm}, state.Demands(firm, s.cfg.Journal.Now())
	c := state.Credential
	return state.Exists() && !state.Suspended && !c.Locked && !who.session.Started.Before(c.Since) &&
		(who.Kind == domain.ActorUser || who.Kind == domain.ActorAdmin && c.Admin), nil
}

// tokensOwner is who has the operator's token.
var tokensOwner = domain.Actor{Kind: domain.ActorOperator, ID: "token"}

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
