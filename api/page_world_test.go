package api_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"dialtone/api"
	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// visitor is a browser at the pages of a house. It keeps its session and
// follows no redirection.
type visitor struct {
	*house
	*testing.T
	browser *http.Client
	cookie  string
	closing chan struct{}
}

func visit(t *testing.T, changes ...func(*api.Config)) *visitor {
	t.Helper()
	v := &visitor{T: t, closing: make(chan struct{})}
	pages := func(cfg *api.Config) { cfg.TemporalUI, cfg.Closing = "http://127.0.0.1:8233", v.closing }
	v.house = open(t, append(changes, pages)...)
	v.browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return v
}

func (v *visitor) must(err error) {
	v.Helper()
	must(v.T, err)
}

// page is what a browser got.
type page struct {
	status int
	header http.Header
	body   string
}

func (v *visitor) ask(method, path string, form url.Values, header ...string) page {
	v.Helper()
	request, err := http.NewRequestWithContext(v.Context(), method, v.url+path, strings.NewReader(form.Encode()))
	v.must(err)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	if v.cookie != "" {
		request.Header.Set("Cookie", v.cookie)
	}
	response, err := v.browser.Do(request)
	v.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	v.must(err)
	return page{status: response.StatusCode, header: response.Header, body: string(body)}
}

func (v *visitor) view(path string, header ...string) page {
	v.Helper()
	return v.ask(http.MethodGet, path, nil, header...)
}

func (v *visitor) post(path string, form url.Values) page {
	v.Helper()
	if form == nil {
		form = url.Values{}
	}
	return v.ask(http.MethodPost, path, form)
}

// signIn gives the browser a session of the operator.
func (v *visitor) signIn() {
	v.Helper()
	answer := v.post("/login", url.Values{"token": {operatorToken}, "next": {"/"}})
	if answer.status != http.StatusSeeOther {
		v.Fatalf("signing in was answered with %d", answer.status)
	}
	v.cookie, _, _ = strings.Cut(answer.header.Get("Set-Cookie"), ";")
}

func (v *visitor) cause() domain.Cause {
	return domain.Cause{Command: uuid.NewString(), Actor: domain.Actor{Kind: domain.ActorOperator}, Channel: domain.ChannelAPI, At: v.journal.Now()}
}

// firm orders a company with ten numbers and ten licences.
func (v *visitor) firm(policy, from, to string) string {
	v.Helper()
	done, err := v.server.Desk.CreateCompany(v.Context(), v.cause(), api.CompanyForm{
		Name: "Ärzte am Park", Policy: policy, Language: "de", Country: "DE",
		Numbers: []api.BlockForm{{From: from, To: to}}, Licences: []api.LicenceForm{{Kind: "standard", Count: 10}},
	})
	v.must(err)
	v.settle(done)
	return done.ID
}

// order orders a user of a company and starts the activation.
func (v *visitor) order(company, number, email string) string {
	v.Helper()
	yes := true
	done, err := v.server.Desk.CreateUser(v.Context(), v.cause(), company, api.UserForm{
		FirstName: "Ada", LastName: "Lovelace", Email: email, Number: number, Licence: "standard", Language: "en", Activate: &yes,
	})
	v.must(err)
	v.settle(done)
	return done.ID
}

// settle waits until the read models know what a command did.
func (v *visitor) settle(done api.Done) {
	v.Helper()
	v.must(v.views.WaitFor(v.Context(), done.Position))
}

// do carries out a decision on a user as the workflow would.
func (v *visitor) do(id string, decide func(domain.Cause) domain.Decide) {
	v.Helper()
	cause := v.cause()
	cause.Actor, cause.Channel = domain.Actor{Kind: domain.ActorSystem}, domain.ChannelWorkflow
	result, err := v.journal.Execute(v.Context(), user.Stream(id), cause, decide(cause))
	v.must(err)
	v.must(v.views.WaitFor(v.Context(), result.Position))
}

// mailed brings a user to the open link and gives its token.
func (v *visitor) mailed(id string) string {
	v.Helper()
	v.do(id, func(domain.Cause) domain.Decide { return user.StartStep{Step: "line"}.Decide })
	v.do(id, func(domain.Cause) domain.Decide { return user.FinishStep{Step: "line", Attempt: 1}.Decide })
	v.do(id, func(cause domain.Cause) domain.Decide {
		return user.IssueLink{Cause: cause, Policy: v.rules("unifyoffice"), Mint: user.Minter(key(2), id)}.Decide
	})
	return v.token(id)
}

// rules gives a preset.
func (v *visitor) rules(name string) policy.Policy {
	v.Helper()
	presets, err := policies.Presets()
	v.must(err)
	return presets[name]
}

// token gives the token of a user's link as the mail carries it.
func (v *visitor) token(id string) string { return user.Token(key(2), id, v.state(id).Link.ID) }

func (v *visitor) state(id string) user.State {
	v.Helper()
	history, err := v.journal.Load(v.Context(), user.Stream(id))
	v.must(err)
	return user.Fold(history.Facts)
}

// head is the position of the last fact of all.
func (v *visitor) head() eventstore.Position {
	v.Helper()
	head, err := v.journal.Store().Head(v.Context())
	v.must(err)
	return head
}

// invited is a company with one user who has an open link.
func (v *visitor) invited() (id, token string) {
	v.Helper()
	id = v.order(v.firm("unifyoffice", "+4930123450", "+4930123459"), "+4930123451", "ada@example.com")
	return id, v.mailed(id)
}

func contains(t *testing.T, p page, status int, texts ...string) {
	t.Helper()
	if p.status != status {
		t.Errorf("answered %d, not %d", p.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			t.Errorf("the page does not say %q:\n%s", text, p.body)
		}
	}
}

var commandField = regexp.MustCompile(`name="command" value="([^"]+)"`)

// commandOf finds the command of the form that is sent to a path.
func commandOf(t *testing.T, p page, path string) string {
	t.Helper()
	_, form, found := strings.Cut(p.body, `action="`+path+`"`)
	command := commandField.FindStringSubmatch(form)
	if !found || command == nil {
		t.Fatalf("the page has no form for %s:\n%s", path, p.body)
	}
	return command[1]
}
