package pages_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"dialtone/api/assets"
	"dialtone/api/locales"
	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/wire"
	"dialtone/projections"
)

func frame(t *testing.T, tag string, vendor bool) pages.Frame {
	t.Helper()
	catalogue, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"app.css": {}, "base.css": {Data: []byte("b")}, "app.js": {}, "icon.svg": {}}
	if vendor {
		for _, name := range []string{assets.Tabler, assets.HTMX, assets.SSE} {
			files[name] = &fstest.MapFile{Data: []byte(name)}
		}
	}
	set, err := assets.New(files)
	if err != nil {
		t.Fatal(err)
	}
	return pages.Frame{Voice: catalogue.Voice(tag), Assets: set, Tags: catalogue.Tags(), Title: "T", Back: "/users?q=a&lang=en"}
}

func shown(t *testing.T, page templ.Component) string {
	t.Helper()
	var out strings.Builder
	if err := page.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func says(t *testing.T, html string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(html, text) {
			t.Errorf("the page does not say %q:\n%s", text, html)
		}
	}
}

func TestPagesDoWithoutTheFetchedFiles(t *testing.T) {
	with, without := frame(t, "en", true), frame(t, "en", false)
	rich := shown(t, pages.UsersPage(with, pages.Users{}))
	says(t, rich, with.Assets.URL(assets.Tabler), with.Assets.URL(assets.HTMX), `"allowEval":false`, `"includeIndicatorStyles":false`)
	plain := shown(t, pages.UsersPage(without, pages.Users{}))
	says(t, plain, without.Assets.URL(assets.Base), without.Assets.URL(assets.Style))
	if strings.Contains(plain, `src=""`) || strings.Contains(plain, `href=""`) || strings.Contains(plain, "htmx-config") {
		t.Errorf("the page links to what is not there:\n%s", plain)
	}
	small := shown(t, pages.ActivationPage(with, pages.Activation{Standing: pages.Unknown}))
	if strings.Contains(small, "tabler") || strings.Contains(small, "htmx") {
		t.Error("the user's page loads what only the back-office needs")
	}
}

func TestAStepTellsEverythingThatIsKnownOfIt(t *testing.T) {
	next, end := time.Date(2026, 3, 2, 9, 5, 0, 0, time.UTC), time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	account := pages.Account{
		UserRow: projections.UserRow{ID: "u", State: "pending", LinkState: "open", LinkExpiresAt: &end, CredentialState: "none"},
		Steps: []projections.StepRow{
			{Name: "line", State: "done", Attempts: 1, Responsible: "operator"},
			{Name: "link", State: "waiting", Cause: "greylisted", Responsible: "mail", Code: "451 4.7.1", Text: "later", Attempts: 2, NextTry: &next, Deadline: &end},
		},
	}
	html := shown(t, pages.Progress(frame(t, "de", true), account))
	says(t, html, "Anschluss", "erledigt", "Link und Passwort", "wartet", "der Mailserver bittet um einen späteren Versuch", "Am Zug: der Maildienst",
		"Versuch 2", "nächster Versuch ", "2026-03-02T09:05:00Z", "Frist ", "2026-03-04 09:00:00 UTC", "Antwort: 451 4.7.1 later", "Neuen Link senden")
	if strings.Contains(html, "der Betreiber") {
		t.Error("a step that is done waits for nobody")
	}
}

func TestTheActionsFitTheState(t *testing.T) {
	link := []projections.StepRow{{Name: "line", State: "done"}, {Name: "link", State: "failed"}}
	done := []projections.StepRow{{Name: "link", State: "done"}}
	for _, c := range []struct {
		name         string
		row          projections.UserRow
		steps        []projections.StepRow
		there, never []string
	}{
		{"not started", projections.UserRow{State: "pending"}, nil, []string{"Start the activation", "Suspend"}, []string{"Send a new link", "Retry"}},
		{"failed", projections.UserRow{State: "failed"}, link, []string{"Retry from the failed step", "Send a new link"}, []string{"Start the"}},
		{"active", projections.UserRow{State: "activated"}, done, []string{"Suspend"}, []string{"Send a new link", "Retry", "Start the"}},
		{"suspended", projections.UserRow{State: "suspended", Suspended: true}, link, []string{"Resume"}, []string{"Send a new link", ">Suspend<"}},
		{"deleted", projections.UserRow{State: "deleted"}, link, nil, []string{"<form"}},
	} {
		html := shown(t, pages.Progress(frame(t, "en", false), pages.Account{UserRow: c.row, Steps: c.steps}))
		says(t, html, c.there...)
		for _, text := range c.never {
			if strings.Contains(html, text) {
				t.Errorf("%s: the page offers %q", c.name, text)
			}
		}
	}
}

func TestFactsReadAsSentences(t *testing.T) {
	f := frame(t, "en", false)
	for kind, want := range map[string]struct{ data, says, cause string }{
		"user.step-failed.v1":       {`{"step":"network","attempt":3,"cause":"network-refused"}`, "Step “Network” failed", "the network refuses the service"},
		"user.message-requested.v1": {`{"channel":"sms","purpose":"activation-reminder"}`, "SMS requested: reminder", ""},
		"user.message-refused.v1":   {`{"attempt":2,"cause":"brand-new"}`, "Message refused, attempt 2", "brand-new"},
		"number.assigned.v1":        {`{}`, "Number reserved for the user", ""},
		"company.policy-adopted.v1": {`{"policy":{"name":"onepro"}}`, "Rules adopted", ""},
		"future.thing.v1":           {`{}`, "future.thing.v1", ""},
		"user.created.v1":           {`not json`, "User ordered", ""},
	} {
		line := pages.NewLine(f, projections.HistoryRow{Type: kind, Data: json.RawMessage(want.data)})
		if line.Sentence != want.says || line.Cause != want.cause {
			t.Errorf("%s reads %q because %q", kind, line.Sentence, line.Cause)
		}
		shown(t, pages.FactLine(f, line))
	}
}

func TestAnAdoptedPolicySaysWhetherItIsStrict(t *testing.T) {
	for tongue, want := range map[string]string{
		"en": "as strict as they can be", "de": "so streng wie möglich", "el": "όσο αυστηρότερα γίνεται", "sv": "så stränga som möjligt", "it": "più rigorosa",
	} {
		for data, strict := range map[string]bool{`{"policy":{"name":"onepro","strict":true}}`: true, `{"policy":{"name":"onepro"}}`: false} {
			line := pages.NewLine(frame(t, tongue, false), projections.HistoryRow{Type: "company.policy-adopted.v1", Data: json.RawMessage(data)})
			if strings.Contains(line.Sentence, want) != strict {
				t.Errorf("%s: %s reads %q", tongue, data, line.Sentence)
			}
		}
	}
}

func TestEveryFactOfAUserBelongsToOneKind(t *testing.T) {
	seen := map[string]int{}
	for _, kind := range pages.Kinds {
		for _, name := range pages.TypesOf(kind) {
			seen[name]++
		}
	}
	for _, event := range wire.Events() {
		if name := event.Type(); strings.HasPrefix(name, "user.") && seen[name] != 1 {
			t.Errorf("%s is of %d kinds", name, seen[name])
		}
	}
	if len(pages.TypesOf("unknown")) != 0 {
		t.Error("an unknown kind has facts")
	}
}

func TestEverythingIsEscaped(t *testing.T) {
	f, nasty := frame(t, "en", false), `"><img src=x onerror=alert(1)>`
	f.Fault, f.Notice = nasty, nasty
	row := projections.UserRow{ID: nasty, FirstName: nasty, Email: nasty, State: nasty, Company: nasty}
	users := pages.Users{Rows: []projections.UserRow{row}, Query: nasty, Company: nasty, State: nasty, Next: nasty, Companies: []pages.Option{{Value: nasty, Label: nasty}}}
	line := pages.NewLine(f, projections.HistoryRow{Type: nasty, Stream: nasty, Reason: nasty, Command: nasty, ActorKind: nasty, Data: json.RawMessage(`{"a":"<img src=x onerror=alert(1)>"}`)})
	firm := projections.CompanyRow{ID: nasty, Name: nasty, State: company.State{ID: nasty, Name: nasty, MainFax: domain.E164(nasty), MainUser: nasty, Attendant: nasty, TimeZone: nasty}}
	forms := []pages.DeskForm{{Path: nasty, Title: nasty, Hint: nasty, Submit: nasty, Command: nasty, Fields: []pages.Changed{{Field: pages.Field{Name: nasty, Value: nasty, Errors: []string{nasty}}, Was: nasty}}}}
	setup := pages.Setup{CompanyRow: firm, Command: nasty, Steps: []pages.SetupStep{
		{Name: nasty, State: nasty, Cause: nasty, Responsible: nasty}, {Name: nasty, Admins: true, Note: nasty, Link: nasty, LinkLabel: nasty, Person: nasty, Fields: forms[0].Fields},
	}}
	for _, page := range []templ.Component{
		pages.UsersPage(f, users),
		pages.UserPage(f, pages.Account{UserRow: row, CompanyName: nasty, TemporalURL: "javascript:" + nasty}, pages.Timeline{Path: "/users/" + nasty, After: nasty, Lines: []pages.Line{line}}),
		pages.ActivationPage(f, pages.Activation{Standing: pages.Valid, Name: nasty, Company: nasty, Operator: nasty, Question: nasty, Faults: pages.Faults{"/password": {nasty}}}),
		pages.LoginPage(f, pages.Login{Next: nasty, Name: nasty, Fault: nasty, WrongToken: true}),
		pages.MePage(f, pages.Me{Operator: nasty, Name: nasty, Company: nasty, Username: nasty, Email: nasty, Mobile: nasty, State: nasty}),
		pages.PasswordPage(f, pages.Password{Operator: nasty, Title: nasty, Why: nasty, Command: nasty, Old: true, Username: true, Typed: nasty, Faults: pages.Faults{"/username": {nasty}}}),
		pages.EmailPage(f, pages.Password{Operator: nasty, Typed: nasty, Old: true, Faults: pages.Faults{"/email": {nasty}}}),
		pages.ResetEnd(f, nasty, false),
		pages.Problem(f, nasty),
		pages.CompanyPage(f, pages.Company{CompanyRow: firm, Changes: forms, Setup: setup}),
		pages.SetupPage(f, setup),
		pages.HistoryPage(f, nasty, pages.Timeline{Path: "/companies/" + nasty, Lines: []pages.Line{line}}),
	} {
		if html := shown(t, page); strings.Contains(html, "<img src=x") {
			t.Errorf("what was typed becomes a part of the page:\n%s", html)
		}
	}
}

func TestTheLanguageIsChangedInPlace(t *testing.T) {
	html := shown(t, pages.UsersPage(frame(t, "en", false), pages.Users{}))
	says(t, html, `href="/users?lang=de&amp;q=a"`, `<html lang="en">`)
	f := frame(t, "en", false)
	f.Back = ""
	says(t, shown(t, pages.ActivationPage(f, pages.Activation{Standing: pages.Unknown})), `href="?lang=de"`)
	f.Back = "https://evil.example/"
	says(t, shown(t, pages.Problem(f, "")), "T")
	if html := shown(t, pages.LoginPage(f, pages.Login{Next: "/"})); strings.Contains(html, "evil") {
		t.Error("a link leads elsewhere")
	}
}
