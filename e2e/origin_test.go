package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// shortLinks is unifyoffice with links that are over soon, so that they can be
// renewed by their users.
const shortLinks = `
name: short
version: 1
operator: Short Links
steps: [line, link]
activateAtOnce: true
adminsChange: true
email: required
firstNameLength: 64
lastNameLength: 64
extension: {min: 3, max: 6, lastDigits: 4, nextFree: true}
link: {valid: 20s}
login: {names: [email, number]}
`

// disguises are forty ways to tell a server that it is another one.
func disguises() (all []http.Header) {
	for _, name := range []string{
		"X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-Host", "X-HTTP-Host-Override", "X-Forwarded-Proto", "X-Forwarded-Scheme",
		"X-Forwarded-Port", "X-Forwarded-Prefix", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-For", "X-Real-IP", "X-Url-Scheme", "Via", "Referer",
		"Forwarded", "Front-End-Https", "X-Base-URL", "X-Proxy-Host", "X-Client-Host", "Base-URL", "X-Original-Forwarded-Host",
	} {
		all = append(all, http.Header{name: {"evil.example"}})
	}
	for _, host := range []string{"evil.example", "evil.example:80", "evil.example:443", "EVIL.example.", "user@evil.example", "[::1]:8080", "evil.example/activate", "127.0.0.1.evil.example"} {
		all = append(all, http.Header{"Host": {host}})
	}
	for _, forwarded := range []string{
		"host=evil.example", `for=192.0.2.1;host="evil.example:443";proto=https`, "by=evil.example;host=evil.example", "host=evil.example, host=evil.example",
	} {
		all = append(all, http.Header{"Forwarded": {forwarded}})
	}
	return append(all,
		http.Header{"X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Port": {"443"}},
		http.Header{"X-Forwarded-Host": {"evil.example, 127.0.0.1"}, "X-Forwarded-For": {"127.0.0.1"}},
		http.Header{"X-Original-URL": {"http://evil.example/reset"}, "X-Rewrite-URL": {"//evil.example/reset"}},
		http.Header{"Host": {"evil.example"}, "X-Forwarded-Host": {"evil.example"}, "Forwarded": {"host=evil.example"}},
		http.Header{"X-Forwarded-Proto": {"javascript"}, "X-Forwarded-Prefix": {"//evil.example"}},
	)
}

// disguised makes a request that is taken as it is; a refusal is as good as an
// answer.
func (h *house) disguised(as http.Header, method, path string, form url.Values, body string) {
	h.t.Helper()
	kind := "application/json"
	if form != nil {
		kind, body = "application/x-www-form-urlencoded", form.Encode()
	}
	request, err := http.NewRequest(method, "http://"+h.http+path, strings.NewReader(body))
	if err != nil {
		h.t.Error(err)
		return
	}
	request.Header = as.Clone()
	request.Host = as.Get("Host")
	request.Header.Del("Host")
	request.Header.Set("Content-Type", kind)
	if strings.HasPrefix(path, "/v1/") {
		request.Header.Set("Authorization", "Bearer "+h.token)
	}
	response, err := web.Do(request)
	if err != nil {
		h.t.Errorf("%s %s as %v: %v", method, path, as, err)
		return
	}
	response.Body.Close()
	if response.StatusCode >= 500 {
		h.t.Errorf("%s %s as %v is answered with %d", method, path, as, response.StatusCode)
	}
}

func TestLinksLeadToThePublicURLWhateverARequestSaysOfItsHost(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "short.yaml"), []byte(shortLinks), 0o600); err != nil {
		t.Fatal(err)
	}
	const origin = "https://phones.example.com"
	h := newHouse(t, "--policies", folder, "--public-url", origin)
	all := disguises()
	if len(all) != 40 {
		t.Fatalf("there are %d disguises", len(all))
	}
	company := h.company("short", "+493023129000", "+493023129099", 99)
	var each sync.WaitGroup
	parallel := func(do func(n int, as http.Header)) {
		for n, as := range all {
			each.Go(func() { do(n, as) })
		}
		each.Wait()
	}
	ids, links := make([]string, len(all)), make([]string, len(all))
	address := func(n int) string { return fmt.Sprintf("host%d@example.com", n) }
	for n := range all {
		ids[n] = h.user(company, object{"firstName": "Ada", "lastName": "Example", "email": address(n), "mobile": fmt.Sprintf("+4917112345%02d", n), "number": fmt.Sprintf("+4930231290%02d", n)})
	}
	for n := range all {
		links[n] = h.awaitLink(address(n))
	}
	parallel(func(n int, as http.Header) {
		user := "/v1/users/" + ids[n]
		h.disguised(as, "POST", user+"/activation", nil, "")
		h.disguised(as, "POST", user+"/activation/messages", nil, `{"channel":"sms"}`)
	})
	for n := range all {
		eventually(t, "the link to be over", func() bool {
			return strings.Contains(h.steps(ids[n]), `"state":"expired"`)
		})
	}
	parallel(func(n int, as http.Header) { h.disguised(as, "POST", links[n]+"/link", url.Values{}, "") })
	parallel(func(n int, as http.Header) {
		user := "/v1/users/" + ids[n]
		h.disguised(as, "POST", user+"/activation/link", nil, "")
		h.disguised(as, "POST", user+"/credential/reset", nil, `{"way":"mail"}`)
		h.disguised(as, "POST", "/reset", url.Values{"name": {address(n)}}, "")
		h.disguised(as, "POST", "/reset", url.Values{"email": {address(n)}}, "")
	})
	seen := map[string]int{}
	for n, as := range all {
		h.awaitMessage(address(n), "mail", func(m message) bool { return resetLink(m) != "" })
		for _, to := range []string{address(n), fmt.Sprintf("+4917112345%02d", n)} {
			for _, m := range h.inbox(to) {
				if strings.Contains(strings.ToLower(m.Text+m.HTML+m.Subject), "evil") {
					t.Errorf("as %v: %s by %s names the foreign host", as, m.Subject, m.Channel)
				}
				for _, link := range m.Links {
					if !strings.HasPrefix(link, origin+"/") {
						t.Errorf("as %v: %s leads to %s", as, m.Subject, link)
					}
				}
				seen[m.Channel]++
			}
		}
	}
	if seen["mail"] < 3*len(all) || seen["sms"] == 0 {
		t.Errorf("only %v messages came", seen)
	}
}
