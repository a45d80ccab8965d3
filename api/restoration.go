package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/user"
)

// RestoreForm says how a deleted user is to come back.
type RestoreForm struct {
	Partial bool `json:"partial,omitempty" doc:"Without what is somebody else's by now; otherwise nothing is done where there is any of that"`
}

// Former is something that a deleted user had.
type Former struct {
	What   string `json:"what" enum:"number,extension,licence,email,username,device,sim,group"`
	ID     string `json:"id,omitempty" doc:"Of a SIM card or a group"`
	Value  string `json:"value,omitempty"`
	Code   string `json:"code,omitempty" doc:"Why it does not come back" example:"number-taken"`
	Detail string `json:"detail,omitempty"`
}

// Comeback is what a restoration would do now.
type Comeback struct {
	Restored  []Former      `json:"restored"`
	Conflicts []Former      `json:"conflicts"`
	Refused   *FieldProblem `json:"refused,omitempty" doc:"Why the user cannot come back at all"`
}

// Restoration is a user who is back, with what came back and what did not. Groups
// and SIM cards follow a moment later.
type Restoration struct {
	User
	Restored  []Former `json:"restored"`
	Conflicts []Former `json:"conflicts"`
}

// RestorationAnswer is the answer to a restoration.
type RestorationAnswer struct {
	Written
	Body Restoration
}

func (s *Server) routesRestoration() {
	const path = "/v1/users/{id}/restoration"
	tags := []string{"users"}
	register(s, huma.Operation{
		OperationID: "restore-user", Method: http.MethodPost, Path: path, Tags: tags,
		Summary: "Bring a deleted user back",
		Description: "What was the user's alone is taken again. What is somebody else's by now is named, all of it at once: " +
			"without partial nothing is done then, with it the user comes back without that.",
		Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
	}, s.restoreUser)
	register(s, huma.Operation{
		OperationID: "review-restoration", Method: http.MethodGet, Path: path, Tags: tags,
		Summary: "What the restoration of a deleted user would do; nothing is written", Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		Reading
		ID string `path:"id"`
	},
	) (*struct{ Body Comeback }, error) {
		comeback, err := s.Desk.Comeback(ctx, s.asked(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &struct{ Body Comeback }{comeback}, nil
	})
}

func (s *Server) restoreUser(ctx context.Context, in *struct {
	UserCommand
	Body *RestoreForm `required:"false"`
},
) (*RestorationAnswer, error) {
	form := RestoreForm{}
	if in.Body != nil {
		form = *in.Body
	}
	match, err := s.matching(ctx, user.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.Desk.RestoreUserWith(form)(ctx, s.asked(ctx), in.ID, match...)
	if err != nil {
		return nil, err
	}
	shown, err := s.userAnswer(ctx, done, "", nil)
	if err != nil {
		return nil, err
	}
	answer := RestorationAnswer{Written: shown.Written, Body: Restoration{User: shown.Body, Restored: []Former{}, Conflicts: []Former{}}}
	answer.Body.Restored, answer.Body.Conflicts = restoredBy(done.Facts)
	return &answer, nil
}

// restoredBy tells what came back with the last restoration, and what did not.
func restoredBy(history []domain.Fact) (restored, conflicts []Former) {
	restored, conflicts = []Former{}, []Former{}
	var state user.State
	for _, fact := range history {
		before := state
		state = user.Evolve(state, fact)
		if back, is := fact.Event.(user.Restored); is {
			restored, conflicts = cameBack(back, state), []Former{}
			for _, m := range back.Missed {
				conflicts = append(conflicts, Former{What: m.What, ID: m.ID, Value: valueOf(m.What, before), Code: m.Why})
			}
		}
	}
	return restored, conflicts
}

// cameBack lists what a user has with a restoration.
func cameBack(back user.Restored, state user.State) []Former {
	list := []Former{}
	for _, one := range []struct{ what, claim string }{
		{user.MissedNumber, back.Claims.Number},
		{user.MissedExtension, back.Claims.Extension},
		{user.MissedLicence, back.Claims.Seat},
		{user.MissedEmail, back.Claims.Email},
		{user.MissedUsername, back.Claims.Username},
		{user.MissedDevice, back.Claims.Device},
	} {
		if one.claim != "" {
			list = append(list, Former{What: one.what, Value: valueOf(one.what, state)})
		}
	}
	for _, id := range state.Regains {
		list = append(list, Former{What: user.MissedSIM, ID: id})
	}
	for _, id := range state.Rejoins {
		list = append(list, Former{What: user.MissedGroup, ID: id})
	}
	return list
}

func valueOf(what string, s user.State) string {
	return map[string]string{
		user.MissedNumber: string(s.Number), user.MissedExtension: s.Extension, user.MissedLicence: s.Licence,
		user.MissedEmail: s.Person.Email, user.MissedUsername: s.Credential.Username, user.MissedDevice: s.Device,
	}[what]
}
