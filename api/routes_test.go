package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// operations lists "METHOD /path" of everything that is described under /v1.
func (h *house) operations() []string {
	h.t.Helper()
	paths, _ := h.send(http.MethodGet, "/openapi.json", "").want(h.t, http.StatusOK).body["paths"].(map[string]any)
	var operations []string
	for path, item := range paths {
		methods, _ := item.(map[string]any)
		for method := range methods {
			if strings.HasPrefix(path, "/v1/") {
				operations = append(operations, strings.ToUpper(method)+" "+path)
			}
		}
	}
	slices.Sort(operations)
	return operations
}

func TestNoRouteOpensToStrangers(t *testing.T) {
	h := open(t)
	operations := h.operations()
	if len(operations) < 18 {
		t.Fatalf("only %d operations", len(operations))
	}
	for _, operation := range operations {
		method, path, _ := strings.Cut(operation, " ")
		h.send(method, strings.NewReplacer("{id}", "x", "{user}", "y").Replace(path), "{}").problem(t, http.StatusUnauthorized, "unauthenticated")
	}
}

// handled ends the body of a call profile.
const handled = `"shown":{"fixed":"fixed","mobile":"mobile"},"calls":{"ring":"both"}}`

// bodies are what commands are sent with.
func (h *house) bodies(firm string) map[string]string {
	h.t.Helper()
	return map[string]string{
		"POST /v1/companies":                       `{"name":"Second","policy":"onenet","language":"en","country":"DE"}`,
		"POST /v1/companies/{id}/sites":            `{"name":"Bonn"}`,
		"POST /v1/companies/{id}/users":            ada("01"),
		"POST /v1/companies/{id}/users/review":     ada("01"),
		"PATCH /v1/companies/{id}":                 `{"name":"Third"}`,
		"POST /v1/companies/{id}/numbers":          `{"numbers":[{"from":"+4930999900","to":"+4930999909"}]}`,
		"POST /v1/companies/{id}/licences":         `{"licences":[{"kind":"standard","count":1}]}`,
		"POST /v1/companies/{id}/licences/returns": `{"kind":"standard"}`,
		"PUT /v1/companies/{id}/attendant":         `{"user":"` + h.user(firm, `{"firstName":"A","lastName":"T","extension":"99999"}`).want(h.t, http.StatusCreated).text("id") + `"}`,
		"PUT /v1/companies/{id}/policy":            `{"policy":"onenet"}`,
		"PUT /v1/companies/{id}/region":            `{"language":"sv","timeZone":"Europe/Stockholm"}`,
		"PUT /v1/companies/{id}/setup/{step}":      `{"state":"skipped"}`,
		"PATCH /v1/users/{id}":                     `{"firstName":"B"}`,
		"POST /v1/users/{id}/sims":                 `{"kind":"voice","imsi":"` + freshIMSI() + `"}`,
		"POST /v1/companies/{id}/sims":             `{"kind":"voice","count":2}`,
		"POST /v1/sims/{id}/swap":                  `{"imsi":"` + freshIMSI() + `"}`,
		"POST /v1/devices":                         `{"company":"` + firm + `","manufacturer":"yealink","model":"T46U","mac":"001565000001"}`,
		"PUT /v1/devices/{id}/user":                `{"user":"` + h.user(firm, `{"firstName":"A","lastName":"P","extension":"99998"}`).want(h.t, http.StatusCreated).text("id") + `"}`,
		"POST /v1/groups":                          `{"company":"` + firm + `","kind":"hunt","name":"Sales"}`,
		"PATCH /v1/groups/{id}":                    `{"name":"Orders"}`,
		"POST /v1/users/{id}/activation/messages":  `{"channel":"mail"}`,
		"POST /v1/pool":                            `{"from":"+4930888800","to":"+4930888809"}`,
		"POST /v1/companies/{id}/purchases":        `{"number":"+4930888700"}`,
		"POST /v1/companies/{id}/assignments":      `{"rows":[{"user":"nobody"}]}`,
		"POST /v1/companies/{id}/device-logins":    `{"users":["nobody"]}`,
		"PUT /v1/numbers/{id}/reservation":         `{"reason":"later"}`,
		"PUT /v1/numbers/{id}/forwarding":          `{"to":"+4930999999"}`,
		"POST /v1/numbers/{id}/release":            `{"to":"company"}`,
		"POST /v1/users/{id}/swap":                 `{"with":"` + h.numbered(firm, "+49301234598") + `"}`,
		"POST /v1/users/{id}/profiles":             `{"name":"Workshop","number":20,` + handled,
		"PUT /v1/users/{id}/profiles/{profile}":    `{"number":7,` + handled,
		"PUT /v1/users/{id}/profile":               `{"profile":"lunch"}`,
		"POST /v1/users/{id}/plans":                `{"profile":"vacation","from":"2026-05-01T12:00:00Z","until":"2026-05-11T12:00:00Z"}`,
		"PUT /v1/users/{id}/timetable":             `{"spans":[{"day":"monday","from":"08:00","to":"17:00","profile":"available"}],"else":"gone"}`,
		"PUT /v1/users/{id}/switches":              `{"doNotDisturb":true,"rejectAnonymous":false,"also":[],"forwards":[]}`,
		"POST /v1/users/{id}/rules":                `{"direction":"inbound","effect":"reject","subject":"anonymous"}`,
		"PUT /v1/users/{id}/rules/{rule}":          `{"direction":"outbound","effect":"reject","subject":"international"}`,
		"POST /v1/users/{id}/calendar":             `{"what":"suspend","at":"2026-05-01T12:00:00Z"}`,
	}
}

// prepared makes the plan or rule that a command is about, and names it or a
// call profile in the path.
func (h *house) prepared(method, path string, bodies map[string]string) string {
	h.t.Helper()
	if plans, ok := strings.CutSuffix(path, "/{plan}"); ok {
		made := h.call(http.MethodPost, plans, bodies["POST /v1/users/{id}/plans"]).want(h.t, http.StatusOK)
		return plans + "/" + made.list("plans")[0]["id"].(string)
	}
	path = strings.NewReplacer("{profile}", "trip", "{rule}", "evening").Replace(path)
	if method == http.MethodDelete && strings.HasSuffix(path, "/rules/evening") {
		h.call(http.MethodPut, path, bodies["PUT /v1/users/{id}/rules/{rule}"]).want(h.t, http.StatusOK)
	}
	return path
}

func TestEveryCommandKeepsItsFirstAnswer(t *testing.T) {
	h := open(t)
	firm := h.company("onenet", `,"licences":[{"kind":"standard","count":5}]`)
	bodies := h.bodies(firm)
	h.pooled("+4930888700", "+4930888700")
	for _, operation := range h.operations() {
		method, path, _ := strings.Cut(operation, " ")
		if method == http.MethodGet {
			continue
		}
		id := firm
		if strings.HasPrefix(path, "/v1/numbers/") {
			id = "+49301234590"
		}
		if strings.HasPrefix(path, "/v1/users/") {
			id = h.user(firm, `{"firstName":"A","lastName":"B","extension":"`+extensionFor(operation)+`"}`).want(t, http.StatusCreated).text("id")
		}
		if strings.HasPrefix(path, "/v1/sims/") {
			id = h.simOf(h.user(firm, `{"firstName":"A","lastName":"B","extension":"`+extensionFor(operation)+`"}`).want(t, http.StatusCreated).text("id"), freshIMSI())
		}
		if path == "/v1/users/{id}/swap" {
			id = h.numbered(firm, "+49301234599")
		}
		if strings.HasPrefix(path, "/v1/devices/") {
			id = h.call(http.MethodPost, "/v1/devices", strings.Replace(bodies["POST /v1/devices"], "001565000001", "0015650"+extensionFor(operation), 1)).want(t, http.StatusCreated).text("id")
		}
		member := ""
		if strings.HasPrefix(path, "/v1/groups/") {
			id = h.call(http.MethodPost, "/v1/groups", bodies["POST /v1/groups"]).want(t, http.StatusCreated).text("id")
			member = h.user(firm, `{"firstName":"A","lastName":"B","extension":"`+extensionFor(operation)+`"}`).want(t, http.StatusCreated).text("id")
			if strings.HasSuffix(path, "/login") {
				h.call(http.MethodPut, "/v1/groups/"+id+"/members/"+member, "").want(t, http.StatusOK)
			}
		}
		if strings.Contains(path, "{step}") { // this operator leads nobody through a set-up
			id = h.call(http.MethodPost, "/v1/companies", `{"name":"Led","policy":"unifyoffice","language":"en","country":"DE"}`).want(t, http.StatusCreated).text("id")
		}
		path = strings.NewReplacer("{id}", id, "{step}", "users", "{user}", member).Replace(path)
		if calendar, ok := strings.CutSuffix(path, "/{action}"); ok {
			path = calendar + "/" + h.call(http.MethodPost, calendar, bodies["POST /v1/users/{id}/calendar"]).want(t, http.StatusCreated).text("subject")
		}
		path = h.prepared(method, path, bodies)
		first := h.call(method, path, bodies[operation], oneKey)
		second := h.call(method, path, bodies[operation], oneKey)
		if second.status != first.status || second.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%s: %d, then %d: %s", operation, first.status, second.status, second.raw)
		}
		if first.status >= 300 {
			if !strings.HasPrefix(operation, "POST /v1/users/{id}/activation/") { // this operator's users have no link
				t.Errorf("%s: %s", operation, first.raw)
			}
			continue
		}
		if strings.HasSuffix(operation, "/review") { // it judges and writes nothing
			continue
		}
		if first.header.Get("ETag") == "" || first.header.Get("Dialtone-Position") == "" {
			t.Errorf("%s: headers %v", operation, first.header)
		}
	}
}

// extensionFor gives each operation's user an extension of its own.
func extensionFor(operation string) string {
	sum := 0
	for _, letter := range operation {
		sum = (sum*31 + int(letter)) % 90_000
	}
	return string([]byte{'1' + byte(sum/10_000), '0' + byte(sum/1000%10), '0' + byte(sum/100%10), '0' + byte(sum/10%10), '0' + byte(sum%10)})
}

func TestListsAreReadPageByPage(t *testing.T) {
	h := open(t)
	firm := h.company("onenet", `,"licences":[{"kind":"standard","count":5}]`)
	var last answer
	for _, number := range []string{"01", "02", "03", "04", "05"} {
		last = h.user(firm, ada(number)).want(t, http.StatusCreated)
	}
	for path, want := range map[string]int{"/v1/users?": 5, "/v1/numbers?state=held&": 5, "/v1/companies?": 1} {
		seen, cursor := 0, ""
		for range 10 {
			page := h.get(path+"limit=2&cursor="+cursor, last).want(t, http.StatusOK)
			seen += len(page.items())
			if cursor = page.text("next"); cursor == "" {
				break
			}
		}
		if seen != want {
			t.Errorf("%s: %d items, want %d", path, seen, want)
		}
	}
	for _, path := range []string{"/v1/users", "/v1/numbers", "/v1/companies"} {
		h.call(http.MethodGet, path+"?cursor=zzz", "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/cursor")
		h.call(http.MethodGet, path+"?limit=-1", "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/limit")
	}
	if empty := h.call(http.MethodGet, "/v1/users?q=nobody", "").want(t, http.StatusOK); !strings.Contains(string(empty.raw), `"items":[]`) {
		t.Errorf("an empty list is %s", empty.raw)
	}
}
