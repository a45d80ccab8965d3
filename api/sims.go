package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/eventstore"
	"dialtone/projections"
)

// SIMAnswer is the answer to a command on a SIM.
type SIMAnswer struct {
	Written
	Body SIM
}

// SIMCommand is a command on a SIM that needs nothing but its id.
type SIMCommand struct {
	Writing
	ID string `path:"id"`
}

func (s *Server) routesSIMs() {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{"sims"}, Summary: summary,
			Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
		}
	}
	give := op("give-sim", http.MethodPost, "/v1/users/{id}/sims", "Give a user a SIM card, or order an eSIM")
	give.DefaultStatus, give.Errors = http.StatusCreated, []int{http.StatusNotFound}
	register(s, give, s.giveSIM)
	stock := op("order-sims", http.MethodPost, "/v1/companies/{id}/sims", "Order SIM cards for a company's stock")
	stock.DefaultStatus, stock.Errors = http.StatusCreated, []int{http.StatusNotFound}
	register(s, stock, s.orderStock)
	register(s, huma.Operation{OperationID: "list-sims", Method: http.MethodGet, Path: "/v1/sims", Tags: []string{"sims"}, Summary: "List SIMs"}, s.listSIMs)
	get := op("get-sim", http.MethodGet, "/v1/sims/{id}", "A SIM, and what is to happen to it")
	get.Errors = []int{http.StatusNotFound}
	register(s, get, s.getSIM)
	swap := op("swap-sim", http.MethodPost, "/v1/sims/{id}/swap", "Give a SIM's user another card in its place; the answer is the new one")
	swap.DefaultStatus = http.StatusCreated
	register(s, swap, s.swapSIM)
	for _, command := range []struct {
		name, summary string
		do            simCommand
	}{
		{"detach", "Take a SIM from its user, for another one to have", s.Desk.DetachSIM},
		{"block", "Block a SIM that was lost or stolen", s.Desk.BlockSIM},
		{"unblock", "Lift the block of a SIM; the operator's alone", s.Desk.UnblockSIM},
		{"retry", "Have the vendor asked again", s.Desk.RetrySIM},
	} {
		register(s, op(command.name+"-sim", http.MethodPost, "/v1/sims/{id}/"+command.name, command.summary), s.onSIM(command.do))
	}
}

func (s *Server) giveSIM(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id"`
	Body SIMForm
},
) (*SIMAnswer, error) {
	done, err := s.Desk.GiveSIM(ctx, s.asked(ctx), in.ID, in.Body)
	return s.simAnswer(done, "/v1/sims/"+done.ID, err)
}

// SIMStock is what was ordered for a company's stock.
type SIMStock struct {
	Items []SIM `json:"items"`
}

func (s *Server) orderStock(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id"`
	Body StockForm
},
) (*struct {
	Written
	Body SIMStock
}, error,
) {
	ordered, err := s.Desk.OrderStock(ctx, s.asked(ctx), in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	answer := &struct {
		Written
		Body SIMStock
	}{Written: written(ordered[len(ordered)-1], "/v1/sims?company="+in.ID)}
	for _, card := range ordered {
		answer.Body.Items = append(answer.Body.Items, ShownSIM(sim.Fold(card.Facts), card.Revision, s.cfg.Journal.Now()))
	}
	return answer, nil
}

func (s *Server) swapSIM(ctx context.Context, in *struct {
	SIMCommand
	Body CardForm
},
) (*SIMAnswer, error) {
	match, err := s.matching(ctx, sim.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.Desk.SwapSIM(ctx, s.asked(ctx), in.ID, in.Body, match...)
	return s.simAnswer(done, "/v1/sims/"+done.ID, err)
}

type simCommand func(context.Context, domain.Cause, string, ...eventstore.Option) (Done, error)

// onSIM executes a command and shows what became of the SIM.
func (s *Server) onSIM(command simCommand) func(context.Context, *SIMCommand) (*SIMAnswer, error) {
	return func(ctx context.Context, in *SIMCommand) (*SIMAnswer, error) {
		match, err := s.matching(ctx, sim.Stream(in.ID), in.IfMatch)
		if err != nil {
			return nil, err
		}
		done, err := command(ctx, s.asked(ctx), in.ID, match...)
		return s.simAnswer(done, "", err)
	}
}

func (s *Server) simAnswer(done Done, location string, err error) (*SIMAnswer, error) {
	if err != nil {
		return nil, err
	}
	body := ShownSIM(sim.Fold(done.Facts), done.Revision, s.cfg.Journal.Now())
	return &SIMAnswer{Written: written(done, location), Body: body}, nil
}

// getSIM reads the SIM's own stream: it is short, and never late.
func (s *Server) getSIM(ctx context.Context, in *struct {
	Reading
	ID string `path:"id"`
},
) (*struct {
	ETag string `header:"ETag" doc:"Revision of the SIM's own stream"`
	Body SIM
}, error,
) {
	h, err := s.cfg.Journal.Load(ctx, sim.Stream(in.ID))
	if err != nil {
		return nil, err
	}
	state := sim.Fold(h.Facts)
	if !state.Exists() {
		return nil, noSIM()
	}
	shown := ShownSIM(state, uint64(h.Revision), s.cfg.Journal.Now()) //nolint:gosec // a stream with facts has a revision
	if exchangeOf(ctx).actor.Kind == domain.ActorSupport {
		shown.IMSI, shown.ICCID = sim.Tail(shown.IMSI), sim.Tail(shown.ICCID)
	}
	return &struct {
		ETag string `header:"ETag" doc:"Revision of the SIM's own stream"`
		Body SIM
	}{entityTag(shown.Revision), shown}, nil
}

// SIMPage is a page of a list of SIMs.
type SIMPage struct {
	Items []SIM  `json:"items"`
	Next  string `json:"next" doc:"Cursor of the next page, empty on the last"`
}

func (s *Server) listSIMs(ctx context.Context, in *struct {
	Reading
	Paging
	Company string `query:"company"`
	User    string `query:"user"`
	State   string `query:"state" enum:"ordered,dispatched,free,planned,activating,active,blocked,failed,cancelled,ended"`
	Query   string `query:"q" doc:"Digits of the IMSI or ICCID"`
},
) (*struct{ Body SIMPage }, error) {
	rows, next, err := s.cfg.Views.SIMs(ctx, projections.SIMFilter{
		Company: in.Company, User: in.User, State: in.State, Query: in.Query, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	page := SIMPage{Items: make([]SIM, 0, len(rows)), Next: next}
	for _, row := range rows {
		page.Items = append(page.Items, listedSIM(row))
	}
	return &struct{ Body SIMPage }{page}, nil
}
