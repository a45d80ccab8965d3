package api

import (
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
)

// routesCalendar registers the forms of a user's calendar.
func (f *front) routesCalendar(desk *gin.RouterGroup) {
	desk.POST("/users/:id/calendar", f.plan)
	desk.POST("/users/:id/calendar/:action", f.cancelPlan)
	desk.POST("/users/:id/restore", f.restoreUser)
}

func (f *front) planFields(frame pages.Frame, zone string, typed url.Values) []pages.Field {
	return filledIn([]pages.Field{
		{Name: "what", Label: frame.Say("calendar.what"), Kind: "select", Options: pages.Plans(frame)},
		{Name: "at", Label: frame.Say("calendar.at"), Kind: "datetime-local", Hint: frame.Say("calendar.at-hint", "Zone", zone), Required: true},
		{Name: "reason", Label: frame.Say("calendar.reason"), Kind: "text", Complete: "off"},
	}, typed)
}

// plan takes a date and a time of day in the company's zone.
func (f *front) plan(c *gin.Context) {
	values, cause, err := f.commanded(c, "what", "at", "reason")
	if err != nil {
		f.fail(c, err)
		return
	}
	at, err := f.typedMoment(c, values.Get("at"))
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerUser(c, p.Status, p)
		return
	}
	f.carryOut(c, "plan", cause, f.Desk.Plan(PlanForm{What: values.Get("what"), At: at, Reason: values.Get("reason")}))
}

// typedMoment reads what a field of the kind datetime-local holds.
func (f *front) typedMoment(c *gin.Context, typed string) (time.Time, error) {
	_, firm, err := f.Desk.subject(c.Request.Context(), c.Param("id"))
	if err != nil {
		return time.Time{}, err
	}
	zone, err := time.LoadLocation(firm.ZoneAt(""))
	if err != nil {
		zone = time.UTC
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", typed[:min(len(typed), len("2006-01-02T15:04"))], zone)
	if err != nil {
		return time.Time{}, invalid("/at", "moment", "is a date and a time of day such as 2026-12-31T17:00")
	}
	return at, nil
}

func (f *front) cancelPlan(c *gin.Context) {
	_, cause, err := f.commanded(c)
	if err != nil {
		f.fail(c, err)
		return
	}
	f.carryOut(c, "cancel", cause, f.Desk.CancelPlan(c.Param("action")))
}
