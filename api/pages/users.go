package pages

import (
	"net/url"

	"dialtone/projections"
)

// Users is a page of the list of users with the filter that made it.
type Users struct {
	Rows                  []projections.UserRow
	State, Company, Query string
	Companies             []Option // to filter by
	Site                  string
	Sites                 []Option          // of the company that is chosen, to filter by
	SiteNames             map[string]string // by id, of the users that are listed
	Next                  string            // cursor of the page behind
	First                 bool
}

// states are the states the list can be narrowed to; "" is all but the deleted.
var states = []string{"", "pending", "activated", "failed", "suspended", "deleted"}

// address gives the list's path with another state or cursor.
func (u Users) address(state, cursor string) string {
	query := url.Values{}
	for name, value := range map[string]string{"state": state, "company": u.Company, "site": u.Site, "q": u.Query, "cursor": cursor} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return withQuery("/users", query)
}

func (u Users) filtered() bool {
	return u.State != "" || u.Company != "" || u.Site != "" || u.Query != ""
}

func stateLabel(f Frame, state string) string {
	if state == "" {
		return f.Say("state.any")
	}
	return f.Say("state." + state)
}

func companyName(options []Option, id string) string {
	for _, option := range options {
		if option.Value == id {
			return option.Label
		}
	}
	return ""
}
