package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/callprofile"
	"dialtone/eventstore"
)

// ProfilesAnswer is how a user takes calls, as it is after a command.
type ProfilesAnswer struct {
	Written
	Body Profiles
}

// ProfileCommand is a command on a call profile that needs nothing but its name.
type ProfileCommand struct {
	Writing
	ID      string `path:"id"`
	Profile string `path:"profile" doc:"Id or number of the profile"`
}

// PlanCommand is a command on the plan of a profile.
type PlanCommand struct {
	Writing
	ID   string `path:"id"`
	Plan string `path:"plan"`
}

// RuleCommand is a command on a call rule.
type RuleCommand struct {
	Writing
	ID   string `path:"id"`
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
	register(s, op("add-profile", http.MethodPost, "profiles", "Make another call profile"), s.addProfile)
	register(s, op("keep-profile", http.MethodPut, "profiles/{profile}", "Make a call profile under an id, or change one"), s.keepProfile)
	register(s, op("remove-profile", http.MethodDelete, "profiles/{profile}", "Remove a call profile"), s.removeProfile)
	register(s, op("activate-profile", http.MethodPut, "profile", "Choose the profile that calls are taken by"), s.activateProfile)
	register(s, op("resume-profile", http.MethodDelete, "profile", "Leave it to plans and timetable"), s.resumeProfile)
	register(s, op("plan-profile", http.MethodPost, "plans", "Plan a profile for a time to come"), s.planProfile)
	register(s, op("drop-plan", http.MethodDelete, "plans/{plan}", "Take a plan back, or end it"), s.dropPlan)
	register(s, op("set-timetable", http.MethodPut, "timetable", "Say which profiles the hours of a week bring"), s.setTimetable)
	register(s, op("set-switches", http.MethodPut, "switches", "Do not disturb, forwards, further phones"), s.setSwitches)
	register(s, op("add-rule", http.MethodPost, "rules", "Make a call rule"), s.addRule)
	register(s, op("set-rule", http.MethodPut, "rules/{rule}", "Make a call rule under an id, or change one"), s.setRule)
	register(s, op("remove-rule", http.MethodDelete, "rules/{rule}", "Remove a call rule"), s.removeRule)
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

// profileCommand is a command of the desk on a user's profiles.
type profileCommand func(context.Context, domain.Cause, ...eventstore.Option) (Done, error)

// onProfiles executes a command and shows how the user takes calls then.
func (s *Server) onProfiles(ctx context.Context, id string, head Writing, status string, command profileCommand) (*ProfilesAnswer, error) {
	match, err := s.matching(ctx, callprofile.Stream(id), head.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := command(ctx, s.asked(ctx), match...)
	if err != nil {
		return nil, err
	}
	of, err := s.Desk.profilesOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return &ProfilesAnswer{Written: written(done, status), Body: s.shownProfiles(of)}, nil
}

func (s *Server) addProfile(ctx context.Context, in *struct {
	UserCommand
	Body ProfileForm
},
) (*ProfilesAnswer, error) {
	profile := domain.DeriveID("profile", s.asked(ctx).Command)
	return s.onProfiles(ctx, in.ID, in.Writing, "/v1/users/"+in.ID+"/profiles/"+profile, func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.KeepProfile(ctx, cause, in.ID, domain.DeriveID("profile", cause.Command), in.Body, match...)
	})
}

func (s *Server) keepProfile(ctx context.Context, in *struct {
	ProfileCommand
	Body ProfileForm
},
) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.KeepProfile(ctx, cause, in.ID, in.Profile, in.Body, match...)
	})
}

func (s *Server) removeProfile(ctx context.Context, in *ProfileCommand) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.RemoveProfile(ctx, cause, in.ID, in.Profile, match...)
	})
}

func (s *Server) activateProfile(ctx context.Context, in *struct {
	UserCommand
	Body ActivationForm
},
) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.ActivateProfile(ctx, cause, in.ID, in.Body, match...)
	})
}

func (s *Server) resumeProfile(ctx context.Context, in *UserCommand) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.onProfiles(ctx, cause, in.ID, callprofile.Resume{}.Decide, match...)
	})
}
