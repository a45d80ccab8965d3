package api_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

// listener reads one stream of server-sent events.
type listener struct {
	*visitor
	response *http.Response
	lines    *bufio.Scanner
}

type sent struct{ id, name, data string }

func (v *visitor) listen(path string, header ...string) *listener {
	v.Helper()
	request, err := http.NewRequestWithContext(v.Context(), http.MethodGet, v.url+path, nil)
	v.must(err)
	request.Header.Set("Cookie", v.cookie)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := v.browser.Do(request)
	v.must(err)
	v.Cleanup(func() { _ = response.Body.Close() })
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		v.Fatalf("the stream was answered with %d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	return &listener{visitor: v, response: response, lines: bufio.NewScanner(response.Body)}
}

// next waits for an event of a name.
func (l *listener) next(name string) sent {
	l.Helper()
	var e sent
	for l.lines.Scan() {
		field, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch {
		case field == "id":
			e.id = value
		case field == "event":
			e.name = value
		case field == "data":
			e.data += value + "\n"
		case field == "" && e.name == name:
			return e
		case field == "":
			e = sent{}
		}
	}
	l.Fatalf("the stream ended before %q came: %v", name, l.lines.Err())
	return e
}

func TestAUsersPageIsLive(t *testing.T) {
	v := visit(t)
	id, token := v.invited()
	v.signIn()
	page := v.view("/users/" + id)
	_, after, found := strings.Cut(page.body, `sse-connect="/users/`+id+`/live?after=`)
	after, _, _ = strings.Cut(after, `"`)
	if !found {
		t.Fatalf("the page is not live:\n%s", page.body)
	}
	stream := v.listen("/users/" + id + "/live?after=" + after)
	contains(t, v.post("/activate/"+token, goodSecrets()), http.StatusOK)
	var last sent
	for _, says := range []string{"Link used", "Password chosen", "done", "Activated"} {
		last = stream.next("fact")
		if !strings.Contains(last.data, says) || !strings.Contains(last.data, `id="fact-`+last.id+`"`) {
			t.Errorf("the fact %q is not told: %+v", says, last)
		}
	}
	if e := stream.next("state"); !strings.Contains(e.data, "Activated") {
		t.Errorf("the state is %q", e.data)
	}
	if e := stream.next("standing"); !strings.Contains(e.data, "step-done") || e.id != last.id {
		t.Errorf("the rail is %+v", e)
	}
}

func TestABrowserThatComesBackIsToldWhatItMissed(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.signIn()
	seen := v.head()
	v.do(id, func(domain.Cause) domain.Decide { return user.Suspend{}.Decide })
	v.do(id, func(domain.Cause) domain.Decide { return user.Resume{}.Decide })
	stream := v.listen("/users/"+id+"/live?after=0", "Last-Event-ID", fmt.Sprint(seen))
	if e := stream.next("fact"); !strings.Contains(e.data, "Suspended") {
		t.Errorf("the first fact missed is %q", e.data)
	}
	if e := stream.next("fact"); !strings.Contains(e.data, "Suspension ended") {
		t.Errorf("the second fact missed is %q", e.data)
	}
	narrowed := v.listen("/users/" + id + "/live?kind=link&after=0")
	if e := narrowed.next("fact"); !strings.Contains(e.data, "Activation link made") {
		t.Errorf("the filter lets %q through", e.data)
	}
}

func TestLiveStreamsEndWhenTheProcessDrains(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	v.signIn()
	stream := v.listen("/users/" + id + "/live?after=" + fmt.Sprint(v.head()))
	close(v.closing)
	for stream.lines.Scan() {
	}
	if err := stream.lines.Err(); err != nil {
		t.Errorf("the stream did not end in order: %v", err)
	}
}

func TestLiveStreamsAreForTheOperator(t *testing.T) {
	v := visit(t)
	id, _ := v.invited()
	if answer := v.view("/users/" + id + "/live"); answer.status != http.StatusSeeOther {
		t.Errorf("a stranger was answered with %d", answer.status)
	}
	v.signIn()
	contains(t, v.view("/users/"+domain.DeriveID("nobody")+"/live"), http.StatusNotFound)
	contains(t, v.view("/users/"+id+"/live?after=now"), http.StatusUnprocessableEntity)
}
