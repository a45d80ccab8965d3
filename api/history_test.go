package api_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// story is a user who was ordered, renamed an hour later and suspended at last.
func (h *house) story() (path string, moments []string, last answer) {
	h.t.Helper()
	firm := h.company("onenet")
	moment := func() { moments = append(moments, url.QueryEscape(h.clock.Now().Format(time.RFC3339))) }
	path = "/v1/users/" + h.user(firm, ada("01")).want(h.t, http.StatusCreated).text("id")
	moment()
	h.clock.forward(time.Hour)
	h.call(http.MethodPatch, path, `{"firstName":"=cmd","mobile":null,"number":"+49301234502"}`).want(h.t, http.StatusOK)
	moment()
	h.clock.forward(time.Hour)
	last = h.call(http.MethodPost, path+"/suspension", "").want(h.t, http.StatusOK)
	moment()
	return path, moments, last
}

func TestAUserIsShownAsOfAMoment(t *testing.T) {
	h := open(t)
	path, moments, _ := h.story()
	for i, want := range []struct{ first, state, tag string }{
		{"Ada", "pending", `"1"`}, {"=cmd", "pending", `"3"`}, {"=cmd", "suspended", `"4"`},
	} {
		then := h.call(http.MethodGet, path+"?at="+moments[i], "").want(t, http.StatusOK)
		if then.text("firstName") != want.first || then.text("state") != want.state || then.header.Get("ETag") != want.tag {
			t.Errorf("moment %d: %s %s", i, then.header.Get("ETag"), then.raw)
		}
	}
	h.call(http.MethodGet, path+"?at=2026-03-02T08:59:59Z", "").problem(t, http.StatusNotFound, "no-user")
	h.call(http.MethodGet, path+"?at=yesterday", "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/at")
}

func TestAHistoryTellsWhatHappened(t *testing.T) {
	h := open(t)
	path, moments, last := h.story()
	all := h.get(path+"/history?limit=200", last).want(t, http.StatusOK)
	summaries := map[string]string{}
	for _, item := range all.items() {
		fact, _ := item.(map[string]any)
		name, _ := fact["type"].(string)
		summaries[name], _ = fact["summary"].(string)
	}
	for name, want := range map[string]string{
		"user.created.v1":         "Ordered with number +49301234501 and extension 4501",
		"user.details-changed.v1": "Changed firstName, mobile",
		"user.number-changed.v1":  "The number is +49301234502 in the place of +49301234501",
		"user.suspended.v1":       "Suspended: emergency calls only",
		"number.assigned.v1":      "The number was reserved for the user",
	} {
		if summaries[name] != want {
			t.Errorf("%s: %q, want %q", name, summaries[name], want)
		}
	}
	one := h.call(http.MethodGet, path+"/history?type=user.suspended.v1,user.resumed.v1&actor=operator", "").want(t, http.StatusOK)
	if len(one.items()) != 1 || one.text("items.0.actor.kind") != "operator" || one.text("items.0.channel") != "api" || one.text("items.0.correlation") == "" {
		t.Fatalf("filtered %s", one.raw)
	}
	then := h.call(http.MethodGet, path+"/history?from="+moments[2]+"&to="+moments[2], "").want(t, http.StatusOK)
	if len(then.items()) != 1 || then.text("items.0.type") != "user.suspended.v1" {
		t.Fatalf("at one moment was recorded %s", then.raw)
	}
	page, seen := h.call(http.MethodGet, path+"/history?limit=2", "").want(t, http.StatusOK), 2
	for ; page.text("next") != ""; seen += len(page.items()) {
		page = h.call(http.MethodGet, path+"/history?limit=2&cursor="+page.text("next"), "").want(t, http.StatusOK)
	}
	if seen != len(all.items()) {
		t.Fatalf("%d facts page by page, %d at once", seen, len(all.items()))
	}
	h.call(http.MethodGet, path+"/history?limit=201", "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/limit")
	h.call(http.MethodGet, path+"/history?cursor=x", "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/cursor")
}

func TestAHistoryIsATableToo(t *testing.T) {
	h := open(t)
	path, _, last := h.story()
	h.get(path, last)
	table := h.call(http.MethodGet, path+"/history", "", "Accept: text/csv").want(t, http.StatusOK)
	if !strings.HasPrefix(table.header.Get("Content-Type"), "text/csv") || !strings.Contains(string(table.raw), "\r\n") {
		t.Fatalf("media type %s, %q", table.header.Get("Content-Type"), table.raw[:40])
	}
	rows, err := csv.NewReader(strings.NewReader(string(table.raw))).ReadAll()
	must(t, err)
	all := h.call(http.MethodGet, path+"/history?limit=200", "").items()
	if len(rows) != len(all)+1 || rows[0][0] != "position" {
		t.Fatalf("%d rows for %d facts", len(rows), len(all))
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
	}
}

func TestADiffNamesTheFactThatChangedEachField(t *testing.T) {
	h := open(t)
	path, moments, _ := h.story()
	diff := h.call(http.MethodGet, path+"/diff?from="+moments[0]+"&to="+moments[2], "").want(t, http.StatusOK)
	changes, _ := diff.at("changes").([]any)
	found := map[string]string{}
	for i, item := range changes {
		change, _ := item.(map[string]any)
		field, _ := change["field"].(string)
		found[field] = diff.text("changes." + string(rune('0'+i)) + ".by.type")
	}
	want := map[string]string{
		"/firstName": "user.details-changed.v1", "/mobile": "user.details-changed.v1",
		"/number": "user.number-changed.v1", "/state": "user.suspended.v1",
	}
	if len(found) != len(want) {
		t.Fatalf("changes %s", diff.raw)
	}
	for field, by := range want {
		if found[field] != by {
			t.Errorf("%s by %q, want %q", field, found[field], by)
		}
	}
	whole := h.call(http.MethodGet, path+"/diff", "").want(t, http.StatusOK)
	if list, _ := whole.at("changes").([]any); len(list) < 10 {
		t.Fatalf("from nothing to now: %s", whole.raw)
	}
	h.call(http.MethodGet, path+"/diff?from="+moments[2]+"&to="+moments[0], "").problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/to")
}
