package assets_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"dialtone/api/assets"
)

func folder() fstest.MapFS {
	return fstest.MapFS{
		"app.css":            {Data: []byte(strings.Repeat("body { margin: 0 }\n", 100))},
		"app.js":             {Data: []byte("1")},
		"vendor/.gitkeep":    {},
		"vendor/.lock":       {Data: []byte("{}")},
		"vendor/htmx.min.js": {Data: []byte("htmx")},
	}
}

func ask(t *testing.T, set *assets.Set, method, path string, header ...string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	set.ServeHTTP(recorder, request)
	return recorder.Result()
}

func TestFilesAreServedForEverUnderAnAddressOfTheirContent(t *testing.T) {
	files := folder()
	set, err := assets.New(files)
	if err != nil {
		t.Fatal(err)
	}
	address := set.URL("app.css")
	response := ask(t, set, http.MethodGet, address)
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != string(files["app.css"].Data) {
		t.Errorf("got %d bytes: %v", len(body), err)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	files["app.css"].Data = []byte("other")
	changed, err := assets.New(files)
	if err != nil || changed.URL("app.css") == address {
		t.Errorf("another content has the same address: %v", err)
	}
	if got := ask(t, changed, http.MethodGet, address); got.StatusCode != http.StatusNotFound || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the old address is answered with %d", got.StatusCode)
	}
}

func TestFilesArePackedForWhoCanUnpack(t *testing.T) {
	set, err := assets.New(folder())
	if err != nil {
		t.Fatal(err)
	}
	for accept, packed := range map[string]bool{
		"gzip": true, "br, gzip;q=0.5": true, "": false, "br": false, "gzip;q=0": false, "gzip; q=0.0": false,
	} {
		response := ask(t, set, http.MethodGet, set.URL("app.css"), "Accept-Encoding", accept)
		if got := response.Header.Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("%q: packed is %t", accept, got)
		}
		if !packed {
			continue
		}
		reader, err := gzip.NewReader(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(reader); err != nil || len(body) != 1900 {
			t.Errorf("unpacked %d bytes: %v", len(body), err)
		}
	}
	if got := ask(t, set, http.MethodGet, set.URL("app.js"), "Accept-Encoding", "gzip").Header.Get("Content-Encoding"); got != "" {
		t.Error("a file was packed that does not become smaller")
	}
}

func TestNothingButPagesFilesIsServed(t *testing.T) {
	set, err := assets.New(folder())
	if err != nil {
		t.Fatal(err)
	}
	if set.URL("vendor/.lock") != "" || set.URL("vendor/tabler.min.css") != "" || set.URL("vendor/htmx.min.js") == "" {
		t.Error("the addresses are not those of the files")
	}
	for _, path := range []string{assets.Root, "/assets/vendor/", "/assets/app.css", "/assets/vendor/.lock", "/assets/../app.css"} {
		if got := ask(t, set, http.MethodGet, path).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s is answered with %d", path, got)
		}
	}
	head := ask(t, set, http.MethodHead, set.URL("app.css"))
	if body, err := io.ReadAll(head.Body); err != nil || len(body) != 0 || head.Header.Get("Content-Length") != "1900" {
		t.Errorf("HEAD is answered with %d bytes of %s: %v", len(body), head.Header.Get("Content-Length"), err)
	}
	if got := ask(t, set, http.MethodPost, set.URL("app.css")).StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered with %d", got)
	}
}

func TestWhatIsCompiledInHasAllThatPagesCannotDoWithout(t *testing.T) {
	set, err := assets.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{assets.Base, assets.Style, assets.Script, assets.Icon} {
		if set.URL(name) == "" {
			t.Errorf("%s is not there", name)
		}
	}
}
