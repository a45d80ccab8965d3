package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain/policy"
	"dialtone/projections"
)

// StandingActivation is an activation that is not at its end.
type StandingActivation struct {
	User    string `json:"user"`
	Company string `json:"company"`
	Name    string `json:"name,omitempty"`
	Number  string `json:"number,omitempty"`
	State   string `json:"state" enum:"pending,failed,suspended"`
	Step    Step   `json:"step" doc:"The one it stands at"`
	Age     string `json:"age,omitempty" example:"26h0m0s" doc:"How long the step has stood so; missing where it does since before ages were kept"`
}

// ActivationPage is a page of a list of activations.
type ActivationPage struct {
	Items []StandingActivation `json:"items"`
	Next  string               `json:"next" doc:"Cursor of the next page, empty on the last"`
}

func (s *Server) routesActivations() {
	register(s, huma.Operation{
		OperationID: "list-activations", Method: http.MethodGet, Path: "/v1/activations", Tags: []string{"users"},
		Summary: "Activations that are under way or have failed, the one that has stood still longest first",
	}, s.listActivations)
}

func (s *Server) listActivations(ctx context.Context, in *struct {
	Reading
	Paging
	Company     string `query:"company"`
	Step        string `query:"step"`
	State       string `query:"state" enum:"waiting,running,failed" doc:"Of the step"`
	Cause       string `query:"cause"`
	Responsible string `query:"responsible" doc:"Who must act: user, admin, operator, mail, sms, network"`
	OlderThan   string `query:"olderThan" example:"24h" doc:"Those that have stood so for longer"`
},
) (*struct{ Body ActivationPage }, error) {
	filter := projections.StuckFilter{
		Company: in.Company, Step: in.Step, State: in.State, Cause: in.Cause, Responsible: in.Responsible, Cursor: in.Cursor, Limit: in.Limit,
	}
	now := s.cfg.Journal.Now()
	if in.OlderThan != "" {
		var age policy.Duration
		if err := age.UnmarshalText([]byte(in.OlderThan)); err != nil || age < 0 {
			return nil, invalid("/olderThan", "duration", "is a duration such as 24h")
		}
		filter.Before = now.Add(-age.Std())
	}
	rows, next, err := s.cfg.Views.Stuck(ctx, filter)
	if err != nil {
		return nil, err
	}
	page := ActivationPage{Items: make([]StandingActivation, 0, len(rows)), Next: next}
	for _, r := range rows {
		standing := StandingActivation{
			User: r.User, Company: r.Company, Name: strings.TrimSpace(r.FirstName + " " + r.LastName), Number: r.Number, State: r.Lifecycle,
			Step: Step{
				Name: r.Name, State: r.State, Cause: r.Cause, Responsible: r.Responsible, Code: r.Code, Text: r.Text,
				Attempts: r.Attempts, NextTry: r.NextTry, Deadline: r.Deadline,
			},
		}
		if since := r.Since(); !since.IsZero() {
			standing.Step.Since, standing.Age = &since, now.Sub(since).Truncate(time.Second).String()
		}
		page.Items = append(page.Items, standing)
	}
	return &struct{ Body ActivationPage }{page}, nil
}
