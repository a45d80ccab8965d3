package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain/number"
	"dialtone/projections"
)

// Number is one of a company's numbers and whose it is.
type Number struct {
	Number  string    `json:"number"`
	Company string    `json:"company"`
	User    string    `json:"user,omitempty"`
	State   string    `json:"state" enum:"free,reserved,held,assigned,resting,forwarded,inactive"`
	Since   time.Time `json:"since"`
	Kind    string    `json:"kind" enum:"fixed,mobile"`
	Country string    `json:"country,omitempty"`

	Reason        string     `json:"reason,omitempty" doc:"Why it is kept for later"`
	ReservedUntil *time.Time `json:"reservedUntil,omitempty"`
	RestsUntil    *time.Time `json:"restsUntil,omitempty" doc:"Until then only who had it before can have it"`
	Forward       string     `json:"forward,omitempty" doc:"Where calls go while it is no user's"`
}

// NumberPage is a page of a list of numbers.
type NumberPage struct {
	Items []Number `json:"items"`
	Next  string   `json:"next" doc:"Cursor of the next page, empty on the last"`
}

func (s *Server) routesNumbers() {
	register(s, huma.Operation{
		OperationID: "list-numbers", Method: http.MethodGet, Path: "/v1/numbers", Tags: []string{"companies"}, Summary: "List numbers",
	}, s.listNumbers)
}

func (s *Server) listNumbers(ctx context.Context, in *struct {
	Reading
	Paging
	NumberSearch
	Company string `query:"company"`
	State   string `query:"state" enum:"free,reserved,held,assigned,resting,forwarded,inactive" doc:"inactive: the company's once, and no longer"`
},
) (*struct{ Body NumberPage }, error) {
	filter := in.filter()
	filter.Company, filter.State, filter.Cursor, filter.Limit = in.Company, in.State, in.Cursor, in.Limit
	return s.numberPage(ctx, filter)
}

// NumberSearch chooses numbers by what they are.
type NumberSearch struct {
	Query string `query:"q" maxLength:"40" doc:"Digits within the number, as they are dialled at home or abroad"`
	Kind  string `query:"kind" enum:"fixed,mobile"`
	From  string `query:"from" doc:"E.164; with to a range, both included"`
	To    string `query:"to"`
}

func (in NumberSearch) filter() projections.NumberFilter {
	return projections.NumberFilter{Query: in.Query, Kind: in.Kind, From: rangeEnd(in.From), To: rangeEnd(in.To)}
}

func rangeEnd(typed string) string {
	if typed = strings.TrimSpace(typed); typed == "" {
		return ""
	}
	return string(lineOf(typed))
}

func (s *Server) numberPage(ctx context.Context, filter projections.NumberFilter) (*struct{ Body NumberPage }, error) {
	rows, next, err := s.cfg.Views.Numbers(ctx, filter)
	if err != nil {
		return nil, err
	}
	page := NumberPage{Items: make([]Number, 0, len(rows)), Next: next}
	for _, r := range rows {
		page.Items = append(page.Items, shownNumber(r))
	}
	return &struct{ Body NumberPage }{page}, nil
}

func shownNumber(r projections.NumberRow) Number {
	return Number{
		Number: r.Number, Company: r.Company, User: r.User, State: r.State, Since: r.Since.UTC(), Kind: kindOf(r.Kind), Country: r.Country,
		Reason: r.Reason, ReservedUntil: r.ReservedUntil, RestsUntil: r.RestsUntil, Forward: r.Forward,
	}
}

func kindOf(kind string) string { return cmp.Or(kind, string(number.Fixed)) }
