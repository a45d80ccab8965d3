package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/number"
)

func (f *front) showNumber(c *gin.Context) { f.answerNumber(c, http.StatusOK, sent{}) }

// answerNumber shows a number: how it stands, what can be done with it, and whose
// it was, on a day that is asked for or ever. An admin sees the own company's times.
func (f *front) answerNumber(c *gin.Context, status int, s sent) {
	ctx, n, own := c.Request.Context(), lineOf(c.Param("id")), exchangeOf(c.Request.Context()).company
	owned, err := f.owners(ctx, n, time.Time{}, own)
	if err != nil {
		f.fail(c, err)
		return
	}
	history, err := f.cfg.Journal.Load(ctx, number.Stream(n))
	if err != nil {
		f.fail(c, err)
		return
	}
	state := number.Fold(history.Facts)
	frame := f.frame(c, "numbers.title", "companies")
	frame.Title = string(n) + " · Dialtone"
	if s.refused != nil {
		frame.Back = numberPath(n, "")
	}
	view := pages.Number{Number: string(n), State: "inactive", Kind: kindOf(string(state.Kind)), Country: state.Country, Zone: "UTC"}
	if own == "" || state.Company == own {
		if err := f.numberStands(ctx, frame, &view, state); err != nil {
			f.fail(c, err)
			return
		}
	}
	f.refusedForm(&frame, view.Forms, s)
	if err := ownedOn(&view, c.Query("day"), f.cfg.Journal.Now()); err != nil {
		p := f.problem(ctx, err)
		status, frame.Fault = p.Status, strings.Join(wordedFaults(frame.Voice, p).Of("/day"), " ")
	}
	for _, times := range owned {
		if view.On(times.From, times.Until) {
			view.Owned = append(view.Owned, ownedTime(frame, times))
		}
	}
	f.render(c, status, pages.NumberPage(frame, view))
}

// refusedForm puts what was typed into a form that was refused back into it, and
// what is wrong beside the fields.
func (f *front) refusedForm(frame *pages.Frame, forms []pages.NumberForm, s sent) {
	if s.refused == nil {
		return
	}
	frame.Fault = wordedRefusal(frame.Voice, s.refused)
	for _, form := range forms {
		if strings.HasSuffix(form.Path, "/"+s.form) {
			f.refused(frame, filledIn(form.Fields, s.typed), nil, s.refused)
		}
	}
}

// numberStands tells how a number stands now, and gives the forms for what can be done
// with it.
func (f *front) numberStands(ctx context.Context, frame pages.Frame, view *pages.Number, s number.State) error {
	now := f.cfg.Journal.Now()
	view.State, view.Forward = string(s.StandingAt(now)), string(s.Forward)
	if s.RestsAt(now) {
		view.RestsUntil = momentOf(s.Rests)
	}
	if s.ReservedAt(now) {
		view.Reason, view.ReservedUntil = s.Reserved.Reason, s.Reserved.Until
	}
	if s.Company == "" {
		return nil
	}
	firm, err := f.Desk.firm(ctx, s.Company)
	if err != nil {
		return err
	}
	view.Company, view.Zone = pages.Option{Value: firm.ID, Label: firm.Name}, firm.ZoneAt("")
	if view.User, err = f.named(ctx, frame, s.User); err != nil {
		return err
	}
	view.Forms = f.numberForms(frame, domain.E164(view.Number), s)
	view.Mobile = s.Mobile() && s.User == ""
	return nil
}

// numberForms are the forms of a company's number: a user's can be taken away, one
// that is no user's kept, forwarded and given back.
func (f *front) numberForms(frame pages.Frame, n domain.E164, s number.State) (forms []pages.NumberForm) {
	form := func(do, title string, fields ...pages.Field) {
		forms = append(forms, pages.NumberForm{
			Path: numberPath(n, "/"+do), Title: frame.Say("numbers.do." + title), Command: f.cfg.NewID(), Fields: fields,
		})
	}
	if s.User != "" {
		form("release", "take")
		forms[0].To, forms[0].Hint = "company", frame.Say("numbers.take-hint")
		return forms
	}
	if !s.Mobile() {
		form("forward", "forward", pages.Field{
			Name: "to", Label: frame.Say("numbers.forward-to"), Kind: "tel", Complete: "off", Value: string(s.Forward), Hint: frame.Say("numbers.forward-hint"),
		})
	}
	if s.Forward != "" {
		form("unforward", "unforward")
	}
	keep := []pages.Field{
		{Name: "reason", Label: frame.Say("numbers.reason"), Kind: "text", Complete: "off"},
		{Name: "until", Label: frame.Say("numbers.until"), Kind: "date", Hint: frame.Say("numbers.until-hint")},
	}
	if s.ReservedAt(f.cfg.Journal.Now()) {
		keep[0].Value = s.Reserved.Reason
		if until := s.Reserved.Until; until != nil {
			keep[1].Value = until.UTC().Format(time.DateOnly)
		}
	}
	form("reserve", "reserve", keep...)
	if s.Reserved != nil {
		form("unreserve", "unreserve")
	}
	form("release", "release")
	last := &forms[len(forms)-1]
	last.To, last.Hint = "pool", frame.Say("numbers.release-hint")
	return forms
}

func numberPath(n domain.E164, rest string) string { return "/numbers/" + string(n) + rest }

// ownedOn narrows a page to the day that was asked for, in the time zone of the
// company that has the number.
func ownedOn(view *pages.Number, day string, now time.Time) error {
	if day == "" {
		return nil
	}
	zone, err := time.LoadLocation(view.Zone)
	if err != nil {
		zone = time.UTC
	}
	begin, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return invalid("/day", "date", "is a day such as 2027-03-31")
	}
	if begin.After(now) {
		return invalid("/day", "future", "has not come yet")
	}
	view.Day, view.Begin, view.End = day, begin, begin.AddDate(0, 0, 1)
	return nil
}

// ownedTime words a time in which a number was the same company's and user's.
func ownedTime(frame pages.Frame, owned Ownership) pages.OwnedTime {
	shown := pages.OwnedTime{From: owned.From, Until: owned.Until, State: owned.State}
	if owned.Company != nil {
		shown.Company = pages.Option{Value: owned.Company.ID, Label: owned.Company.Name}
	}
	if owned.User != nil {
		shown.User = pages.Option{Value: owned.User.ID, Label: owned.User.Name}
		switch {
		case owned.User.Erased:
			shown.User.Label = frame.Say("users.erased")
		case owned.User.Name == "":
			shown.User.Label = frame.Say("users.nameless")
		}
	}
	for _, act := range owned.Facts {
		shown.Facts = append(shown.Facts, pages.OwnedFact{
			At: act.At, Said: frame.First(act.Summary, "fact."+strings.TrimSuffix(act.Type, ".v1")), By: act.Actor.Kind,
		})
	}
	return shown
}

// onNumber is a form of a number's page that gives a command and leads back.
func (f *front) onNumber(name string, fields []string, command func(context.Context, domain.Cause, domain.E164, url.Values) (Done, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		values, cause, err := f.commanded(c, fields...)
		if err != nil {
			f.fail(c, err)
			return
		}
		n := lineOf(c.Param("id"))
		done, err := command(c.Request.Context(), cause, n, values)
		if err == nil {
			f.goOn(c, done.Position, numberPath(n, "?done=number"))
			return
		}
		p := f.problem(c.Request.Context(), err)
		if p.Status == http.StatusNotFound {
			f.fail(c, err)
			return
		}
		f.answerNumber(c, p.Status, sent{name, values, p})
	}
}

// keptUntil reads why and until which day a number is kept.
func keptUntil(values url.Values) (ReserveForm, error) {
	form := ReserveForm{Reason: values.Get("reason")}
	if typed := values.Get("until"); typed != "" {
		day, err := time.Parse(time.DateOnly, typed)
		if err != nil {
			return form, invalid("/until", "date", "is a day such as 2027-03-31")
		}
		form.Until = &day
	}
	return form, nil
}
