package api

import (
	"context"

	"dialtone/domain"
	"dialtone/domain/callprofile"
	"dialtone/eventstore"
)

func (s *Server) planProfile(ctx context.Context, in *struct {
	UserCommand
	Body ProfilePlanForm
},
) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.PlanProfile(ctx, cause, in.ID, in.Body, match...)
	})
}

func (s *Server) dropPlan(ctx context.Context, in *PlanCommand) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.onProfiles(ctx, cause, in.ID, callprofile.DropPlan{ID: in.Plan}.Decide, match...)
	})
}

func (s *Server) setTimetable(ctx context.Context, in *struct {
	UserCommand
	Body TimetableForm
},
) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.onProfiles(ctx, cause, in.ID, callprofile.SetTimetable{Timetable: in.Body.timetable()}.Decide, match...)
	})
}

func (s *Server) setSwitches(ctx context.Context, in *struct {
	UserCommand
	Body SwitchesForm
},
) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.onProfiles(ctx, cause, in.ID, callprofile.SetSwitches{Switches: in.Body.switches()}.Decide, match...)
	})
}

func (s *Server) addRule(ctx context.Context, in *struct {
	UserCommand
	Body RuleForm
},
) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.onProfiles(ctx, cause, in.ID, callprofile.SetRule{ID: domain.DeriveID("rule", cause.Command), Rule: in.Body.rule()}.Decide, match...)
	})
}

func (s *Server) setRule(ctx context.Context, in *struct {
	RuleCommand
	Body RuleForm
},
) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.onProfiles(ctx, cause, in.ID, callprofile.SetRule{ID: in.Rule, Rule: in.Body.rule()}.Decide, match...)
	})
}

func (s *Server) removeRule(ctx context.Context, in *RuleCommand) (*ProfilesAnswer, error) {
	return s.onProfiles(ctx, in.ID, in.Writing, "", func(ctx context.Context, cause domain.Cause, match ...eventstore.Option) (Done, error) {
		return s.Desk.onProfiles(ctx, cause, in.ID, callprofile.RemoveRule{ID: in.Rule}.Decide, match...)
	})
}
