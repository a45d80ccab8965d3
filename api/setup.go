package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/eventstore"
)

// Setup is how far a company's set-up is.
type Setup struct {
	Steps    []SetupStep `json:"steps" doc:"The operator's first, then those an admin is led through"`
	Finished bool        `json:"finished" doc:"Every step is done or skipped"`
	Next     string      `json:"next,omitempty" doc:"The first step that an admin can act on"`
	Revision uint64      `json:"revision"`
}

// SetupStep is a step of the set-up as it stands.
type SetupStep struct {
	Name        string     `json:"name" example:"attendant"`
	State       string     `json:"state" enum:"open,waiting,done,skipped,failed"`
	Cause       string     `json:"cause,omitempty"`
	Responsible string     `json:"responsible,omitempty" doc:"Who must act: operator, network, user, admin"`
	Attempts    int        `json:"attempts,omitempty"`
	NextTry     *time.Time `json:"nextTry,omitempty"`
	Since       *time.Time `json:"since,omitempty"`
}

// SetupAnswer is the answer to a command on a step, or to a question for all.
type SetupAnswer struct {
	Written
	Body Setup
}

// companyCommand is a command on a company.
type companyCommand func(context.Context, domain.Cause, string, ...eventstore.Option) (Done, error)

func (s *Server) routesSetup() {
	tags, errors := []string{"companies"}, []int{http.StatusNotFound, http.StatusPreconditionFailed}
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/v1/companies/{id}" + path, Tags: tags, Summary: summary, Errors: errors}
	}
	change := op("change-company", http.MethodPatch, "", "Change a company (RFC 7396)")
	change.RequestBody = mergePatch("CompanyChangeForm")
	register(s, change, onCompanyWith(s, s.Desk.ChangeCompany))
	register(s, op("connect-numbers", http.MethodPost, "/numbers", "Connect further numbers"), onCompanyWith(s, s.Desk.ConnectNumbers))
	register(s, op("order-licences", http.MethodPost, "/licences", "Order further licences"), onCompanyWith(s, s.Desk.OrderLicences))
	register(s, op("adopt-policy", http.MethodPut, "/policy", "Have the company's users treated by a policy's values from now on"), onCompanyWith(s, s.Desk.AdoptPolicy))
	register(s, op("set-region", http.MethodPut, "/region", "Language and time zone"), onCompanyWith(s, s.Desk.SetRegion))
	register(s, op("set-attendant", http.MethodPut, "/attendant", "Who is rung for the company"),
		onCompanyWith(s, func(ctx context.Context, cause domain.Cause, id string, form AttendantForm, options ...eventstore.Option) (Done, error) {
			return s.Desk.SetAttendant(ctx, cause, id, form.User, options...)
		}))
	register(s, op("clear-attendant", http.MethodDelete, "/attendant", "Nobody is rung for the company"),
		s.onCompany(func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
			return s.Desk.SetAttendant(ctx, cause, id, "", options...)
		}))
	register(s, op("retry-connections", http.MethodPost, "/connection", "Try again what the network has not brought into service"), s.onCompany(s.Desk.RetryConnections))
	register(s, op("get-setup", http.MethodGet, "/setup", "How far the set-up is"), s.getSetup)
	register(s, op("mark-setup", http.MethodPut, "/setup/{step}", "A step is done, skipped, or open again"), s.markSetup)
}

// onCompany answers a command on a company that needs nothing but its name.
func (s *Server) onCompany(command companyCommand) func(context.Context, *struct {
	Writing
	ID string `path:"id"`
}) (*CompanyAnswer, error) {
	return func(ctx context.Context, in *struct {
		Writing
		ID string `path:"id"`
	},
	) (*CompanyAnswer, error) {
		return s.companyAnswer(ctx, in.ID, in.IfMatch, command)
	}
}

// onCompanyWith answers a command on a company that comes with a form.
func onCompanyWith[F any](s *Server, command func(context.Context, domain.Cause, string, F, ...eventstore.Option) (Done, error)) func(context.Context, *struct {
	Writing
	ID   string `path:"id"`
	Body F
}) (*CompanyAnswer, error) {
	return func(ctx context.Context, in *struct {
		Writing
		ID   string `path:"id"`
		Body F
	},
	) (*CompanyAnswer, error) {
		return s.companyAnswer(ctx, in.ID, in.IfMatch, func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
			return command(ctx, cause, id, in.Body, options...)
		})
	}
}

func (s *Server) companyAnswer(ctx context.Context, id, ifMatch string, command companyCommand) (*CompanyAnswer, error) {
	match, err := s.matching(ctx, company.Stream(id), ifMatch)
	if err != nil {
		return nil, err
	}
	done, err := command(ctx, s.asked(ctx), id, match...)
	if err != nil {
		return nil, err
	}
	return &CompanyAnswer{Written: written(done, ""), Body: shownCompany(company.Fold(done.Facts), done.Revision)}, nil
}

func (s *Server) getSetup(ctx context.Context, in *struct {
	Reading
	ID string `path:"id"`
},
) (*struct {
	ETag string `header:"ETag" doc:"Revision of the company's own stream"`
	Body Setup
}, error,
) {
	row, err := s.cfg.Views.GetCompany(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	setup, err := s.setupOf(ctx, row.State, row.Revision)
	return &struct {
		ETag string `header:"ETag" doc:"Revision of the company's own stream"`
		Body Setup
	}{entityTag(row.Revision), setup}, err
}

func (s *Server) markSetup(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id"`
	Step string `path:"step" doc:"users, attendant, contact or region"`
	Body SetupForm
},
) (*SetupAnswer, error) {
	match, err := s.matching(ctx, company.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.Desk.MarkSetup(ctx, s.asked(ctx), in.ID, in.Step, in.Body.State, match...)
	if err != nil {
		return nil, err
	}
	setup, err := s.setupOf(ctx, company.Fold(done.Facts), done.Revision)
	return &SetupAnswer{Written: written(done, ""), Body: setup}, err
}

// setupOf puts a company's checklist together with where its people stand.
func (s *Server) setupOf(ctx context.Context, firm company.State, revision uint64) (Setup, error) {
	steps, err := s.stepsOf(ctx, firm)
	if err != nil {
		return Setup{}, err
	}
	setup := Setup{Steps: make([]SetupStep, 0, len(steps)), Finished: company.SetupFinished(steps), Revision: revision}
	for _, step := range steps {
		shown := SetupStep{
			Name: step.Name, State: string(step.State), Cause: step.Cause, Responsible: step.Responsible, Attempts: step.Attempts, NextTry: step.NextTry,
		}
		if !step.Since.IsZero() {
			since := step.Since.UTC()
			shown.Since = &since
		}
		if setup.Next == "" && step.State == company.SetupOpen && step.Responsible == domain.ActorAdmin {
			setup.Next = step.Name
		}
		setup.Steps = append(setup.Steps, shown)
	}
	return setup, nil
}

// stepsOf gives a company's checklist, by where the main user and the attendant
// stand.
func (s *Server) stepsOf(ctx context.Context, firm company.State) (steps []company.SetupStep, err error) {
	var people company.People
	if people.MainUser, err = s.lifecycleOf(ctx, firm.MainUser); err != nil {
		return nil, err
	}
	if people.Attendant, err = s.lifecycleOf(ctx, firm.Attendant); err != nil {
		return nil, err
	}
	return firm.Checklist(people), nil
}

// lifecycleOf says where a user stands, "" where there is none any more.
func (s *Server) lifecycleOf(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	_, state, err := s.cfg.Views.GetUser(ctx, id)
	if domain.KindOf(err) == domain.Missing || err == nil && !state.Exists() {
		return "", nil
	}
	return string(state.Shown()), err
}
