package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/number"
	"dialtone/eventstore"
)

// NumberAnswer is the answer to a command on a number.
type NumberAnswer struct {
	Written
	Body Number
}

// Pooling says what became of numbers that were put into the pool.
type Pooling struct {
	Pooled  int      `json:"pooled" doc:"How many are in the pool"`
	Refused []string `json:"refused" doc:"Those that are a company's"`
}

// PoolingAnswer is the answer to putting numbers into the pool.
type PoolingAnswer struct {
	Written
	Body Pooling
}

// Purchase lists what was bought.
type Purchase struct {
	Numbers []string `json:"numbers"`
}

// PurchaseAnswer is the answer to a purchase.
type PurchaseAnswer struct {
	Written
	Body Purchase
}

// Assignments says what became of each row.
type Assignments struct {
	Rows []AssignedRow `json:"rows"`
}

// AssignmentsAnswer is the answer to giving numbers to many; its position is the
// last row's.
type AssignmentsAnswer struct {
	Written
	Body Assignments
}

type lineCommand func(context.Context, domain.Cause, domain.E164, ...eventstore.Option) (Done, error)

func (s *Server) routesLines() {
	missing := []int{http.StatusNotFound, http.StatusPreconditionFailed}
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/v1/" + path, Tags: []string{"numbers"}, Summary: summary, Errors: missing}
	}
	register(s, op("pool-numbers", http.MethodPost, "pool", "Put numbers into the operator's pool"), s.poolNumbers)
	register(s, op("list-pool", http.MethodGet, "pool", "Numbers that any company can buy"), s.listPool)
	register(s, op("buy-numbers", http.MethodPost, "companies/{id}/purchases", "Buy numbers of the operator's pool"), s.buyNumbers)
	register(s, op("assign-numbers", http.MethodPost, "companies/{id}/assignments", "Give numbers to many users, answered row by row"), s.assignNumbers)
	register(s, op("number-owners", http.MethodGet, "numbers/{id}/owners", "Whose the number was, at a moment or ever"), s.numberOwners)
	register(s, op("reserve-number", http.MethodPut, "numbers/{id}/reservation", "Keep the number for later"), onLineWith(s, s.Desk.Reserve))
	register(s, op("unreserve-number", http.MethodDelete, "numbers/{id}/reservation", "Let the number go that was kept"), s.onLine(s.Desk.Unreserve))
	register(s, op("forward-number", http.MethodPut, "numbers/{id}/forwarding", "Where calls go while the number is no user's"),
		onLineWith(s, func(ctx context.Context, cause domain.Cause, n domain.E164, form ForwardForm, options ...eventstore.Option) (Done, error) {
			return s.Desk.Forward(ctx, cause, n, form.To, options...)
		}))
	register(s, op("end-forwarding", http.MethodDelete, "numbers/{id}/forwarding", "Calls go nowhere"),
		s.onLine(func(ctx context.Context, cause domain.Cause, n domain.E164, options ...eventstore.Option) (Done, error) {
			return s.Desk.Forward(ctx, cause, n, "", options...)
		}))
	register(s, op("release-number", http.MethodPost, "numbers/{id}/release", "From the user to the company, or from the company to the pool"),
		onLineWith(s, func(ctx context.Context, cause domain.Cause, n domain.E164, form ReleaseForm, _ ...eventstore.Option) (Done, error) {
			return s.Desk.Release(ctx, cause, n, form)
		}))
	register(s, op("end-rest", http.MethodDelete, "numbers/{id}/rest", "The number may be given before its time"), s.onLine(s.Desk.EndRest))
	register(s, op("swap-numbers", http.MethodPost, "users/{id}/swap", "Change numbers with another user of the company"),
		func(ctx context.Context, in *struct {
			UserCommand
			Body SwapForm
		},
		) (*UserAnswer, error) {
			return s.onUser(ctx, &in.UserCommand, func(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
				return s.Desk.Swap(ctx, cause, id, in.Body, options...)
			})
		})
}

// onLine answers a command on a number that needs nothing but its name.
func (s *Server) onLine(command lineCommand) func(context.Context, *struct {
	Writing
	ID string `path:"id" example:"+4930123450"`
}) (*NumberAnswer, error) {
	return func(ctx context.Context, in *struct {
		Writing
		ID string `path:"id" example:"+4930123450"`
	},
	) (*NumberAnswer, error) {
		return s.lineAnswer(ctx, in.ID, in.IfMatch, command)
	}
}

// onLineWith answers a command on a number that comes with a form.
func onLineWith[F any](s *Server, command func(context.Context, domain.Cause, domain.E164, F, ...eventstore.Option) (Done, error)) func(context.Context, *struct {
	Writing
	ID   string `path:"id" example:"+4930123450"`
	Body F
}) (*NumberAnswer, error) {
	return func(ctx context.Context, in *struct {
		Writing
		ID   string `path:"id" example:"+4930123450"`
		Body F
	},
	) (*NumberAnswer, error) {
		return s.lineAnswer(ctx, in.ID, in.IfMatch, func(ctx context.Context, cause domain.Cause, n domain.E164, options ...eventstore.Option) (Done, error) {
			return command(ctx, cause, n, in.Body, options...)
		})
	}
}

func (s *Server) lineAnswer(ctx context.Context, id, ifMatch string, command lineCommand) (*NumberAnswer, error) {
	n := lineOf(id)
	match, err := s.matching(ctx, number.Stream(n), ifMatch)
	if err != nil {
		return nil, err
	}
	done, err := command(ctx, s.asked(ctx), n, match...)
	if err != nil {
		return nil, err
	}
	if len(done.Facts) == 0 {
		return nil, noNumber()
	}
	answer := shownLine(n, number.Fold(done.Facts), done)
	return &answer, nil
}

func (s *Server) poolNumbers(ctx context.Context, in *struct {
	Writing
	Body PoolForm
},
) (*PoolingAnswer, error) {
	last, pooled, refused, err := s.Desk.Pool(ctx, s.asked(ctx), in.Body)
	if err != nil {
		return nil, err
	}
	return &PoolingAnswer{Written: written(last, ""), Body: Pooling{Pooled: pooled, Refused: written164(refused)}}, nil
}

func (s *Server) listPool(ctx context.Context, in *struct {
	Reading
	Paging
	NumberSearch
	Country string `query:"country"`
},
) (*struct{ Body NumberPage }, error) {
	filter := in.filter()
	filter.Pool, filter.Country, filter.Cursor, filter.Limit = true, in.Country, in.Cursor, in.Limit
	return s.numberPage(ctx, filter)
}

func (s *Server) buyNumbers(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id"`
	Body BuyForm
},
) (*PurchaseAnswer, error) {
	bought, err := s.Desk.Buy(ctx, s.asked(ctx), in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return &PurchaseAnswer{Written: written(bought.Done, ""), Body: Purchase{Numbers: written164(bought.Numbers)}}, nil
}

func (s *Server) assignNumbers(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id"`
	Body AssignForm
},
) (*AssignmentsAnswer, error) {
	last, rows, err := s.Desk.AssignNumbers(ctx, s.asked(ctx), in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return &AssignmentsAnswer{Written: written(last, ""), Body: Assignments{Rows: rows}}, nil
}

func written164(numbers []domain.E164) []string {
	texts := make([]string, 0, len(numbers))
	for _, n := range numbers {
		texts = append(texts, string(n))
	}
	return texts
}
