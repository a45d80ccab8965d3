package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"dialtone/api"
	"dialtone/domain"
)

// as begins a session of a role and gives its cookie as a header.
func (h *house) as(kind, id string) string {
	h.t.Helper()
	w := httptest.NewRecorder()
	must(h.t, h.server.StartSession(h.t.Context(), w, domain.Actor{Kind: kind, ID: id}))
	cookie := w.Result().Cookies()[0]
	return "Cookie: " + cookie.Name + "=" + cookie.Value
}

// estate is two companies: one whose admin asks, and another's.
type estate struct {
	*house
	own, foreign string // companies
	boss, worker string // of the own one: an admin, and somebody who is none
	member       string // of the groups that are asked about
	card         string // the SIM that is asked about as its user's
}

func estates(t *testing.T, changes ...func(*api.Config)) *estate {
	t.Helper()
	e := &estate{house: open(t, changes...), card: "none"}
	e.own = e.company("onenet")
	e.foreign = e.call(http.MethodPost, "/v1/companies", `{"name":"Rival","policy":"onenet","language":"en","country":"DE",
		"numbers":[{"from":"+49401234500","to":"+49401234599"}],"licences":[{"kind":"rare","count":300}]}`).want(t, http.StatusCreated).text("id")
	e.boss, e.worker = e.person(e.own), e.person(e.own)
	e.settled(e.call(http.MethodPut, "/v1/users/"+e.boss+"/admin", "").want(t, http.StatusOK))
	return e
}

// person orders another user of a company.
func (e *estate) person(company string) string {
	e.t.Helper()
	made := e.user(company, fmt.Sprintf(`{"firstName":"Ada","lastName":"Number","email":"ada.%s@example.com","mobile":"+491711234567"}`, uuid.NewString())).
		want(e.t, http.StatusCreated)
	e.settled(made)
	return made.text("id")
}

func (e *estate) settled(a answer) {
	e.t.Helper()
	position, err := api.ParsePosition(a.header.Get("Dialtone-Position"))
	must(e.t, err)
	must(e.t, e.views.WaitFor(e.t.Context(), position))
}

// outcome is what an answer says about whether somebody may.
func outcome(a answer) string {
	switch to := a.header.Get("Location"); {
	case a.status == http.StatusSeeOther && strings.HasPrefix(to, "/login"):
		return "login"
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusNotFound:
		return fmt.Sprint(a.status)
	case a.status >= http.StatusInternalServerError:
		return fmt.Sprint("broken ", a.status)
	}
	return "yes"
}

// ask sends a request about a company's or user's resource, with a body that
// changes as little as a route allows.
func (e *estate) ask(route, id, company, session string) answer {
	method, path, _ := strings.Cut(route, " ")
	path = strings.NewReplacer("{id}", id, ":id", id, "{user}", e.member, ":user", e.member, ":sim", e.card, "{profile}", "trip").Replace(path)
	if company != "" {
		path += "?company=" + company
	}
	if method == http.MethodGet || method == http.MethodHead {
		return e.send(method, path, "", session)
	}
	switch {
	case strings.HasSuffix(route, " /v1/groups"), strings.HasSuffix(route, " /v1/devices"), strings.Contains(route, "/members/"):
		return e.send(method, path, "{}", session)
	case strings.HasPrefix(path, "/v1/"):
		return e.send(method, path, `{"way":"hand"}`, session)
	}
	return e.send(method, path, "x=y", session, "Content-Type: application/x-www-form-urlencoded")
}

// matrix says what comes of every route: for the support; for an admin about the
// own company and about another; for a user about the own account and another.
var matrix = map[string]string{
	//                                         support admin other user other
	"POST /v1/companies":                          "403 403 403 403 403",
	"GET /v1/companies":                           "yes yes 404 403 403",
	"GET /v1/companies/{id}":                      "yes yes 404 403 403",
	"POST /v1/companies/{id}/sites":               "403 yes 404 403 403",
	"POST /v1/companies/{id}/users":               "403 yes 404 403 403",
	"POST /v1/companies/{id}/users/review":        "403 yes 404 403 403",
	"GET /v1/companies/{id}/history":              "yes yes 404 403 403",
	"GET /v1/companies/{id}/setup":                "yes yes 404 403 403",
	"PUT /v1/companies/{id}/setup/{step}":         "403 yes 404 403 403",
	"PUT /v1/companies/{id}/region":               "403 yes 404 403 403",
	"PUT /v1/companies/{id}/attendant":            "403 yes 404 403 403",
	"DELETE /v1/companies/{id}/attendant":         "403 yes 404 403 403",
	"PATCH /v1/companies/{id}":                    "403 403 403 403 403",
	"PUT /v1/companies/{id}/policy":               "403 403 403 403 403",
	"POST /v1/companies/{id}/numbers":             "403 403 403 403 403",
	"POST /v1/companies/{id}/licences":            "403 403 403 403 403",
	"POST /v1/companies/{id}/licences/returns":    "403 yes 404 403 403",
	"POST /v1/companies/{id}/connection":          "403 403 403 403 403",
	"GET /v1/numbers":                             "yes yes 404 403 403",
	"GET /v1/licences":                            "yes yes 404 403 403",
	"POST /v1/pool":                               "403 403 403 403 403",
	"GET /v1/pool":                                "yes yes 404 403 403",
	"POST /v1/companies/{id}/purchases":           "403 yes 404 403 403",
	"POST /v1/companies/{id}/assignments":         "403 yes 404 403 403",
	"GET /v1/numbers/{id}/owners":                 "yes yes 404 403 403",
	"PUT /v1/numbers/{id}/reservation":            "403 yes 404 403 403",
	"DELETE /v1/numbers/{id}/reservation":         "403 yes 404 403 403",
	"PUT /v1/numbers/{id}/forwarding":             "403 yes 404 403 403",
	"DELETE /v1/numbers/{id}/forwarding":          "403 yes 404 403 403",
	"POST /v1/numbers/{id}/release":               "403 yes 404 403 403",
	"DELETE /v1/numbers/{id}/rest":                "403 403 403 403 403",
	"POST /v1/users/{id}/swap":                    "403 yes 404 403 403",
	"POST /v1/users/{id}/sims":                    "403 yes 404 403 403",
	"GET /v1/sims":                                "yes yes 404 403 403",
	"GET /v1/sims/{id}/history":                   "403 yes 404 403 403",
	"GET /v1/sims/{id}":                           "yes yes 404 403 403",
	"POST /v1/sims/{id}/swap":                     "403 yes 404 403 403",
	"POST /v1/sims/{id}/detach":                   "403 yes 404 403 403",
	"POST /v1/sims/{id}/block":                    "403 yes 404 403 403",
	"POST /v1/sims/{id}/unblock":                  "403 403 404 403 403",
	"POST /v1/sims/{id}/retry":                    "403 yes 404 403 403",
	"GET /v1/users/{id}/profiles":                 "yes yes 404 yes 404",
	"GET /v1/users/{id}/profiles/{profile}":       "yes yes 404 yes 404",
	"POST /v1/users/{id}/profiles":                "403 yes 404 yes 404",
	"PUT /v1/users/{id}/profiles/{profile}":       "403 yes 404 yes 404",
	"DELETE /v1/users/{id}/profiles/{profile}":    "403 404 404 yes 404", // its user has removed it before the admin does
	"PUT /v1/users/{id}/profile":                  "403 yes 404 yes 404",
	"DELETE /v1/users/{id}/profile":               "403 yes 404 yes 404",
	"POST /v1/users/{id}/plans":                   "403 yes 404 yes 404",
	"DELETE /v1/users/{id}/plans/{plan}":          "403 404 404 404 404",
	"PUT /v1/users/{id}/timetable":                "403 yes 404 yes 404",
	"PUT /v1/users/{id}/switches":                 "403 yes 404 yes 404",
	"POST /v1/users/{id}/rules":                   "403 yes 404 yes 404",
	"PUT /v1/users/{id}/rules/{rule}":             "403 yes 404 yes 404",
	"DELETE /v1/users/{id}/rules/{rule}":          "403 404 404 404 404",
	"GET /v1/groups":                              "yes yes 404 403 403",
	"POST /v1/groups":                             "403 yes 404 403 403",
	"GET /v1/groups/{id}":                         "yes yes 404 403 403",
	"GET /v1/groups/{id}/history":                 "yes yes 404 403 403",
	"PATCH /v1/groups/{id}":                       "403 yes 404 403 403",
	"DELETE /v1/groups/{id}":                      "403 yes 404 403 403",
	"PUT /v1/groups/{id}/members/{user}":          "403 yes 404 403 403",
	"DELETE /v1/groups/{id}/members/{user}":       "403 yes 404 403 403",
	"PUT /v1/groups/{id}/members/{user}/login":    "403 yes 404 yes 404", // where the user is a member
	"DELETE /v1/groups/{id}/members/{user}/login": "403 yes 404 yes 404",
	"GET /v1/models":                              "yes yes 404 403 403",
	"GET /v1/devices":                             "yes yes 404 403 403",
	"POST /v1/devices":                            "403 yes 404 403 403",
	"GET /v1/devices/{id}":                        "yes yes 404 403 403",
	"GET /v1/devices/{id}/history":                "yes yes 404 403 403",
	"DELETE /v1/devices/{id}":                     "403 yes 404 403 403",
	"PUT /v1/devices/{id}/user":                   "403 yes 404 403 403",
	"DELETE /v1/devices/{id}/user":                "403 yes 404 403 403",
	"POST /v1/devices/{id}/provisioning":          "403 yes 404 403 403",
	"POST /v1/companies/{id}/device-logins":       "403 yes 404 403 403",
	"GET /v1/activations":                         "yes yes 404 403 403",
	"POST /v1/companies/{id}/sims":                "403 403 403 403 403",
	"GET /v1/users":                               "yes yes 404 403 403",
	"GET /v1/users/{id}":                          "yes yes 404 yes 404",
	"GET /v1/users/{id}/history":                  "yes yes 404 yes 404",
	"GET /v1/users/{id}/diff":                     "yes yes 404 yes 404",
	"PATCH /v1/users/{id}":                        "403 yes 404 403 403",
	"DELETE /v1/users/{id}":                       "403 yes 404 403 403",
	"POST /v1/users/{id}/activation":              "403 yes 404 403 403",
	"POST /v1/users/{id}/activation/link":         "403 yes 404 403 403",
	"POST /v1/users/{id}/activation/messages":     "403 yes 404 403 403",
	"POST /v1/users/{id}/suspension":              "403 yes 404 403 403",
	"DELETE /v1/users/{id}/suspension":            "403 yes 404 403 403",
	"POST /v1/users/{id}/calendar":                "403 yes 404 403 403",
	"GET /v1/users/{id}/calendar":                 "yes yes 404 yes 404",
	"DELETE /v1/users/{id}/calendar/{action}":     "403 404 404 403 403", // nothing of that name is planned
	"POST /v1/users/{id}/restoration":             "403 yes 404 403 403",
	"GET /v1/users/{id}/restoration":              "yes yes 404 403 403",
	"GET /v1/users/{id}/deletion":                 "yes yes 404 403 403",
	"POST /v1/users/{id}/device/credentials":      "403 yes 404 403 403",
	"POST /v1/users/{id}/credential/reset":        "403 yes 404 403 403",
	"DELETE /v1/users/{id}/credential/lock":       "403 yes 404 403 403",
	"PUT /v1/users/{id}/admin":                    "403 yes 404 403 403",
	"DELETE /v1/users/{id}/admin":                 "403 yes 404 403 403",

	"GET /":                                "yes yes 404 login login",
	"GET /companies":                       "yes yes 404 login login",
	"POST /companies":                      "403 403 403 login login",
	"GET /companies/:id":                   "yes yes 404 login login",
	"POST /companies/:id":                  "403 yes 404 login login",
	"GET /companies/:id/setup":             "yes yes 404 login login",
	"GET /companies/:id/history":           "yes yes 404 login login",
	"POST /companies/:id/setup/:step":      "403 yes 404 login login",
	"POST /companies/:id/connection":       "403 403 403 login login",
	"POST /companies/:id/change":           "403 403 403 login login",
	"POST /companies/:id/numbers":          "403 403 403 login login",
	"POST /companies/:id/licences":         "403 403 403 login login",
	"POST /companies/:id/licences/returns": "403 yes 404 login login",
	"POST /companies/:id/policy":           "403 403 403 login login",
	"GET /companies/:id/sims":              "yes yes 404 login login",
	"POST /companies/:id/sims":             "403 403 403 login login",
	"GET /users/:id/sims":                  "yes yes 404 login login",
	"POST /users/:id/sims":                 "403 yes 404 login login",
	"GET /users/:id/sims/:sim":             "yes yes 404 login login",
	"POST /users/:id/sims/:sim/:do":        "403 yes 404 login login",
	"GET /companies/:id/order":             "403 yes 404 login login",
	"POST /companies/:id/order":            "403 yes 404 login login",
	"GET /companies/:id/numbers":           "yes yes 404 login login",
	"POST /companies/:id/purchases":        "403 yes 404 login login",
	"GET /numbers/:id":                     "yes yes 404 login login",
	"POST /numbers/:id/reserve":            "403 yes 404 login login",
	"POST /numbers/:id/unreserve":          "403 yes 404 login login",
	"POST /numbers/:id/forward":            "403 yes 404 login login",
	"POST /numbers/:id/unforward":          "403 yes 404 login login",
	"POST /numbers/:id/release":            "403 yes 404 login login",
	"GET /companies/:id/devices":           "yes yes 404 login login",
	"POST /companies/:id/devices":          "403 yes 404 login login",
	"GET /companies/:id/logins":            "403 yes 404 login login",
	"POST /companies/:id/logins":           "403 yes 404 login login",
	"GET /devices/:id":                     "yes yes 404 login login",
	"GET /devices/:id/history":             "yes yes 404 login login",
	"POST /devices/:id/user":               "403 yes 404 login login",
	"POST /devices/:id/address":            "403 yes 404 login login",
	"POST /devices/:id/login":              "403 yes 404 login login",
	"POST /devices/:id/delete":             "403 yes 404 login login",
	"GET /companies/:id/groups":            "yes yes 404 login login",
	"POST /companies/:id/groups":           "403 yes 404 login login",
	"GET /groups/:id":                      "yes yes 404 login login",
	"GET /groups/:id/history":              "yes yes 404 login login",
	"POST /groups/:id":                     "403 yes 404 login login",
	"POST /groups/:id/delete":              "403 yes 404 login login",
	"POST /groups/:id/members":             "403 yes 404 login login",
	"POST /groups/:id/members/:user/:do":   "403 yes 404 login login",
	"GET /users":                           "yes yes 404 login login",
	"GET /users/:id":                       "yes yes 404 login login",
	"GET /users/:id/history":               "yes yes 404 login login",
	"GET /users/:id/live":                  "yes yes 404 login login",
	"POST /users/:id/details":              "403 yes 404 login login",
	"POST /users/:id/activation":           "403 yes 404 login login",
	"POST /users/:id/activation/link":      "403 yes 404 login login",
	"POST /users/:id/activation/messages":  "403 yes 404 login login",
	"POST /users/:id/suspend":              "403 yes 404 login login",
	"POST /users/:id/resume":               "403 yes 404 login login",
	"POST /users/:id/device":               "403 yes 404 login login",
	"POST /users/:id/delete":               "403 yes 404 login login",
	"POST /users/:id/calendar":             "403 yes 404 login login",
	"POST /users/:id/calendar/:action":     "403 yes 404 login login",
	"POST /users/:id/restore":              "403 yes 404 login login",
	"POST /users/:id/open":                 "403 yes 404 login login",
	"POST /users/:id/credential":           "403 yes 404 login login",
	"POST /users/:id/unlock":               "403 yes 404 login login",
	"POST /users/:id/admin":                "403 yes 404 login login",
	"POST /users/:id/admin/revoke":         "403 yes 404 login login",
}

// open routes need no role: they prove by themselves who asks, or show nothing
// of anybody.
var openRoutes = []string{
	"/healthz", "/readyz", "/metrics", "/openapi.json", "/webhooks/twilio", "/webhooks/mail", "/webhooks/sim", "/provision/:secret/:file", "/assets/*file", "/login", "/logout", "/view",
	"/activate/:token", "/activate/:token/link", "/reset", "/reset/:token",
}

func TestEveryRouteKnowsWhoMayUseIt(t *testing.T) {
	closing := make(chan struct{})
	close(closing) // live streams end at once
	e := estates(t, func(c *api.Config) { c.Closing = closing })
	routes := e.operations()
	for _, route := range e.server.Routes() {
		method, path, _ := strings.Cut(route, " ")
		if path == "/me" || strings.HasPrefix(path, "/me/") {
			e.ownOnly(route)
			continue
		}
		if !strings.HasPrefix(path, "/v1/") && !slices.Contains(openRoutes, path) && method != http.MethodHead {
			routes = append(routes, route)
		}
	}
	for _, route := range routes {
		want, known := matrix[route]
		if !known {
			t.Errorf("nothing says who may use %s", route)
			continue
		}
		t.Run(strings.ReplaceAll(route, "/", "_"), func(t *testing.T) {
			if got := e.outcomes(t, route); got != want {
				t.Errorf("%s: %s, want %s", route, got, want)
			}
		})
	}
	if len(routes) < len(matrix) {
		t.Errorf("%d routes, %d in the table", len(routes), len(matrix))
	}
}

// ownOnly checks that a page of the own account is for users in their own role.
func (e *estate) ownOnly(route string) {
	e.t.Helper()
	for who, session := range map[string]string{
		"the operator": e.as(domain.ActorOperator, "olga"), "the support": e.as(domain.ActorSupport, "sue"),
		"an admin": e.as(domain.ActorAdmin, e.boss), "a stranger": "X-Nobody: 1",
	} {
		if got := outcome(e.ask(route, "", "", session)); got != "login" {
			e.t.Errorf("%s: %s is answered with %s", route, who, got)
		}
	}
}

// outcomes asks a route in every role, about fresh users.
func (e *estate) outcomes(t *testing.T, route string) string {
	t.Helper()
	e = &estate{house: e.in(t), own: e.own, foreign: e.foreign, boss: e.boss, worker: e.worker}
	mine, theirs, asking, listed, other := e.own, e.foreign, e.worker, "", ""
	switch {
	case strings.Contains(route, "/groups/"):
		mine, theirs, e.member = e.group(e.own), e.group(e.foreign), asking
		e.call(http.MethodPut, "/v1/groups/"+mine+"/members/"+asking, "").want(t, http.StatusOK)
	case strings.HasSuffix(route, "/users/review"): // about a company
	case strings.Contains(route, "/users/:id/sims/"):
		mine, theirs = e.person(e.own), e.person(e.foreign)
		e.card, asking = e.sim(mine), mine
	case strings.Contains(route, "/sims/"):
		mine, theirs = e.sim(e.worker), e.sim(e.person(e.foreign))
	case strings.Contains(route, "/devices/{id}"), strings.Contains(route, "/devices/:id"):
		mine, theirs = e.phone(e.own), e.phone(e.foreign)
	case strings.Contains(route, "/users/"):
		mine, theirs = e.person(e.own), e.person(e.foreign)
		asking = mine
	case strings.Contains(route, "/numbers/{id}"), strings.Contains(route, " /numbers/:id"):
		mine, theirs = "+49301234550", "+49401234550"
	case !strings.Contains(route, "id"):
		listed, other = e.own, e.foreign
	}
	support, admin, self := e.as(domain.ActorSupport, "sue"), e.as(domain.ActorAdmin, e.boss), e.as(domain.ActorUser, asking)
	got := []string{outcome(e.ask(route, mine, listed, self)), outcome(e.ask(route, theirs, other, self))} // before others change anything
	got = append([]string{
		outcome(e.ask(route, mine, listed, support)),
		outcome(e.ask(route, mine, listed, admin)), outcome(e.ask(route, theirs, other, admin)),
	}, got...)
	if asOperator := outcome(e.ask(route, mine, listed, "Authorization: Bearer "+operatorToken)); strings.HasPrefix(route, "GET /v1") && asOperator != "yes" {
		t.Errorf("the operator is answered with %s", asOperator)
	}
	if stranger := outcome(e.ask(route, mine, listed, "X-Nobody: 1")); stranger != "401" && stranger != "login" {
		t.Errorf("a stranger is answered with %s", stranger)
	}
	return strings.Join(got, " ")
}
