package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain/company"
	"dialtone/projections"
)

// Company is a company as programs see it.
type Company struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Policy        string    `json:"policy"`
	PolicyVersion int       `json:"policyVersion"`
	Strict        bool      `json:"strict" doc:"Whether the policy is made as strict as it can be: a mailed link and a password by SMS together"`
	Language      string    `json:"language"`
	Country       string    `json:"country"`
	TimeZone      string    `json:"timeZone" doc:"IANA name; that of the country where no other was named"`
	MainNumber    string    `json:"mainNumber,omitempty"`
	MainFax       string    `json:"mainFax,omitempty"`
	Attendant     string    `json:"attendant,omitempty" doc:"Id of the user who is rung for the company"`
	Numbers       []Block   `json:"numbers"`
	Licences      []Ordered `json:"licences"`
	Sites         []Site    `json:"sites"`
	MainUser      string    `json:"mainUser,omitempty" doc:"Id of the main user"`
	Stale         bool      `json:"stale,omitempty" doc:"Facts about the company wait to be shown; what is here may be older than they are"`
	Revision      uint64    `json:"revision"`
}

// Block is a row of consecutive numbers, both ends included, and where its
// connection stands.
type Block struct {
	From        string     `json:"from"`
	To          string     `json:"to"`
	State       string     `json:"state" enum:"waiting,done,failed" doc:"Whether the operator's network has it in service"`
	Cause       string     `json:"cause,omitempty"`
	Responsible string     `json:"responsible,omitempty" doc:"Who must act: network, operator"`
	Code        string     `json:"code,omitempty" doc:"What the network answered"`
	Text        string     `json:"text,omitempty"`
	Attempts    int        `json:"attempts,omitempty"`
	NextTry     *time.Time `json:"nextTry,omitempty"`
}

// Ordered is how many licences of a kind were ordered.
type Ordered struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Site is a location of a company.
type Site struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Country  string `json:"country,omitempty"`
	TimeZone string `json:"timeZone,omitempty"`
}

// CompanyAnswer is the answer to a command on a company.
type CompanyAnswer struct {
	Written
	Body Company
}

// CompanyFound is the answer to a question for a company.
type CompanyFound struct {
	ETag string `header:"ETag" doc:"Revision of the company's own stream"`
	Body Company
}

// SiteAnswer is the answer to the order of a site; its ETag is the company's.
type SiteAnswer struct {
	Written
	Body Site
}

// CompanyPage is a page of a list of companies.
type CompanyPage struct {
	Items []Company `json:"items"`
	Next  string    `json:"next" doc:"Cursor of the next page, empty on the last"`
}

// Paging is how lists are read.
type Paging struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (s *Server) routesCompanies() {
	tags := []string{"companies"}
	register(s, huma.Operation{
		OperationID: "create-company", Method: http.MethodPost, Path: "/v1/companies", Tags: tags,
		Summary: "Order a company with its numbers, licences and main user", DefaultStatus: http.StatusCreated,
	}, s.createCompany)
	register(s, huma.Operation{
		OperationID: "list-companies", Method: http.MethodGet, Path: "/v1/companies", Tags: tags, Summary: "List companies",
	}, s.listCompanies)
	register(s, huma.Operation{
		OperationID: "get-company", Method: http.MethodGet, Path: "/v1/companies/{id}", Tags: tags,
		Summary: "A company", Errors: []int{http.StatusNotFound},
	}, s.getCompany)
	register(s, huma.Operation{
		OperationID: "open-site", Method: http.MethodPost, Path: "/v1/companies/{id}/sites", Tags: tags,
		Summary: "Add a location", DefaultStatus: http.StatusCreated, Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
	}, s.openSite)
}

func (s *Server) createCompany(ctx context.Context, in *struct {
	Writing
	Body CompanyForm
},
) (*CompanyAnswer, error) {
	done, err := s.Desk.CreateCompany(ctx, s.asked(ctx), in.Body)
	if err != nil {
		return nil, err
	}
	return &CompanyAnswer{
		Written: written(done, "/v1/companies/"+done.ID), Body: shownCompany(company.Fold(done.Facts), done.Revision),
	}, nil
}

func (s *Server) openSite(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id" doc:"Of the company"`
	Body SiteForm
},
) (*SiteAnswer, error) {
	match, err := s.matching(ctx, company.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.Desk.OpenSite(ctx, s.asked(ctx), in.ID, in.Body, match...)
	if err != nil {
		return nil, err
	}
	site, _ := company.Fold(done.Facts).Site(done.ID)
	return &SiteAnswer{Written: written(done, "/v1/companies/"+in.ID), Body: Site(site)}, nil
}

func (s *Server) listCompanies(ctx context.Context, in *struct {
	Reading
	Paging
},
) (*struct{ Body CompanyPage }, error) {
	rows, next, err := s.companies(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	page := CompanyPage{Items: make([]Company, 0, len(rows)), Next: next}
	for _, row := range rows {
		page.Items = append(page.Items, shownCompany(row.State, row.Revision))
	}
	return &struct{ Body CompanyPage }{page}, nil
}

// companies lists the companies that whoever asks can see.
func (s *Server) companies(ctx context.Context, cursor string, limit int) ([]projections.CompanyRow, string, error) {
	own := exchangeOf(ctx).company
	if own == "" {
		return s.cfg.Views.Companies(ctx, cursor, limit)
	}
	row, err := s.cfg.Views.GetCompany(ctx, own)
	return []projections.CompanyRow{row}, "", err
}

func (s *Server) getCompany(ctx context.Context, in *struct {
	Reading
	ID string `path:"id"`
},
) (*CompanyFound, error) {
	row, err := s.cfg.Views.GetCompany(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := shownCompany(row.State, row.Revision)
	if body.Stale, err = s.cfg.Views.Stale(ctx, company.Stream(in.ID)); err != nil {
		return nil, err
	}
	return &CompanyFound{ETag: entityTag(row.Revision), Body: body}, nil
}
