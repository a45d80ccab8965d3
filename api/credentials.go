package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// SecretForm says how a temporary password goes to its user, or which it is.
type SecretForm struct {
	Way      string `json:"way,omitempty" enum:"sms,mail,hand" doc:"By SMS, by mail, or by the hand of who asks, who is shown it once; without it as the policy says, and by hand where the password is chosen"`
	Password string `json:"password,omitempty" maxLength:"1000" writeOnly:"true" doc:"Chosen by who asks, under the rules for the user's own; without it one is drawn"`
}

// SecretAnswer is a temporary password that was issued.
type SecretAnswer struct {
	Written
	Body SecretBody
}

// SecretBody tells the password itself only where it goes by hand.
type SecretBody struct {
	User      User   `json:"user"`
	Way       string `json:"way" enum:"sms,mail,hand"`
	LoginName string `json:"loginName,omitempty" doc:"What the user logs in with"`
	Password  string `json:"password,omitempty" doc:"Told this once; a repetition of the request does not have it"`
	Passcode  string `json:"passcode,omitempty" doc:"For voicemail; told once, too"`
	Detail    string `json:"detail,omitempty" doc:"In a repetition: where the secrets have gone"`
}

func (s *Server) routesCredentials() {
	errors := []int{http.StatusNotFound, http.StatusPreconditionFailed}
	register(s, huma.Operation{
		OperationID: "reset-credential", Method: http.MethodPost, Path: "/v1/users/{id}/credential/reset", Tags: []string{"users"},
		Summary: "A new temporary password, which must be changed; lets a locked user in again", Errors: errors,
	}, s.resetCredential)
	for _, route := range []struct {
		id, method, path, summary string
		command                   userCommand
	}{
		{"unlock-user", http.MethodDelete, "credential/lock", "Let a locked user log in again with the password there is", s.Desk.UnlockLogin},
		{"grant-admin", http.MethodPut, "admin", "Make the user an administrator of the company", s.Desk.GrantAdmin},
		{"revoke-admin", http.MethodDelete, "admin", "Take the administration back", s.Desk.RevokeAdmin},
	} {
		register(s, huma.Operation{
			OperationID: route.id, Method: route.method, Path: "/v1/users/{id}/" + route.path, Tags: []string{"users"},
			Summary: route.summary, Errors: errors,
		}, func(ctx context.Context, in *UserCommand) (*UserAnswer, error) {
			return s.onUser(ctx, in, route.command)
		})
	}
}

func (s *Server) resetCredential(ctx context.Context, in *struct {
	Writing
	ID   string      `path:"id"`
	Body *SecretForm `required:"false"`
},
) (*SecretAnswer, error) {
	match, err := s.matching(ctx, user.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	var form SecretForm
	if in.Body != nil {
		form = *in.Body
	}
	secret, err := s.Desk.IssueCredential(ctx, s.asked(ctx), in.ID, form, match...)
	if err != nil {
		return nil, err
	}
	body := SecretBody{User: ShownUser(user.Fold(secret.Facts), secret.Revision, s.cfg.Journal.Now()), Way: secret.Way, LoginName: secret.LoginName}
	if secret.Way == policy.ByHand {
		kept := body
		kept.Detail = "the secrets were told once; ask for new ones under a new key"
		if exchangeOf(ctx).replay, err = json.Marshal(kept); err != nil { //nolint:gosec // what is kept has no password
			return nil, err
		}
		body.Password, body.Passcode = secret.Password, secret.Passcode
	}
	return &SecretAnswer{Written: written(secret.Done, ""), Body: body}, nil
}
