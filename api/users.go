package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain/user"
	"dialtone/projections"
)

// UserAnswer is the answer to a command on a user.
type UserAnswer struct {
	Written
	Body User
}

// UserFound is the answer to a question for a user.
type UserFound struct {
	ETag string `header:"ETag" doc:"Revision of the user's own stream"`
	Body User
}

// UserPage is a page of a list of users.
type UserPage struct {
	Items []User `json:"items"`
	Next  string `json:"next" doc:"Cursor of the next page, empty on the last"`
}

func (s *Server) routesUsers() {
	tags := []string{"users"}
	register(s, huma.Operation{
		OperationID: "create-user", Method: http.MethodPost, Path: "/v1/companies/{id}/users", Tags: tags,
		Summary: "Order a user", DefaultStatus: http.StatusCreated, Errors: []int{http.StatusNotFound},
	}, s.createUser)
	register(s, huma.Operation{
		OperationID: "list-users", Method: http.MethodGet, Path: "/v1/users", Tags: tags, Summary: "List users",
	}, s.listUsers)
	register(s, huma.Operation{
		OperationID: "get-user", Method: http.MethodGet, Path: "/v1/users/{id}", Tags: tags,
		Summary: "A user as of now, or as of a moment", Errors: []int{http.StatusNotFound},
	}, s.getUser)
	register(s, huma.Operation{
		OperationID: "change-user", Method: http.MethodPatch, Path: "/v1/users/{id}", Tags: tags,
		Summary: "Change a user (RFC 7396)", Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed}, RequestBody: mergePatch("ChangeForm"),
	}, s.changeUser)
	register(s, huma.Operation{
		OperationID: "delete-user", Method: http.MethodDelete, Path: "/v1/users/{id}", Tags: tags,
		Summary: "Delete a user", Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
	}, s.deleteUser)
}

func (s *Server) createUser(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id" doc:"Of the company"`
	Body UserForm
},
) (*UserAnswer, error) {
	done, err := s.Desk.CreateUser(ctx, s.asked(ctx), in.ID, in.Body)
	return s.userAnswer(ctx, done, "/v1/users/"+done.ID, err)
}

func (s *Server) changeUser(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id"`
	Body ChangeForm
},
) (*UserAnswer, error) {
	match, err := s.matching(ctx, user.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.Desk.ChangeUser(ctx, s.asked(ctx), in.ID, in.Body, match...)
	return s.userAnswer(ctx, done, "", err)
}

func (s *Server) deleteUser(ctx context.Context, in *struct {
	UserCommand
	Licence string `query:"licence" enum:"keep,return" default:"keep" doc:"return: one of the kind that is not bound goes back to the operator with the user"`
},
) (*UserAnswer, error) {
	return s.onUser(ctx, &in.UserCommand, s.Desk.DeleteUserWith(in.Licence == returned))
}

// returned is the word for a licence that goes with its user.
const returned = "return"

func (s *Server) listUsers(ctx context.Context, in *struct {
	Reading
	Paging
	Company string `query:"company"`
	Site    string `query:"site"`
	State   string `query:"state" enum:"pending,activated,failed,suspended,deleted" doc:"Deleted users are listed only when asked for"`
	Query   string `query:"q" maxLength:"200" doc:"Words in name, e-mail, number or extension"`
	Help    string `query:"help" enum:"admin,operator" doc:"Who could not reset the password and waits for the admin or the operator"`
},
) (*struct{ Body UserPage }, error) {
	rows, next, err := s.users(ctx, projections.UserFilter{
		Company: in.Company, Site: in.Site, State: in.State, Query: in.Query, Help: in.Help, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	page, now := UserPage{Items: make([]User, 0, len(rows)), Next: next}, s.cfg.Journal.Now()
	for _, row := range rows {
		page.Items = append(page.Items, listedUser(row, now))
	}
	return &struct{ Body UserPage }{page}, nil
}

func (s *Server) getUser(ctx context.Context, in *struct {
	Reading
	ID string    `path:"id"`
	At time.Time `query:"at" doc:"The user as of this moment (RFC 3339)"`
},
) (*UserFound, error) {
	if !in.At.IsZero() {
		return s.userAt(ctx, in.ID, in.At)
	}
	row, state, err := s.cfg.Views.GetUser(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := ShownUser(state, row.Revision, s.cfg.Journal.Now())
	if body.Stale, err = s.cfg.Views.Stale(ctx, user.Stream(in.ID)); err != nil {
		return nil, err
	}
	body.Profile, err = s.Desk.activeProfile(ctx, state, s.cfg.Journal.Now(), s.cfg.Journal.Load)
	return &UserFound{ETag: entityTag(row.Revision), Body: body}, err
}

// userAt folds what was recorded up to a moment.
func (s *Server) userAt(ctx context.Context, id string, at time.Time) (*UserFound, error) {
	then, err := s.loadAt(ctx, at)
	if err != nil {
		return nil, err
	}
	h, err := then(ctx, user.Stream(id))
	if err != nil {
		return nil, err
	}
	state := user.Fold(h.Facts)
	if state.ID == "" {
		return nil, noUser()
	}
	revision := uint64(max(h.Revision, 0))
	body := ShownUser(state, revision, at)
	body.Profile, err = s.Desk.activeProfile(ctx, state, at, then)
	return &UserFound{ETag: entityTag(revision), Body: body}, err
}

// userAnswer shows a user as a command left it, ahead of the read models.
func (s *Server) userAnswer(ctx context.Context, done Done, location string, err error) (*UserAnswer, error) {
	if err != nil {
		return nil, err
	}
	state, now := user.Fold(done.Facts), s.cfg.Journal.Now()
	body := ShownUser(state, done.Revision, now)
	body.Profile, err = s.Desk.activeProfile(ctx, state, now, s.cfg.Journal.Load)
	return &UserAnswer{Written: written(done, location), Body: body}, err
}

// mergePatch takes a patch under its own media type and as plain JSON.
func mergePatch(form string) *huma.RequestBody {
	ref := &huma.Schema{Ref: "#/components/schemas/" + form}
	return &huma.RequestBody{Content: map[string]*huma.MediaType{"application/merge-patch+json": {Schema: ref}}}
}
