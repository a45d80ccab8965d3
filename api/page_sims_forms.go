package api

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/projections"
)

// cardFields ask for what is printed on a card, and from when it is to work (2.3).
func cardFields(frame pages.Frame, zone string) []pages.Field {
	return []pages.Field{
		{Name: "card", Label: frame.Say("sims.card-number"), Kind: "text", Mode: "numeric", Complete: "off", Hint: frame.Say("sims.card-hint"), Required: true},
		{Name: "date", Label: frame.Say("sims.date"), Kind: "date", Hint: frame.Say("sims.date-hint", "Zone", zone)},
	}
}

// cardPointers are the fields of the command that the form's fields stand for.
var cardPointers = map[string][]string{"card": {"/imsi", "/iccid", "/printed"}, "date": {"/activateOn"}}

// typedCard reads what was typed: which of a card's numbers it is, its length
// tells (2.3, 2.5). A card that is to work from a day on does so at its beginning
// in the company's zone.
func typedCard(values url.Values, zone string) (CardForm, error) {
	number := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, values.Get("card"))
	form := CardForm{IMSI: values.Get("card")}
	switch len(number) {
	case 13:
		form = CardForm{Printed: number}
	case 15:
		form = CardForm{IMSI: number}
	case 19, 20:
		form = CardForm{ICCID: number}
	}
	typed := values.Get("date")
	if typed == "" {
		return form, nil
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	on, err := time.ParseInLocation(time.DateOnly, typed, place)
	if err != nil {
		return CardForm{}, invalid("/activateOn", "moment", "is a day such as 2026-12-31")
	}
	form.ActivateOn = &on
	return form, nil
}

// giveCard gives a user the card whose number was typed.
func (f *front) giveCard(c *gin.Context) {
	values, cause, err := f.commanded(c, "kind", "card", "date")
	if err != nil {
		f.fail(c, err)
		return
	}
	ctx, id := c.Request.Context(), c.Param("id")
	holder, firm, err := f.Desk.subject(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	form := SIMForm{Kind: values.Get("kind")}
	if form.CardForm, err = typedCard(values, firm.ZoneAt(holder.Site)); err == nil && form.Kind == sim.ESIM {
		err = invalid("/kind", "unknown", "is voice or data; an eSIM is ordered by its user") // (2.9)
	}
	var done Done
	if err == nil {
		done, err = f.Desk.GiveSIM(ctx, cause, id, form)
	}
	if err != nil {
		p := f.problem(ctx, err)
		f.answerUserSIMs(c, p.Status, values, p)
		return
	}
	f.goOn(c, done.Position, userPage(id)+"/sims?done=sims-given")
}

func (f *front) showCard(c *gin.Context) { f.answerCard(c, http.StatusOK, nil, nil) }

// held gives the SIM of the path, which has to be the user's. A form that is sent
// again after its SIM was taken from the user still finds it.
func (f *front) held(c *gin.Context) (sim.State, error) {
	s, firm, err := f.Desk.card(c.Request.Context(), c.Param("sim"))
	if err != nil {
		return s, err
	}
	holder, _, err := f.Desk.subject(c.Request.Context(), c.Param("id"))
	switch {
	case err != nil:
		return s, err
	case holder.Company != firm.ID, safe(c.Request.Method) && s.User != holder.ID:
		return s, noSIM()
	case s.User != "" && s.User != holder.ID:
		return s, sim.Taken()
	}
	return s, nil
}

// answerCard shows a SIM of a user, with a refusal above.
func (f *front) answerCard(c *gin.Context, status int, typed url.Values, refused *Problem) {
	ctx, id := c.Request.Context(), c.Param("id")
	s, err := f.held(c)
	if err != nil {
		f.fail(c, err)
		return
	}
	holder, firm, err := f.Desk.subject(ctx, id)
	if err != nil {
		f.fail(c, err)
		return
	}
	frame := f.frame(c, "sims.of-user", "users")
	frame.Back = userPage(id) + "/sims/" + url.PathEscape(s.ID)
	card := f.shownCard(frame, s)
	who, err := f.named(ctx, frame, id)
	if err == nil && frame.Role != domain.ActorSupport { // its facts tell the card's numbers
		card.History, err = f.timeline(ctx, frame, frame.Back, projections.HistoryFilter{User: s.ID, Limit: mostOfCard})
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	card.User, card.Name, card.History.After = id, who.Label, "" // nothing is streamed
	card.Swap = filledIn(cardFields(frame, firm.ZoneAt(holder.Site)), typed)
	f.refused(&frame, card.Swap, cardPointers, refused)
	f.render(c, status, pages.CardPage(frame, card))
}

// mostOfCard is how many of a SIM's facts its page shows.
const mostOfCard = 50

// changeCard does with a user's SIM what the form's path says (2.7, 2.8).
func (f *front) changeCard(c *gin.Context) {
	values, cause, err := f.commanded(c, "card", "date")
	var s sim.State
	if err == nil {
		s, err = f.held(c)
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	done, err := f.onCard(c, cause, s, values)
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		if p.Status == http.StatusNotFound {
			f.fail(c, err)
			return
		}
		f.answerCard(c, p.Status, values, p)
		return
	}
	f.goOn(c, done.Position, userPage(c.Param("id"))+"/sims?done=sims-saved")
}

func (f *front) onCard(c *gin.Context, cause domain.Cause, s sim.State, values url.Values) (Done, error) {
	ctx, id := c.Request.Context(), c.Param("id")
	switch c.Param("do") {
	case "swap":
		holder, firm, err := f.Desk.subject(ctx, id)
		if err != nil {
			return Done{}, err
		}
		form, err := typedCard(values, firm.ZoneAt(holder.Site))
		if err != nil {
			return Done{}, err
		}
		return f.Desk.SwapSIM(ctx, cause, s.ID, form)
	case "detach":
		return f.Desk.onSIM(ctx, cause, s.ID, sim.Detach{User: id, Reason: detachedByHand, ByHand: true}.Decide)
	case "block":
		return f.Desk.BlockSIM(ctx, cause, s.ID)
	case "unblock":
		return f.Desk.UnblockSIM(ctx, cause, s.ID)
	case "retry":
		return f.Desk.RetrySIM(ctx, cause, s.ID)
	}
	return Done{}, domain.Faultf(domain.Missing, "no-route", "there is nothing at this address")
}
