package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/group"
	"dialtone/eventstore"
	"dialtone/projections"
)

// GroupAnswer is the answer to a command on a group.
type GroupAnswer struct {
	Written
	Body Group
}

// GroupPage is a page of a list of groups.
type GroupPage struct {
	Items []Group `json:"items"`
	Next  string  `json:"next" doc:"Cursor of the next page, empty on the last"`
}

// GroupCommand is a command on a group that needs nothing but its name.
type GroupCommand struct {
	Writing
	ID string `path:"id"`
}

// MemberCommand is a command on a member of a group.
type MemberCommand struct {
	Writing
	ID   string `path:"id"`
	User string `path:"user"`
}

func (s *Server) routesGroups() {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/v1/groups" + path, Tags: []string{"groups"}, Summary: summary,
			Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
		}
	}
	create := op("create-group", http.MethodPost, "", "Make a group")
	create.DefaultStatus, create.Errors = http.StatusCreated, []int{http.StatusNotFound}
	register(s, create, s.createGroup)
	register(s, huma.Operation{OperationID: "list-groups", Method: http.MethodGet, Path: "/v1/groups", Tags: []string{"groups"}, Summary: "List groups"}, s.listGroups)
	register(s, huma.Operation{
		OperationID: "get-group", Method: http.MethodGet, Path: "/v1/groups/{id}", Tags: []string{"groups"},
		Summary: "A group with its members, and which of them cannot ring", Errors: []int{http.StatusNotFound},
	}, s.getGroup)
	change := op("change-group", http.MethodPatch, "/{id}", "Change a group (RFC 7396)")
	change.RequestBody = mergePatch("GroupChangeForm")
	register(s, change, s.changeGroup)
	register(s, op("delete-group", http.MethodDelete, "/{id}", "Delete a group"), s.deleteGroup)
	register(s, op("put-member", http.MethodPut, "/{id}/members/{user}", "Make a user a member, or move a member"), s.putMember)
	register(s, op("remove-member", http.MethodDelete, "/{id}/members/{user}", "End a membership"), s.removeMember)
	register(s, op("log-member-in", http.MethodPut, "/{id}/members/{user}/login", "Let the group's calls come to a member"), s.logMember(true))
	register(s, op("log-member-out", http.MethodDelete, "/{id}/members/{user}/login", "Let the group's calls pass a member by"), s.logMember(false))
}

func (s *Server) createGroup(ctx context.Context, in *struct {
	Writing
	Body GroupForm
},
) (*GroupAnswer, error) {
	if own := exchangeOf(ctx).company; own != "" {
		if in.Body.Company != "" && in.Body.Company != own {
			return nil, noCompany()
		}
		in.Body.Company = own
	}
	done, err := s.Desk.CreateGroup(ctx, s.asked(ctx), in.Body)
	return s.groupAnswer(ctx, done, "/v1/groups/"+done.ID, err)
}

func (s *Server) listGroups(ctx context.Context, in *struct {
	Reading
	Paging
	Company string `query:"company"`
	Kind    string `query:"kind" enum:"hunt,pickup,park,queue"`
},
) (*struct{ Body GroupPage }, error) {
	rows, next, err := s.cfg.Views.Groups(ctx, projections.GroupFilter{Company: in.Company, Kind: in.Kind, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := GroupPage{Items: make([]Group, 0, len(rows)), Next: next}
	for _, row := range rows {
		page.Items = append(page.Items, listedGroup(row))
	}
	return &struct{ Body GroupPage }{page}, nil
}

func (s *Server) getGroup(ctx context.Context, in *struct {
	Reading
	ID string `path:"id"`
},
) (*struct {
	ETag string `header:"ETag" doc:"Revision of the group's own stream"`
	Body Group
}, error,
) {
	row, _, err := s.cfg.Views.GetGroup(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	members, err := s.cfg.Views.GroupMembers(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := shownGroup(row, members)
	if body.Stale, err = s.cfg.Views.Stale(ctx, group.Stream(in.ID)); err != nil {
		return nil, err
	}
	return &struct {
		ETag string `header:"ETag" doc:"Revision of the group's own stream"`
		Body Group
	}{entityTag(row.Revision), body}, nil
}

func (s *Server) changeGroup(ctx context.Context, in *struct {
	GroupCommand
	Body GroupChangeForm
},
) (*GroupAnswer, error) {
	return s.onGroup(ctx, &in.GroupCommand, func(ctx context.Context, cause domain.Cause, match []eventstore.Option) (Done, error) {
		return s.Desk.ChangeGroup(ctx, cause, in.ID, in.Body, match...)
	})
}

func (s *Server) deleteGroup(ctx context.Context, in *GroupCommand) (*GroupAnswer, error) {
	return s.onGroup(ctx, in, func(ctx context.Context, cause domain.Cause, match []eventstore.Option) (Done, error) {
		return s.Desk.DeleteGroup(ctx, cause, in.ID, match...)
	})
}

func (s *Server) putMember(ctx context.Context, in *struct {
	MemberCommand
	Body *MemberForm
},
) (*GroupAnswer, error) {
	var form MemberForm
	if in.Body != nil {
		form = *in.Body
	}
	return s.onMember(ctx, &in.MemberCommand, func(ctx context.Context, cause domain.Cause, match []eventstore.Option) (Done, error) {
		return s.Desk.PutMember(ctx, cause, in.ID, in.User, form, match...)
	})
}

func (s *Server) removeMember(ctx context.Context, in *MemberCommand) (*GroupAnswer, error) {
	return s.onMember(ctx, in, func(ctx context.Context, cause domain.Cause, match []eventstore.Option) (Done, error) {
		return s.Desk.RemoveMember(ctx, cause, in.ID, in.User, match...)
	})
}

func (s *Server) logMember(logsIn bool) func(context.Context, *MemberCommand) (*GroupAnswer, error) {
	return func(ctx context.Context, in *MemberCommand) (*GroupAnswer, error) {
		return s.onMember(ctx, in, func(ctx context.Context, cause domain.Cause, match []eventstore.Option) (Done, error) {
			return s.Desk.LogMember(ctx, cause, in.ID, in.User, logsIn, match...)
		})
	}
}

type groupCommand func(context.Context, domain.Cause, []eventstore.Option) (Done, error)

func (s *Server) onMember(ctx context.Context, in *MemberCommand, command groupCommand) (*GroupAnswer, error) {
	return s.onGroup(ctx, &GroupCommand{Writing: in.Writing, ID: in.ID}, command)
}

// onGroup executes a command and shows what became of the group.
func (s *Server) onGroup(ctx context.Context, in *GroupCommand, command groupCommand) (*GroupAnswer, error) {
	match, err := s.matching(ctx, group.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := command(ctx, s.asked(ctx), match)
	return s.groupAnswer(ctx, done, "", err)
}

// groupAnswer shows a group as a command left it, ahead of the read models.
func (s *Server) groupAnswer(ctx context.Context, done Done, location string, err error) (*GroupAnswer, error) {
	if err != nil {
		return nil, err
	}
	state := group.Fold(done.Facts)
	row := projections.GroupRow{
		ID: state.ID, Company: state.Company, Kind: string(state.Kind), Name: state.Name, Site: state.Site, Extension: state.Extension,
		Strategy: state.Strategy, Members: len(state.Members), Gone: state.Gone, Revision: done.Revision,
	}
	rows := make([]projections.MemberRow, 0, len(state.Members))
	for i, m := range state.Members {
		rows = append(rows, projections.MemberRow{Group: state.ID, User: m.User, Place: i + 1, LoggedOut: m.LoggedOut, Since: m.Since})
	}
	if x := exchangeOf(ctx); x.actor.Kind == domain.ActorUser { // members are told of themselves
		rows = slices.DeleteFunc(rows, func(m projections.MemberRow) bool { return m.User != x.actor.ID })
	}
	members, err := s.cfg.Views.WithPeople(ctx, rows)
	if err != nil {
		return nil, err
	}
	return &GroupAnswer{Written: written(done, location), Body: shownGroup(row, members)}, nil
}
