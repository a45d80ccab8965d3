package temporald_test

import (
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dialtone/deploy/local/temporald"
)

func TestTheWebUIServesThisMachineOnly(t *testing.T) {
	server := start(t, temporald.Config{File: filepath.Join(t.TempDir(), "t.db"), UI: "127.0.0.1:0"})
	base := "http://" + server.UIAddress()
	for _, c := range []struct {
		name, method, path, host, origin string
		status                           int
		contains                         string
	}{
		{name: "its page", path: "/", status: 200, contains: "<html"},
		{name: "its settings", path: "/api/v1/settings", status: 200, contains: `"DefaultNamespace":"default"`},
		{name: "the server behind it", path: "/api/v1/namespaces/default", status: 200, contains: `NAMESPACE_STATE_REGISTERED`},
		{name: "by the name localhost", path: "/healthz", host: "localhost:8233", status: 200},
		{name: "a foreign name for this machine", path: "/", host: "attacker.example", status: 403},
		{name: "a foreign page reading", path: "/api/v1/namespaces/default", origin: "https://attacker.example", status: 200},
		{
			name: "a foreign page writing", method: "POST", path: "/api/v1/namespaces/default/workflows/x/terminate",
			origin: "https://attacker.example", status: 403,
		},
		{name: "writing without a token", method: "POST", path: "/api/v1/namespaces/default/workflows/x/terminate", status: 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), c.method, base+c.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if c.host != "" {
				request.Host = c.host
			}
			if c.origin != "" {
				request.Header.Set("Origin", c.origin)
				request.Header.Set("Sec-Fetch-Site", "cross-site")
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != c.status || !strings.Contains(string(body), c.contains) {
				t.Errorf("status %d, body %.300s", response.StatusCode, body)
			}
			if allowed := response.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
				t.Errorf("pages of %s may read answers", allowed)
			}
		})
	}
}

func TestThePagesScriptsAreServedToo(t *testing.T) {
	server := start(t, temporald.Config{File: filepath.Join(t.TempDir(), "t.db"), UI: "localhost:0"})
	base := "http://" + server.UIAddress()
	scripts := regexp.MustCompile(`/_app/[^"]+\.js`).FindAllString(get(t, base+"/"), -1)
	if len(scripts) == 0 {
		t.Fatal("the page has none")
	}
	for _, script := range scripts {
		if get(t, base+script) == "" {
			t.Errorf("%s is empty", script)
		}
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s: %s, %v", address, response.Status, err)
	}
	return string(body)
}

func TestWithoutAnAddressThereIsNoWebUI(t *testing.T) {
	server := start(t, temporald.Config{File: filepath.Join(t.TempDir(), "t.db")})
	if server.UIAddress() != "" {
		t.Errorf("there is one at %s", server.UIAddress())
	}
}
