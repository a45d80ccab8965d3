package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/projections"
)

// Number is one of a company's numbers and whose it is.
type Number struct {
	Number  string    `json:"number"`
	Company string    `json:"company"`
	User    string    `json:"user,omitempty"`
	State   string    `json:"state" enum:"free,reserved,held,assigned,resting,forwarded,inactive"`
	Since   time.Time `json:"since"`
}

// NumberPage is a page of a list of numbers.
type NumberPage struct {
	Items []Number `json:"items"`
	Next  string   `json:"next" doc:"Cursor of the next page, empty on the last"`
}

// Licence is one kind of licence of a company.
type Licence struct {
	Company string `json:"company"`
	Kind    string `json:"kind"`
	Count   int    `json:"count" doc:"Ordered"`
	Used    int    `json:"used"`
}

// LicencePage lists licences; it is never cut.
type LicencePage struct {
	Items []Licence `json:"items"`
	Next  string    `json:"next" doc:"Cursor of the next page, empty on the last"`
}

func (s *Server) routesNumbers() {
	register(s, huma.Operation{
		OperationID: "list-numbers", Method: http.MethodGet, Path: "/v1/numbers", Tags: []string{"companies"}, Summary: "List numbers",
	}, s.listNumbers)
	register(s, huma.Operation{
		OperationID: "list-licences", Method: http.MethodGet, Path: "/v1/licences", Tags: []string{"companies"}, Summary: "List a company's licences",
	}, s.listLicences)
}

func (s *Server) listNumbers(ctx context.Context, in *struct {
	Reading
	Paging
	Company string `query:"company"`
	State   string `query:"state" enum:"free,reserved,held,assigned,resting,forwarded,inactive"`
},
) (*struct{ Body NumberPage }, error) {
	rows, next, err := s.cfg.Views.Numbers(ctx, projections.NumberFilter{Company: in.Company, State: in.State, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := NumberPage{Items: make([]Number, 0, len(rows)), Next: next}
	for _, r := range rows {
		page.Items = append(page.Items, Number{Number: r.Number, Company: r.Company, User: r.User, State: r.State, Since: r.Since.UTC()})
	}
	return &struct{ Body NumberPage }{page}, nil
}

func (s *Server) listLicences(ctx context.Context, in *struct {
	Reading
	Company string `query:"company" required:"true"`
},
) (*struct{ Body LicencePage }, error) {
	rows, err := s.cfg.Views.Licences(ctx, in.Company)
	if err != nil {
		return nil, err
	}
	page := LicencePage{Items: make([]Licence, 0, len(rows))}
	for _, r := range rows {
		page.Items = append(page.Items, Licence{Company: r.Company, Kind: r.Kind, Count: r.Count, Used: r.Used})
	}
	return &struct{ Body LicencePage }{page}, nil
}
