package judges_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
)

const (
	prism       = "node_modules/@stoplight/prism-cli/dist/index.js"
	description = "node_modules/@twilio-alpha/mcp/twilio-oai/spec/json/twilio_api_v2010.json"
)

// needNode finds Node and the packages. Without them a test is skipped, unless
// everything is required.
func needNode(t *testing.T) string {
	t.Helper()
	miss := t.Skipf
	if os.Getenv("DIALTONE_REQUIRE") == "all" {
		miss = t.Fatalf
	}
	node, err := exec.LookPath("node")
	if err != nil {
		miss("node is required and missing")
	}
	for _, file := range []string{prism, description} {
		if _, err := os.Stat(file); err != nil {
			miss("%s is required and missing; make deps installs it", file)
		}
	}
	return node
}

var listening = regexp.MustCompile(`Prism is listening on (http://127\.0\.0\.1:\d+)`)

// startPrism starts Prism on a port of its own, over the description and what
// else a command takes, and gives where it is. It ends with the test.
func startPrism(t *testing.T, command string, arguments ...string) *url.URL {
	t.Helper()
	arguments = append([]string{prism, command, "--host", "127.0.0.1", "--port", "0", description}, arguments...)
	cmd := exec.Command(needNode(t), arguments...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var read sync.WaitGroup
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		read.Wait()
		cmd.Wait()
	})
	found := make(chan string, 1)
	read.Go(func() {
		defer close(found)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if match := listening.FindStringSubmatch(lines.Text()); match != nil {
				found <- match[1]
			}
		}
	})
	base, err := url.Parse(<-found)
	if err != nil || base.Host == "" {
		t.Fatalf("Prism ended before it listened: %v", err)
	}
	return base
}

// violation is where a request or an answer is not as described.
type violation struct {
	Location []string
	Code     string
	Message  string
}

// verdict is what Prism says of one exchange.
type verdict struct {
	Asked      string // method and path with the query
	Status     int
	Violations []violation
}

// witness passes every request on to Prism and keeps the verdicts.
type witness struct {
	*httptest.Server
	mu       sync.Mutex
	verdicts []verdict
}

// startWitness gives a witness in front of Prism.
func startWitness(t *testing.T, prism *url.URL) *witness {
	t.Helper()
	w := &witness{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(prism) },
		ModifyResponse: func(answer *http.Response) error {
			v := verdict{Asked: answer.Request.Method + " " + answer.Request.URL.RequestURI(), Status: answer.StatusCode}
			if told := answer.Header.Get("Sl-Violations"); told != "" {
				if err := json.Unmarshal([]byte(told), &v.Violations); err != nil {
					return err
				}
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			w.verdicts = append(w.verdicts, v)
			return nil
		},
	}
	w.Server = httptest.NewServer(proxy)
	t.Cleanup(w.Close)
	return w
}

// taken gives the verdicts since the last time.
func (w *witness) taken() []verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.verdicts
	w.verdicts = nil
	return taken
}

// one gives the verdict on the only exchange since the last time.
func (w *witness) one(t *testing.T) verdict {
	t.Helper()
	taken := w.taken()
	if len(taken) != 1 {
		t.Fatalf("%d exchanges: %+v", len(taken), taken)
	}
	return taken[0]
}
