package e2e_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dialtone/eventstore/storetest/certs"
	"dialtone/eventstore/storetest/pgserver"
)

// TestTheFirstRingOnEveryStore tells one story on each event store: ordered,
// mailed, killed, activated by the mailed link, called, looked up, verified.
func TestTheFirstRingOnEveryStore(t *testing.T) {
	need(t, "sipp")
	t.Run("sqlite, by its address", func(t *testing.T) {
		firstRing(t, "sqlite:"+filepath.Join(t.TempDir(), "facts.db"), nil)
	})
	t.Run("postgres", func(t *testing.T) {
		firstRing(t, pgserver.Schema(t), nil)
	})
	t.Run("esdb, another process that is killed too", func(t *testing.T) {
		events := newEvents(t, "--eventstore-insecure")
		firstRing(t, "esdb://"+events.address+"?tls=false", events.again)
	})
	t.Run("esdb over TLS with a login, on PostgreSQL", func(t *testing.T) {
		cert, key := certs.Loopback(t)
		password := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(password, []byte("a p@ss/word\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		events := newEvents(t, "--eventstore-tls-cert", cert, "--eventstore-tls-key", key, "--eventstore-user", "house",
			"--eventstore-password-file", password, "--eventstore", pgserver.Schema(t))
		firstRing(t, "esdb://house:a%20p%40ss%2Fword@"+events.address+"?tlsCaFile="+cert, events.again)
	})
}

// firstRing tells the story on a store; trouble is what happens to the store in
// the middle.
func firstRing(t *testing.T, store string, trouble func()) {
	h := newHouse(t, "--eventstore", store)
	if strings.Contains(h.ready, "p%40ss") || strings.Contains(h.log.text(), "p%40ss") {
		t.Error("the password is told")
	}
	company := h.company("unifyoffice", "+4930231310000", "+4930231310099", 5)
	order := func(name, number string) string {
		return h.user(company, object{
			"firstName": name, "lastName": "Example", "email": name + "@example.com", "number": number, "activate": true,
		})
	}
	ada, ben := order("ada", "+4930231310001"), order("ben", "+4930231310002")
	links := []string{h.awaitLink("ada@example.com"), h.awaitLink("ben@example.com")}
	h.kill()
	if trouble != nil {
		trouble()
	}
	h.start()
	for _, id := range []string{ada, ben} { // the kill may have come between mail and fact: then the mail goes out again
		eventually(t, "the fact that the mail was taken", func() bool {
			a, err := h.try("GET", "/v1/users/"+id+"/history?limit=200", nil)
			return err == nil && strings.Contains(string(a.body), "user.message-accepted.v1")
		})
	}
	for _, link := range links {
		h.must(http.StatusOK, "POST", link, secretsOf())
	}
	if trouble != nil { // under the running house
		trouble()
	}
	for _, id := range []string{ada, ben} {
		eventually(t, "the activation", func() bool { return h.state(id) == "activated" })
		h.checkFacts(id)
	}
	adasPhone, bensPhone := h.phone(ada), h.phone(ben)
	for _, p := range []*phone{adasPhone, bensPhone} {
		eventually(t, "the new login to be in force", func() bool {
			_, err := p.play("register.xml", "")
			return err == nil
		})
	}
	ended := adasPhone.answers()
	bensPhone.calls("0001")
	if err := ended(); err != nil {
		t.Errorf("the called phone: %v", err)
	}
	if out, err := h.tool("user", "history", ada, "--eventstore", store); err != nil || !strings.Contains(out, "user.activated.v1") {
		t.Errorf("user history: %v\n%s", err, out)
	}
	if out, err := h.tool("verify", "--eventstore", store); err != nil || !strings.Contains(out, " 0 broken") || strings.HasPrefix(out, "0 events") {
		t.Errorf("verify: %v\n%s", err, out)
	}
	if err := h.stop(); err != nil {
		t.Errorf("a polite stop ends with %v", err)
	}
	if log := h.log.text(); trouble == nil && strings.Contains(log, `"level":"ERROR"`) { // activities may tell of the trouble
		t.Errorf("the log holds errors:\n%s", h.log.troubles(20))
	}
}

// events is a `dialtone eventstore` process.
type events struct {
	t       *testing.T
	address string
	args    []string
	cmd     *exec.Cmd
	log     *syncBuffer
}

func newEvents(t *testing.T, args ...string) *events {
	t.Helper()
	e := &events{t: t, address: freeAddress(t), log: &syncBuffer{}}
	e.args = append([]string{"eventstore", "--data", t.TempDir(), "--eventstore-listen", e.address}, args...)
	e.start()
	t.Cleanup(func() {
		e.kill()
		if t.Failed() {
			t.Logf("what the event store warned of:\n%s", e.log.troubles(40))
		}
	})
	return e
}

func (e *events) start() {
	e.t.Helper()
	e.cmd = exec.Command(binary, e.args...)
	e.cmd.Stderr = e.log
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		e.t.Fatal(err)
	}
	if err := e.cmd.Start(); err != nil {
		e.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != fmt.Sprintf("ready http=none sip=none eventstore=%s temporal=none\n", e.address) {
		e.t.Fatalf("the event store says %q, %v\n%s", line, err, e.log.tail(20))
	}
}

func (e *events) kill() {
	_ = e.cmd.Process.Signal(syscall.SIGKILL)
	_ = e.cmd.Wait()
}

// again kills the process and starts it anew.
func (e *events) again() {
	e.t.Helper()
	e.kill()
	e.start()
}
