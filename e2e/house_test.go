// Package e2e tells stories through the real binary: a browser, phones, a mail
// inbox, and processes that are killed.
package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dialtone/eventstore/storetest/pgserver"
)

var binary string

// TestMain builds the binary, unless one is given.
func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	binary = os.Getenv("DIALTONE_BINARY")
	if binary != "" {
		// Opened, so that the test cache knows it as an input: another binary,
		// another result.
		f, err := os.Open(binary)
		if err != nil {
			panic(err)
		}
		f.Close()
		return pgserver.Run(m)
	}
	folder, err := os.MkdirTemp("", "dialtone-e2e")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	binary = filepath.Join(folder, "dialtone")
	build := exec.Command("go", "build", "-o", binary, "dialtone/cmd/dialtone")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		panic(fmt.Sprintf("build the binary: %v", err))
	}
	return pgserver.Run(m)
}

// house is one `dialtone run` on a data folder of its own; it can be killed and
// started again at the same addresses.
type house struct {
	t     *testing.T
	data  string
	args  []string
	http  string
	sip   string
	token string
	cmd   *exec.Cmd
	log   *syncBuffer
	ready string
}

func newHouse(t *testing.T, args ...string) *house {
	t.Helper()
	h := &house{t: t, data: t.TempDir(), http: freeAddress(t), sip: freeAddress(t), log: &syncBuffer{}}
	h.args = append([]string{"run", "--data", h.data, "--http", h.http, "--sip", h.sip, "--temporal-ui", "127.0.0.1:0", "--eventstore-listen", "127.0.0.1:0"}, args...)
	h.start()
	t.Cleanup(func() {
		h.kill()
		if t.Failed() {
			t.Logf("what the house warned of:\n%s", h.log.troubles(40))
		}
	})
	return h
}

// start starts the process and returns when it says that it is ready.
func (h *house) start() {
	h.t.Helper()
	h.cmd = exec.Command(binary, h.args...)
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	h.cmd.Stderr = h.log
	if err := h.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		ready <- line
		_, _ = io.Copy(io.Discard, out)
	}()
	select {
	case h.ready = <-ready:
	case <-time.After(60 * time.Second):
	}
	if !strings.HasPrefix(h.ready, "ready ") {
		h.t.Fatalf("the house did not become ready: %q\n%s", h.ready, h.log.tail(40))
	}
	token, err := os.ReadFile(filepath.Join(h.data, "operator.token"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.token = strings.TrimSpace(string(token))
}

// kill ends the process as a crash would.
func (h *house) kill() {
	if h.cmd == nil {
		return
	}
	_ = h.cmd.Process.Signal(syscall.SIGKILL)
	_ = h.cmd.Wait()
	h.cmd = nil
}

// stop ends the process politely and tells how it went.
func (h *house) stop() error {
	h.t.Helper()
	if err := h.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	err := h.cmd.Wait()
	h.cmd = nil
	return err
}

// tool runs another command of the binary on the same data folder.
func (h *house) tool(args ...string) (string, error) {
	out, err := exec.Command(binary, append(args, "--data", h.data)...).CombinedOutput()
	return string(out), err
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body []byte
}

func (a answer) decode(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal(a.body, into); err != nil {
		t.Fatalf("decode %q: %v", a.body, err)
	}
}

var web = &http.Client{
	Timeout:       60 * time.Second, // a machine may be busy
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{MaxIdleConnsPerHost: 32},
}

// try makes a request; body is encoded as JSON, url.Values as a form.
func (h *house) try(method, path string, body any, headers ...string) (answer, error) {
	var reader io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case url.Values:
		reader, kind = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return answer{}, err
		}
		reader, kind = bytes.NewReader(raw), "application/json"
	}
	request, err := http.NewRequest(method, "http://"+h.http+path, reader)
	if err != nil {
		return answer{}, err
	}
	if strings.HasPrefix(path, "/v1/") {
		request.Header.Set("Authorization", "Bearer "+h.token)
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := web.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return answer{response, raw}, err
}

// must makes a request that has to be answered with a status.
func (h *house) must(status int, method, path string, body any, headers ...string) answer {
	h.t.Helper()
	a, err := h.try(method, path, body, headers...)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.StatusCode != status {
		h.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.StatusCode, status, a.body)
	}
	return a
}

type object = map[string]any

// company orders a company with a block of numbers +49302312xxxx from..to.
func (h *house) company(policy string, from, to string, licences int) string {
	h.t.Helper()
	order := object{
		"name": "Example " + policy, "policy": policy, "language": "en", "country": "DE",
		"numbers":  []object{{"from": from, "to": to}},
		"licences": []object{{"kind": "standard", "count": licences}},
	}
	var made struct{ ID string }
	h.must(http.StatusCreated, "POST", "/v1/companies", order).decode(h.t, &made)
	return made.ID
}

// user orders a user and gives the id.
func (h *house) user(company string, form object) string {
	h.t.Helper()
	var made struct{ ID, State string }
	h.must(http.StatusCreated, "POST", "/v1/companies/"+company+"/users", form).decode(h.t, &made)
	if made.State != "pending" {
		h.t.Fatalf("the new user is %s", made.State)
	}
	return made.ID
}

// message is one entry of the embedded inbox.
type message struct {
	Channel, To, From, Subject, Text, HTML, MessageID string
	Links                                             []string
}

// link gives the activation link of a mail, as the path of its URL.
func (m message) link() string { return m.linkTo("/activate/") }

// linkTo gives the link of a mail that leads to such a page, as the path of its URL.
func (m message) linkTo(page string) string {
	for _, l := range m.Links {
		if u, err := url.Parse(l); err == nil && strings.HasPrefix(u.Path, page) {
			return u.Path
		}
	}
	return ""
}

func (h *house) inbox(to string) []message {
	a, err := h.try("GET", "/dev/messages?to="+url.QueryEscape(to), nil)
	if err != nil || a.StatusCode != http.StatusOK {
		return nil
	}
	var found []message
	a.decode(h.t, &found)
	return found
}

// awaitLink waits for the mail with the link.
func (h *house) awaitLink(to string) string {
	h.t.Helper()
	link := ""
	eventually(h.t, "a mail with a link", func() bool {
		for _, m := range h.inbox(to) {
			if l := m.link(); l != "" {
				link = l
			}
		}
		return link != ""
	})
	return link
}

// state gives a user's state.
func (h *house) state(id string) string {
	var u struct{ State string }
	a, err := h.try("GET", "/v1/users/"+id, nil)
	if err != nil || a.StatusCode != http.StatusOK {
		return ""
	}
	a.decode(h.t, &u)
	return u.State
}

// eventually waits for a condition; a minute and a half is for a loaded machine.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// freeAddress finds an address for a process that is started and killed. Its
// port is none of those that systems give to connections (from 32768 on), so
// that nobody gets it meanwhile by chance.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 200 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.IntN(20_000)))
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		u, err := net.ListenPacket("udp", address)
		l.Close()
		if err == nil {
			u.Close()
			return address
		}
	}
	t.Fatal("no address is free for TCP and UDP")
	return ""
}

// secretsOf is what a person types on the activation page of unifyoffice.
func secretsOf() url.Values {
	return url.Values{
		"password": {"correct-horse-7-battery"}, "passwordAgain": {"correct-horse-7-battery"},
		"pin": {"481593"}, "pinAgain": {"481593"}, "question": {"first-pet"}, "answer": {"Waldi the dog"},
	}
}

// syncBuffer keeps a process's log.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps bytes.
func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (s *syncBuffer) tail(lines int) string {
	all := strings.Split(strings.TrimSpace(s.text()), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// troubles gives the last lines that are no mere information.
func (s *syncBuffer) troubles(lines int) string {
	var found []string
	for line := range strings.Lines(s.text()) {
		if !strings.Contains(line, `"level":"INFO"`) {
			found = append(found, line)
		}
	}
	return strings.Join(found[max(0, len(found)-lines):], "")
}

// errors gives the lines that tell of errors, but for what Temporal says of a
// step of its own that took too long and is taken again.
func (s *syncBuffer) errors() string {
	var found strings.Builder
	for line := range strings.Lines(s.text()) {
		slow := strings.Contains(line, `"part":"temporal"`) && strings.Contains(line, `"error":"context `)
		if strings.Contains(line, `"level":"ERROR"`) && !slow {
			found.WriteString(line)
		}
	}
	return found.String()
}

func exitCode(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return -1
}
