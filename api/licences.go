package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// ReturnForm names the kind of licence that is to go back.
type ReturnForm struct {
	Kind string `json:"kind" maxLength:"40" example:"mobile-10gb"`
}

// Bound is how many licences are bound until a day.
type Bound struct {
	Until time.Time `json:"until"`
	Count int       `json:"count"`
}

// Licence is one kind of licence of a company.
type Licence struct {
	Company   string  `json:"company"`
	Kind      string  `json:"kind"`
	Count     int     `json:"count" doc:"Ordered and not given back"`
	Used      int     `json:"used" doc:"By users; the others are reserved for the company"`
	Free      int     `json:"free"`
	Returning int     `json:"returning,omitempty" doc:"On their way back to the operator"`
	Bound     []Bound `json:"bound,omitempty" doc:"Which cannot be given back before their day"`
}

// LicencePage lists licences; it is never cut.
type LicencePage struct {
	Items []Licence `json:"items"`
	Next  string    `json:"next" doc:"Cursor of the next page, empty on the last"`
}

func (s *Server) routesLicences() {
	tags := []string{"companies"}
	register(s, huma.Operation{
		OperationID: "list-licences", Method: http.MethodGet, Path: "/v1/licences", Tags: tags, Summary: "List a company's licences",
	}, s.listLicences)
	register(s, huma.Operation{
		OperationID: "return-licence", Method: http.MethodPost, Path: "/v1/companies/{id}/licences/returns", Tags: tags,
		Summary: "Give a licence that is not bound back to the operator", DefaultStatus: http.StatusAccepted,
		Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
	}, onCompanyWith(s, s.Desk.ReturnLicence))
}

func (s *Server) listLicences(ctx context.Context, in *struct {
	Reading
	Company string `query:"company" required:"true"`
},
) (*struct{ Body LicencePage }, error) {
	items, err := s.licences(ctx, in.Company)
	if err != nil {
		return nil, err
	}
	return &struct{ Body LicencePage }{LicencePage{Items: items}}, nil
}

// licences lists what a company has, by kind. What is bound is folded from its
// own facts.
func (s *Server) licences(ctx context.Context, id string) ([]Licence, error) {
	rows, err := s.cfg.Views.Licences(ctx, id)
	if err != nil || len(rows) == 0 {
		return []Licence{}, err
	}
	firm, err := s.Desk.firm(ctx, id)
	if err != nil {
		return nil, err
	}
	items, now := make([]Licence, 0, len(rows)), s.cfg.Journal.Now()
	for _, r := range rows {
		items = append(items, Licence{
			Company: r.Company, Kind: r.Kind, Count: r.Count, Used: r.Used, Free: max(0, r.Count-r.Used),
			Returning: firm.Returning(r.Kind), Bound: bindings(firm, r.Kind, now),
		})
	}
	return items, nil
}
