package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// ResendForm says by which channel a message goes out again.
type ResendForm struct {
	Channel string `json:"channel" enum:"mail,sms" doc:"mail, or sms to the user's mobile"`
}

func (s *Server) routesResend() {
	register(s, huma.Operation{
		OperationID: "resend-link", Method: http.MethodPost, Path: "/v1/users/{id}/activation/messages", Tags: []string{"users"},
		Summary: "Send the current activation link again", DefaultStatus: http.StatusAccepted,
		Description: "The link stays the same. Each channel rests for a minute after a message.",
		Errors:      []int{http.StatusNotFound, http.StatusPreconditionFailed, http.StatusTooManyRequests},
	}, s.resendLink)
}

func (s *Server) resendLink(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id"`
	Body ResendForm
},
) (*UserAnswer, error) {
	match, err := s.matching(ctx, user.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.Desk.ResendLink(in.Body.Channel)(ctx, s.asked(ctx), in.ID, match...)
	return s.userAnswer(ctx, done, "", err)
}

// ResendLink gives the command that sends a user's activation link again by a
// channel, without making a new one.
func (d *Desk) ResendLink(channel string) func(context.Context, domain.Cause, string, ...eventstore.Option) (Done, error) {
	return func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
		result, err := d.journal.Execute(ctx, user.Stream(id), cause, user.ResendLink{Cause: cause, Channel: channel}.Decide, options...)
		return done(id, result), err
	}
}

// resend is the form of the user's page.
func (f *front) resend(c *gin.Context) {
	values, cause, err := f.commanded(c, "channel")
	if err != nil {
		f.fail(c, err)
		return
	}
	f.carryOut(c, "resend", cause, f.Desk.ResendLink(values.Get("channel")))
}
