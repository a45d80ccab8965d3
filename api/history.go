package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"dialtone/domain"
	"dialtone/domain/device"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
)

// HistoryItem is one fact about a user, a company or a group.
type HistoryItem struct {
	Position    string          `json:"position"`
	Stream      string          `json:"stream"`
	Revision    uint64          `json:"revision"`
	Type        string          `json:"type" example:"user.created.v1"`
	At          time.Time       `json:"at"`
	Actor       domain.Actor    `json:"actor"`
	Channel     string          `json:"channel"`
	Reason      string          `json:"reason,omitempty"`
	Summary     string          `json:"summary" doc:"What happened, in a sentence without personal data"`
	Data        json.RawMessage `json:"data"`
	Correlation string          `json:"correlation"`
	Erased      bool            `json:"erased,omitempty"`
}

// HistoryPage is a page of a history, oldest first.
type HistoryPage struct {
	Items []HistoryItem `json:"items"`
	Next  string        `json:"next" doc:"Cursor of the next page, empty on the last"`
}

// HistoryQuery chooses facts about a user, a company or a group.
type HistoryQuery struct {
	Reading
	Paging
	ID     string    `path:"id"`
	Type   []string  `query:"type" doc:"Wire names, divided by commas"`
	Actor  string    `query:"actor" doc:"Kind or id of who asked"`
	From   time.Time `query:"from" doc:"Recorded at this moment or later"`
	To     time.Time `query:"to" doc:"Recorded at this moment or earlier"`
	Accept string    `header:"Accept" doc:"application/json, or text/csv for all pages in one table"`
}

func (s *Server) routesHistory() {
	page := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[HistoryPage](), true, "HistoryPage")
	responses := map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
		"application/json": {Schema: page}, "text/csv": {Schema: &huma.Schema{Type: huma.TypeString}},
	}}}
	register(s, huma.Operation{
		OperationID: "get-history", Method: http.MethodGet, Path: "/v1/users/{id}/history", Tags: []string{"users"},
		Summary: "What happened to a user", Errors: []int{http.StatusNotFound}, Responses: responses,
	}, func(ctx context.Context, in *HistoryQuery) (*huma.StreamResponse, error) {
		if _, _, err := s.cfg.Views.GetUser(ctx, in.ID); err != nil {
			return nil, err
		}
		return s.getHistory(ctx, in)
	})
	register(s, huma.Operation{
		OperationID: "get-company-history", Method: http.MethodGet, Path: "/v1/companies/{id}/history", Tags: []string{"companies"},
		Summary: "What happened to a company", Errors: []int{http.StatusNotFound}, Responses: responses,
	}, func(ctx context.Context, in *HistoryQuery) (*huma.StreamResponse, error) {
		if _, err := s.cfg.Views.GetCompany(ctx, in.ID); err != nil {
			return nil, err
		}
		return s.getHistory(ctx, in)
	})
	register(s, huma.Operation{
		OperationID: "get-group-history", Method: http.MethodGet, Path: "/v1/groups/{id}/history", Tags: []string{"groups"},
		Summary: "What happened to a group", Errors: []int{http.StatusNotFound}, Responses: responses,
	}, func(ctx context.Context, in *HistoryQuery) (*huma.StreamResponse, error) {
		if _, _, err := s.cfg.Views.GetGroup(ctx, in.ID); err != nil {
			return nil, err
		}
		return s.getHistory(ctx, in)
	})
	register(s, huma.Operation{
		OperationID: "get-sim-history", Method: http.MethodGet, Path: "/v1/sims/{id}/history", Tags: []string{"sims"},
		Summary: "What happened to a SIM", Errors: []int{http.StatusNotFound}, Responses: responses,
	}, func(ctx context.Context, in *HistoryQuery) (*huma.StreamResponse, error) {
		if _, _, err := s.Desk.card(ctx, in.ID); err != nil {
			return nil, err
		}
		return s.getHistory(ctx, in)
	})
	register(s, huma.Operation{
		OperationID: "get-device-history", Method: http.MethodGet, Path: "/v1/devices/{id}/history", Tags: []string{"devices"},
		Summary: "What happened to a desk phone", Errors: []int{http.StatusNotFound}, Responses: responses,
	}, func(ctx context.Context, in *HistoryQuery) (*huma.StreamResponse, error) {
		if _, _, err := s.cfg.Views.GetDevice(ctx, in.ID); err != nil {
			return nil, err
		}
		return s.getHistory(ctx, in, device.Stream(in.ID))
	})
	register(s, huma.Operation{
		OperationID: "get-diff", Method: http.MethodGet, Path: "/v1/users/{id}/diff", Tags: []string{"users"},
		Summary: "What is different about a user between two moments", Errors: []int{http.StatusNotFound},
	}, s.getDiff)
}

// getHistory answers with what is about whom the path names, and with the facts of
// a stream where one is given.
func (s *Server) getHistory(ctx context.Context, in *HistoryQuery, stream ...string) (*huma.StreamResponse, error) {
	filter := projections.HistoryFilter{
		User: in.ID, Stream: strings.Join(stream, ""), Types: in.Type, Actor: in.Actor, From: in.From, To: in.To, Cursor: in.Cursor, Limit: in.Limit,
	}
	if negotiation.SelectQValueFast(in.Accept, []string{"application/json", "text/csv"}) == "text/csv" {
		return s.historyTable(ctx, filter)
	}
	rows, next, err := s.cfg.Views.History(ctx, filter)
	if err != nil {
		return nil, err
	}
	page := HistoryPage{Items: make([]HistoryItem, 0, len(rows)), Next: next}
	for _, row := range rows {
		page.Items = append(page.Items, shownFact(row))
	}
	body, err := json.Marshal(page)
	return answered("application/json", body), err
}

func shownFact(r projections.HistoryRow) HistoryItem {
	return HistoryItem{
		Position: positionText(r.Position), Stream: r.Stream, Revision: r.Revision, Type: r.Type, At: r.Recorded.UTC(),
		Actor: domain.Actor{Kind: r.ActorKind, ID: r.ActorID}, Channel: r.Channel, Reason: r.Reason,
		Summary: summaryOf(r.Type, r.Data), Data: r.Data, Correlation: r.Correlation, Erased: r.Erased,
	}
}

// answered is an answer in a media type of its own.
func answered(mediaType string, body []byte) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", mediaType)
		_, _ = ctx.BodyWriter().Write(body) // the client has gone: there is nobody to tell
	}}
}

// historyAt loads what was recorded about a user up to a moment.
func (s *Server) historyAt(ctx context.Context, id string, at time.Time) (eventstore.History, error) {
	load, err := s.loadAt(ctx, at)
	if err != nil {
		return eventstore.History{}, err
	}
	return load(ctx, user.Stream(id))
}

// loadAt gives what loads streams as they were at a moment, all of them the same one.
func (s *Server) loadAt(ctx context.Context, at time.Time) (func(ctx context.Context, stream string) (eventstore.History, error), error) {
	position, err := s.cfg.Journal.Store().PositionAt(ctx, at)
	return func(ctx context.Context, stream string) (eventstore.History, error) {
		return s.cfg.Journal.LoadAt(ctx, stream, position)
	}, err
}
