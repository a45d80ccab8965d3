package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Ending is what the deletion of a user would do now; nothing is held, and
// somebody else may be faster.
type Ending struct {
	Goes         []Going         `json:"goes"`
	Licence      *EndingLicence  `json:"licence,omitempty" doc:"Missing where the user has none"`
	Groups       []EndingGroup   `json:"groups" doc:"That the user is taken out of"`
	Planned      []CalendarEntry `json:"planned" doc:"That will not be done"`
	RestoreUntil *time.Time      `json:"restoreUntil,omitempty" doc:"Until when the user can be brought back; missing where there is no end"`
	EraseAt      *time.Time      `json:"eraseAt,omitempty" doc:"When what is personal is erased for good; missing where it is kept"`
	Refused      *FieldProblem   `json:"refused,omitempty" doc:"Why whoever asks may not delete the user"`
}

// Going is something that a deleted user has no more.
type Going struct {
	What  string     `json:"what" enum:"number,extension,device,sim,email,username"`
	Value string     `json:"value,omitempty" example:"+4930123451" doc:"Of a SIM card its id"`
	To    string     `json:"to" enum:"company,anyone,vendor" doc:"company: it is kept there; anyone: it is free; vendor: it was not sent yet and is cancelled"`
	Until *time.Time `json:"until,omitempty" doc:"Of a number: until when it rests before another user can have it"`
}

// EndingLicence is what becomes of the licence of a user who is deleted (rule 2.22).
type EndingLicence struct {
	Kind       string      `json:"kind"`
	BoundUntil *time.Time  `json:"boundUntil,omitempty" doc:"Of the one that the user has"`
	Asked      bool        `json:"asked" doc:"One of the kind can go back to the operator (licence=return); else it stays with the company"`
	Why        string      `json:"why,omitempty" enum:"licence-bound,licence-returning,no-licence" doc:"Why none can go back"`
	Swaps      *EndingUser `json:"swaps,omitempty" doc:"Who gets the user's bound licence, so that the other one can go back"`
}

// EndingUser names another user.
type EndingUser struct {
	ID        string `json:"id"`
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
}

// EndingGroup is a group that a deleted user leaves.
type EndingGroup struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Told int    `json:"told" doc:"How many members stay; those with an e-mail address are told"`
}

func (s *Server) routesDeletion() {
	register(s, huma.Operation{
		OperationID: "review-deletion", Method: http.MethodGet, Path: "/v1/users/{id}/deletion", Tags: []string{"users"},
		Summary: "What the deletion of a user would do; nothing is written", Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		Reading
		ID string `path:"id"`
	},
	) (*struct{ Body Ending }, error) {
		ending, err := s.Desk.Ending(ctx, s.asked(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &struct{ Body Ending }{ending}, nil
	})
}
