package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/callprofile"
)

// operation describes a route below a user's.
type operation func(id, method, path, summary string) huma.Operation

// routesProfileCommands registers what changes the profiles, and which one is active.
func (s *Server) routesProfileCommands(op operation) {
	takesCalls(s, op("add-profile", http.MethodPost, "profiles", "Make another call profile"), func(cause domain.Cause) string { return "/profiles/" + profileOf(cause) },
		func(cause domain.Cause, in *struct {
			UserCommand
			Body ProfileForm
		},
		) domain.Decide {
			return keepProfile(profileOf(cause), in.Body)
		})
	takesCalls(s, op("keep-profile", http.MethodPut, "profiles/{profile}", "Make a call profile under an id, or change one"), nil,
		func(_ domain.Cause, in *struct {
			ProfileCommand
			Body ProfileForm
		},
		) domain.Decide {
			return keepProfile(in.Profile, in.Body)
		})
	takesCalls(s, op("remove-profile", http.MethodDelete, "profiles/{profile}", "Remove a call profile"), nil,
		func(cause domain.Cause, in *ProfileCommand) domain.Decide { return removeProfile(in.Profile, cause.At) })
	takesCalls(s, op("activate-profile", http.MethodPut, "profile", "Choose the profile that calls are taken by"), nil,
		func(cause domain.Cause, in *struct {
			UserCommand
			Body ActivationForm
		},
		) domain.Decide {
			return activateProfile(in.Body, cause.At)
		})
	takesCalls(s, op("resume-profile", http.MethodDelete, "profile", "Leave it to plans and timetable"), nil,
		func(domain.Cause, *UserCommand) domain.Decide { return callprofile.Resume{}.Decide })
	takesCalls(s, op("plan-profile", http.MethodPost, "plans", "Plan a profile for a time to come"), nil,
		func(cause domain.Cause, in *struct {
			UserCommand
			Body ProfilePlanForm
		},
		) domain.Decide {
			return planProfile(domain.DeriveID("plan", cause.Command), in.Body, cause.At)
		})
	takesCalls(s, op("drop-plan", http.MethodDelete, "plans/{plan}", "Take a plan back, or end it"), nil,
		func(_ domain.Cause, in *PlanCommand) domain.Decide { return callprofile.DropPlan{ID: in.Plan}.Decide })
}

// routesProfileRules registers what holds whichever profile is active.
func (s *Server) routesProfileRules(op operation) {
	takesCalls(s, op("set-timetable", http.MethodPut, "timetable", "Say which profiles the hours of a week bring"), nil,
		func(_ domain.Cause, in *struct {
			UserCommand
			Body TimetableForm
		},
		) domain.Decide {
			return callprofile.SetTimetable{Timetable: in.Body.timetable()}.Decide
		})
	takesCalls(s, op("set-switches", http.MethodPut, "switches", "Do not disturb, forwards, further phones"), nil,
		func(_ domain.Cause, in *struct {
			UserCommand
			Body SwitchesForm
		},
		) domain.Decide {
			return callprofile.SetSwitches{Switches: in.Body.switches()}.Decide
		})
	takesCalls(s, op("add-rule", http.MethodPost, "rules", "Make a call rule"), nil,
		func(cause domain.Cause, in *struct {
			UserCommand
			Body RuleForm
		},
		) domain.Decide {
			return callprofile.SetRule{ID: domain.DeriveID("rule", cause.Command), Rule: in.Body.rule()}.Decide
		})
	takesCalls(s, op("set-rule", http.MethodPut, "rules/{rule}", "Make a call rule under an id, or change one"), nil,
		func(_ domain.Cause, in *struct {
			RuleCommand
			Body RuleForm
		},
		) domain.Decide {
			return callprofile.SetRule{ID: in.Rule, Rule: in.Body.rule()}.Decide
		})
	takesCalls(s, op("remove-rule", http.MethodDelete, "rules/{rule}", "Remove a call rule"), nil,
		func(_ domain.Cause, in *RuleCommand) domain.Decide { return callprofile.RemoveRule{ID: in.Rule}.Decide })
}

// profileOf is the id of the profile that a command makes.
func profileOf(cause domain.Cause) string { return domain.DeriveID("profile", cause.Command) }
