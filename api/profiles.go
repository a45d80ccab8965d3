package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/callprofile"
)

// ProfilesAnswer is how a user takes calls, as it is after a command.
type ProfilesAnswer struct {
	Written
	Body Profiles
}

// callsCommand is a command on how a user takes calls.
type callsCommand interface {
	about() (user string, head Writing)
}

func (in *UserCommand) about() (user string, head Writing) { return in.ID, in.Writing }

// ProfileCommand is a command on a call profile.
type ProfileCommand struct {
	UserCommand
	Profile string `path:"profile" doc:"Id or number of the profile"`
}

// PlanCommand is a command on the plan of a profile.
type PlanCommand struct {
	UserCommand
	Plan string `path:"plan"`
}

// RuleCommand is a command on a call rule.
type RuleCommand struct {
	UserCommand
	Rule string `path:"rule"`
}

func (s *Server) routesProfiles() {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/v1/users/{id}/" + path, Tags: []string{"profiles"}, Summary: summary,
			Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
		}
	}
	get := op("get-profiles", http.MethodGet, "profiles", "How a user takes calls: profiles, plans, timetable, switches and rules")
	get.Errors = []int{http.StatusNotFound}
	register(s, get, s.getProfiles)
	one := op("get-profile", http.MethodGet, "profiles/{profile}", "A call profile")
	one.Errors = []int{http.StatusNotFound}
	register(s, one, s.getProfile)
	s.routesProfileCommands(op)
	s.routesProfileRules(op)
}

// getProfiles reads the stream of the user's profiles: it is never late.
func (s *Server) getProfiles(ctx context.Context, in *struct {
	Reading
	ID string `path:"id"`
},
) (*struct {
	ETag string `header:"ETag" doc:"Revision of the profiles' own stream"`
	Body Profiles
}, error,
) {
	of, err := s.Desk.profilesOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct {
		ETag string `header:"ETag" doc:"Revision of the profiles' own stream"`
		Body Profiles
	}{entityTag(of.revision), s.shownProfiles(of)}, nil
}

func (s *Server) getProfile(ctx context.Context, in *struct {
	Reading
	ID      string `path:"id"`
	Profile string `path:"profile"`
},
) (*struct {
	ETag string `header:"ETag" doc:"Revision of the profiles' own stream"`
	Body CallProfile
}, error,
) {
	of, err := s.Desk.profilesOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	profile, there := of.state.Named(in.Profile)
	if !there {
		return nil, domain.Faultf(domain.Missing, "no-profile", "the user has no profile %q", in.Profile)
	}
	return &struct {
		ETag string `header:"ETag" doc:"Revision of the profiles' own stream"`
		Body CallProfile
	}{entityTag(of.revision), shownProfile(profile, s.texts.Voice(of.user.Language))}, nil
}

func (s *Server) shownProfiles(of profiled) Profiles {
	return shownProfiles(of.state, s.texts.Voice(of.user.Language), s.cfg.Journal.Now(), of.zone)
}

// takesCalls registers a command on how a user takes calls, which is answered with
// how the user takes them then. Made gives the path, behind the user's, of what the
// command makes; nil where it makes nothing.
func takesCalls[I any, P interface {
	*I
	callsCommand
}](s *Server, op huma.Operation, made func(domain.Cause) string, decide func(domain.Cause, *I) domain.Decide,
) {
	register(s, op, func(ctx context.Context, in *I) (*ProfilesAnswer, error) {
		id, head := P(in).about()
		match, err := s.matching(ctx, callprofile.Stream(id), head.IfMatch)
		if err != nil {
			return nil, err
		}
		cause := s.asked(ctx)
		done, err := s.Desk.TakeCalls(ctx, cause, id, decide(cause, in), match...)
		if err != nil {
			return nil, err
		}
		of, err := s.Desk.profilesOf(ctx, id)
		if err != nil {
			return nil, err
		}
		location := ""
		if made != nil {
			location = "/v1/users/" + id + made(cause)
		}
		return &ProfilesAnswer{Written: written(done, location), Body: s.shownProfiles(of)}, nil
	})
}
