package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain/user"
)

// PlanForm is what is to be done to a user at a moment.
type PlanForm struct {
	What   string    `json:"what" enum:"activate,suspend,resume,delete"`
	At     time.Time `json:"at" doc:"In the future, ten years ahead at most (RFC 3339)"`
	Reason string    `json:"reason,omitempty" doc:"At most 200 characters"`
}

// CalendarEntry is something that will happen by itself, or lapses.
type CalendarEntry struct {
	At          time.Time `json:"at"`
	Kind        string    `json:"kind" enum:"activate,suspend,resume,delete,link-reminder,link-expiry,temporary-password-expiry,reset-expiry,password-reminder,password-expiry,message-try,step-try"`
	Subject     string    `json:"subject" doc:"The planned action, link, temporary password, reset or message it is about, or the name of the step"`
	Cancellable bool      `json:"cancellable" doc:"It was planned and can be cancelled by its subject"`
	Reason      string    `json:"reason,omitempty"`
	Cause       string    `json:"cause,omitempty" doc:"Why what was planned is held; at the moment shown it is tried again"`
}

// Calendar is everything that will happen to a user, soonest first.
type Calendar struct {
	Items []CalendarEntry `json:"items" nullable:"false"`
}

// PlanAnswer is what was planned.
type PlanAnswer struct {
	Written
	Body CalendarEntry
}

func (s *Server) routesCalendar() {
	const path = "/v1/users/{id}/calendar"
	tags := []string{"users"}
	register(s, huma.Operation{
		OperationID: "plan-action", Method: http.MethodPost, Path: path, Tags: tags, DefaultStatus: http.StatusCreated,
		Summary:     "Plan an activation, suspension, resumption or deletion",
		Description: "It is done by the rights of whoever plans it. A deletion takes the place of what is planned behind it.",
		Errors:      []int{http.StatusNotFound, http.StatusPreconditionFailed},
	}, s.planAction)
	register(s, huma.Operation{
		OperationID: "get-calendar", Method: http.MethodGet, Path: path, Tags: tags,
		Summary: "Everything that will happen to a user by itself, soonest first", Errors: []int{http.StatusNotFound},
	}, s.getCalendar)
	register(s, huma.Operation{
		OperationID: "cancel-action", Method: http.MethodDelete, Path: path + "/{action}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Cancel what was planned", Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
	}, s.cancelAction)
}

func (s *Server) planAction(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id"`
	Body PlanForm
},
) (*PlanAnswer, error) {
	match, err := s.matching(ctx, user.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	cause := s.asked(ctx)
	done, err := s.Desk.Plan(in.Body)(ctx, cause, in.ID, match...)
	if err != nil {
		return nil, err
	}
	planned := user.Entry{At: in.Body.At, Kind: user.EntryKind(in.Body.What), Subject: user.PlanID(in.ID, cause), Cancellable: true, Reason: in.Body.Reason}
	return &PlanAnswer{Written: written(done, "/v1/users/"+in.ID+"/calendar/"+planned.Subject), Body: shownEntry(planned)}, nil
}

func (s *Server) getCalendar(ctx context.Context, in *struct {
	Reading
	ID string `path:"id"`
},
) (*struct{ Body Calendar }, error) {
	_, state, err := s.cfg.Views.GetUser(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	calendar := Calendar{Items: []CalendarEntry{}}
	for _, entry := range state.Calendar(s.cfg.Journal.Now()) {
		calendar.Items = append(calendar.Items, shownEntry(entry))
	}
	return &struct{ Body Calendar }{calendar}, nil
}

func (s *Server) cancelAction(ctx context.Context, in *struct {
	Writing
	ID     string `path:"id"`
	Action string `path:"action"`
},
) (*Written, error) {
	match, err := s.matching(ctx, user.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.Desk.CancelPlan(in.Action)(ctx, s.asked(ctx), in.ID, match...)
	if err != nil {
		return nil, err
	}
	answer := written(done, "")
	return &answer, nil
}

func shownEntry(e user.Entry) CalendarEntry {
	return CalendarEntry{At: e.At.UTC(), Kind: string(e.Kind), Subject: e.Subject, Cancellable: e.Cancellable, Reason: e.Reason, Cause: e.Cause}
}
