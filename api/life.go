package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// UserCommand is a command on a user that needs nothing but its name.
type UserCommand struct {
	Writing
	ID string `path:"id"`
}

// LoginAnswer is a new login of a desk phone, told once.
type LoginAnswer struct {
	Written
	Body LoginBody
}

// LoginBody is what a desk phone is set up with.
type LoginBody struct {
	Username  string `json:"username,omitempty"`
	Password  string `json:"password,omitempty" doc:"Told this once; a repetition of the request does not have it"`
	Domain    string `json:"domain,omitempty"`
	Transport string `json:"transport,omitempty"`
	Detail    string `json:"detail,omitempty" doc:"In a repetition: where the secrets have gone"`
}

func (s *Server) routesLife() {
	for _, route := range []struct {
		id, method, path, summary string
		status                    int
		command                   userCommand
	}{
		{"start-activation", http.MethodPost, "activation", "Start the activation, or go on from the step that failed", http.StatusAccepted, s.Desk.StartActivation},
		{"renew-link", http.MethodPost, "activation/link", "Renew the activation link", http.StatusOK, s.Desk.RenewLink},
		{"suspend-user", http.MethodPost, "suspension", "Leave the user nothing but emergency calls", http.StatusOK, s.Desk.Suspend},
		{"resume-user", http.MethodDelete, "suspension", "End the suspension", http.StatusOK, s.Desk.Resume},
	} {
		register(s, huma.Operation{
			OperationID: route.id, Method: route.method, Path: "/v1/users/{id}/" + route.path, Tags: []string{"users"},
			Summary: route.summary, DefaultStatus: route.status, Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
		}, func(ctx context.Context, in *UserCommand) (*UserAnswer, error) {
			return s.onUser(ctx, in, route.command)
		})
	}
	s.routesResend()
	register(s, huma.Operation{
		OperationID: "issue-device-login", Method: http.MethodPost, Path: "/v1/users/{id}/device/credentials", Tags: []string{"users"},
		Summary: "A new login for the desk phone, told once", Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
	}, s.issueDeviceLogin)
}

type userCommand func(context.Context, domain.Cause, string, ...eventstore.Option) (Done, error)

// onUser executes a command and shows what became of the user.
func (s *Server) onUser(ctx context.Context, in *UserCommand, command userCommand) (*UserAnswer, error) {
	match, err := s.matching(ctx, user.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := command(ctx, s.asked(ctx), in.ID, match...)
	return s.userAnswer(ctx, done, "", err)
}

func (s *Server) issueDeviceLogin(ctx context.Context, in *UserCommand) (*LoginAnswer, error) {
	match, err := s.matching(ctx, user.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	login, err := s.Desk.IssueDeviceLogin(ctx, s.asked(ctx), in.ID, match...)
	if err != nil {
		return nil, err
	}
	replay, err := json.Marshal(LoginBody{Username: login.Username, Detail: "the password was shown once; ask for a new login under a new key"}) //nolint:gosec // what is kept has no password
	if err != nil {
		return nil, err
	}
	exchangeOf(ctx).replay = replay
	return &LoginAnswer{Written: written(login.Done, ""), Body: LoginBody{
		Username: login.Username, Password: login.Password, Domain: login.Domain, Transport: login.Transport,
	}}, nil
}
