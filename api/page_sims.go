package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/projections"
)

// routesSIMs registers the pages of SIM cards: a company's list.
func (f *front) routesSIMs(desk *gin.RouterGroup) {
	seen(desk, "/companies/:id/sims", f.showSIMs)
	desk.POST("/companies/:id/sims", f.orderStock)
}

// routesUserSIMs registers the pages of a user's SIM cards (2.1).
func (f *front) routesUserSIMs(desk *gin.RouterGroup) {
	seen(desk, "/users/:id/sims", f.showUserSIMs)
	desk.POST("/users/:id/sims", f.giveCard)
	seen(desk, "/users/:id/sims/:sim", f.showCard)
	desk.POST("/users/:id/sims/:sim/:do", f.changeCard)
}

func (f *front) showSIMs(c *gin.Context) { f.answerSIMs(c, http.StatusOK, nil, nil) }

// answerSIMs shows a company's SIMs and the form with what was typed into it.
func (f *front) answerSIMs(c *gin.Context, status int, typed url.Values, refused *Problem) {
	ctx, id := c.Request.Context(), c.Param("id")
	firm, err := f.cfg.Views.GetCompany(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	view := pages.SIMs{Company: id, CompanyName: firm.Name, State: c.Query("state"), Query: strings.TrimSpace(c.Query("q")), Command: f.cfg.NewID()}
	rows, next, err := f.cfg.Views.SIMs(ctx, projections.SIMFilter{Company: id, State: view.State, Query: view.Query, Cursor: c.Query("cursor")})
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "sims.title", "companies")
	if view.Next = next; !safe(c.Request.Method) {
		frame.Back = "/companies/" + url.PathEscape(id) + "/sims"
	}
	for _, row := range rows {
		holder, err := f.named(ctx, frame, row.User)
		if err != nil {
			f.fail(c, err)
			return
		}
		view.Rows = append(view.Rows, pages.ListedSIM{SIMRow: row, Holder: holder.Label})
	}
	view.Stock = filledIn([]pages.Field{
		{Name: "kind", Label: frame.Say("sims.kind"), Kind: "select", Options: kindOptions(frame, sim.Voice, sim.Data)},
		{Name: "count", Label: frame.Say("sims.count"), Kind: "number", Mode: "numeric", Required: true, Hint: frame.Say("sims.count-hint", "Most", strconv.Itoa(mostStock))},
	}, typed)
	f.refused(&frame, view.Stock, nil, refused)
	f.render(c, status, pages.SIMsPage(frame, view))
}

func kindOptions(frame pages.Frame, kinds ...string) (options []pages.Option) {
	for _, kind := range kinds {
		options = append(options, pages.Option{Value: kind, Label: frame.Say("sims.kinds." + kind)})
	}
	return options
}

func (f *front) orderStock(c *gin.Context) {
	values, cause, err := f.commanded(c, "kind", "count")
	if err != nil {
		f.fail(c, err)
		return
	}
	cards, _ := strconv.Atoi(values.Get("count")) // what is no number is none, which is refused
	ordered, err := f.Desk.OrderStock(c.Request.Context(), cause, c.Param("id"), StockForm{Kind: values.Get("kind"), Count: cards})
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerSIMs(c, p.Status, values, p)
		return
	}
	f.goOn(c, ordered[len(ordered)-1].Position, "/companies/"+url.PathEscape(c.Param("id"))+"/sims?done=sims-stock")
}

func (f *front) showUserSIMs(c *gin.Context) { f.answerUserSIMs(c, http.StatusOK, nil, nil) }

// answerUserSIMs shows a user's SIMs and the form with what was typed into it.
func (f *front) answerUserSIMs(c *gin.Context, status int, typed url.Values, refused *Problem) {
	ctx, id := c.Request.Context(), c.Param("id")
	holder, firm, err := f.Desk.subject(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "sims.of-user", "users")
	frame.Back = userPage(id) + "/sims"
	who, err := f.named(ctx, frame, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	view := pages.UserSIMs{User: id, Name: who.Label, Company: firm.ID, CompanyName: firm.Name, Command: f.cfg.NewID()}
	if view.Cards, err = f.cards(ctx, frame, id); err != nil {
		f.fail(c, err)
		return
	}
	kinds := kindOptions(frame, sim.Voice)
	if err := holder.MayHaveSIM(sim.Data, firm.Policy); err == nil {
		kinds = kindOptions(frame, sim.Voice, sim.Data)
	} else {
		view.NoTwin = wordedRefusal(frame.Voice, f.problem(ctx, err))
	}
	if err := holder.MayHaveSIM(sim.Voice, firm.Policy); err != nil {
		view.Why = wordedRefusal(frame.Voice, f.problem(ctx, err))
	}
	kind := pages.Field{Name: "kind", Label: frame.Say("sims.kind"), Kind: "select", Options: kinds}
	view.Give = filledIn(append([]pages.Field{kind}, cardFields(frame, firm.ZoneAt(holder.Site))...), typed)
	f.refused(&frame, view.Give, cardPointers, refused)
	f.render(c, status, pages.UserSIMsPage(frame, view))
}

// cards gives a user's SIMs as they stand in their own streams, which are never
// late; which ones they are is told by the list.
func (f *front) cards(ctx context.Context, frame pages.Frame, holder string) ([]pages.Card, error) {
	rows, _, err := f.cfg.Views.SIMs(ctx, projections.SIMFilter{User: holder, Limit: mostOfUser})
	if err != nil {
		return nil, err
	}
	shown := make([]pages.Card, 0, len(rows))
	for _, row := range rows {
		s, _, err := f.Desk.card(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		if s.User == holder {
			shown = append(shown, f.shownCard(frame, s))
		}
	}
	return shown, nil
}

// mostOfUser is how many SIMs of a user a page shows; nobody can have as many.
const mostOfUser = 50

// shownCard gives a SIM as pages show it. The support sees the ends of its numbers.
func (f *front) shownCard(frame pages.Frame, s sim.State) pages.Card {
	now := f.cfg.Journal.Now()
	card := pages.Card{
		ID: s.ID, User: s.User, Kind: s.Kind, State: string(s.ShownAt(now)), IMSI: s.Card.IMSI, ICCID: s.Card.ICCID, ActivateAt: utc(s.ActivateAt),
		Since: s.Since, Automatic: s.Automatic, Blocked: s.Blocked || s.Blocking, Swappable: s.Swappable() == nil,
	}
	if frame.Role == domain.ActorSupport {
		card.IMSI, card.ICCID = sim.Tail(card.IMSI), sim.Tail(card.ICCID)
	}
	if t := s.Work.Trouble; t != nil {
		card.Cause, card.NextTry, card.Stuck = t.Cause, utc(t.NextTry), true
		card.Responsible = frame.First(t.Responsible, "who."+t.Responsible)
	}
	card.Commands.Swap, card.Commands.Detach, card.Commands.Block = f.cfg.NewID(), f.cfg.NewID(), f.cfg.NewID()
	card.Commands.Unblock, card.Commands.Retry = f.cfg.NewID(), f.cfg.NewID()
	return card
}
