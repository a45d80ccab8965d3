package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain"
	"dialtone/domain/user"
)

// Review tells what the order of a user would take, order and send, and what is
// missing for it. Nothing is held: somebody else may be faster.
type Review struct {
	Takes   []Taking       `json:"takes"`
	Orders  []Ordering     `json:"orders"`
	Mails   []Mailing      `json:"mails" doc:"What is mailed or sent by SMS, in its order"`
	Missing []FieldProblem `json:"missing" doc:"What the order would be refused for"`
}

// Taking is something that becomes the user's.
type Taking struct {
	What  string `json:"what" enum:"number,extension,licence,add-on"`
	Value string `json:"value"`
	Note  string `json:"note,omitempty" example:"3450 was taken"`
	Left  *int   `json:"left,omitempty" doc:"Of a licence: how many of the kind are free after it"`
	Of    *int   `json:"of,omitempty" doc:"Of a licence: how many of the kind the company has"`
}

// Ordering is something that is ordered with the user.
type Ordering struct {
	What  string `json:"what" enum:"purchase,sim,activation"`
	Value string `json:"value,omitempty" example:"voice"`
}

// Mailing is a message that follows from the order.
type Mailing struct {
	Purpose string `json:"purpose" example:"activation-link"`
	Channel string `json:"channel" enum:"mail,sms,hand" doc:"hand: somebody hands the password over"`
	To      string `json:"to,omitempty" example:"a…@example.com" doc:"Shortened"`
	AtOnce  bool   `json:"atOnce" doc:"Goes with the order; others wait for a person, the network or a date"`
}

func (s *Server) routesReview() {
	register(s, huma.Operation{
		OperationID: "review-user", Method: http.MethodPost, Path: "/v1/companies/{id}/users/review", Tags: []string{"users"},
		Summary: "What the order of a user would take, order and send; nothing is written", Errors: []int{http.StatusNotFound},
	}, s.reviewUser)
}

func (s *Server) reviewUser(ctx context.Context, in *struct {
	Writing
	ID   string `path:"id" doc:"Of the company"`
	Body UserForm
},
) (*struct{ Body Review }, error) {
	review, err := s.review(ctx, s.asked(ctx), in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Review }{review}, nil
}

// review words what the desk finds.
func (s *Server) review(ctx context.Context, cause domain.Cause, companyID string, form UserForm) (Review, error) {
	order, faults, err := s.Desk.Review(ctx, cause, companyID, form)
	if err != nil {
		return Review{}, err
	}
	told := Review{Takes: []Taking{}, Orders: []Ordering{}, Mails: []Mailing{}, Missing: faults}
	if told.Takes, err = s.takings(ctx, order); err != nil {
		return Review{}, err
	}
	if form.NumberFrom == fromPool && order.Claims.Number != "" {
		told.Orders = append(told.Orders, Ordering{What: "purchase", Value: string(order.Number)})
	}
	if order.Company.Policy.SIMs.Orders(order.Licence) {
		told.Orders = append(told.Orders, Ordering{What: "sim", Value: "voice"})
	}
	if order.Activate {
		told.Orders = append(told.Orders, Ordering{What: "activation"})
	}
	for _, coming := range order.Announces() {
		mailing := Mailing{Purpose: coming.Purpose, Channel: coming.Channel, AtOnce: coming.AtOnce}
		switch coming.Channel {
		case user.Mail:
			mailing.To = shortAddress(order.Person.Email)
		case user.SMS:
			mailing.To = shortNumber(order.Person.Mobile)
		}
		told.Mails = append(told.Mails, mailing)
	}
	return told, nil
}

func (s *Server) takings(ctx context.Context, order user.Create) ([]Taking, error) {
	takes := []Taking{}
	if order.Claims.Number != "" {
		takes = append(takes, Taking{What: "number", Value: string(order.Number)})
	}
	if order.Claims.Extension != "" {
		takes = append(takes, Taking{What: "extension", Value: order.Extension, Note: order.ExtensionReason})
	}
	if order.Licence != "" && (order.Claims.Seat != "" || !order.Company.Policy.Quota) {
		licence := Taking{What: "licence", Value: order.Licence}
		kinds, err := s.licences(ctx, order.Company.ID)
		if err != nil {
			return nil, err
		}
		for _, kind := range kinds {
			if kind.Kind == order.Licence && order.Claims.Seat != "" {
				licence.Left, licence.Of = new(max(0, kind.Free-1)), new(kind.Count)
			}
		}
		takes = append(takes, licence)
	}
	for _, option := range order.Options {
		takes = append(takes, Taking{What: "add-on", Value: option})
	}
	return takes, nil
}

// shortAddress shows of an address its first letter and where it is.
func shortAddress(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return ""
	}
	first := []rune(address[:at])[0]
	return string(first) + "…" + address[at:]
}

// shortNumber shows the last digits of a number.
func shortNumber(n string) string {
	const shown = 4
	if len(n) <= shown {
		return ""
	}
	return "…" + n[len(n)-shown:]
}
