package e2e_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// need finds a program of the system. Without it a test is skipped, unless
// everything is required.
func need(t *testing.T, programs ...string) string {
	t.Helper()
	for _, program := range programs {
		if path, err := exec.LookPath(program); err == nil {
			return path
		}
	}
	if os.Getenv("DIALTONE_REQUIRE") == "all" {
		t.Fatalf("%s is required and missing; make deps installs it", programs[0])
	}
	t.Skipf("%s is missing; make deps installs it", programs[0])
	return ""
}

// browser opens a headless Chromium with a profile of its own.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := need(t, "chromium", "chromium-browser", "google-chrome")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(390, 844), chromedp.Flag("disable-quic", true), chromedp.Flag("lang", "en-GB"),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-gpu", true),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() { end(); stop() })
	if err := chromedp.Do(ctx); err != nil { // starts it: later deadlines are those of single looks
		t.Fatalf("start the browser: %v", err)
	}
	return ctx
}

// look runs browser actions that have to succeed.
func look(t *testing.T, ctx context.Context, what string, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatalf("browser: %s: %v", what, err)
	}
}

// read gives what one browser action finds.
func read(t *testing.T, ctx context.Context, what string, action chromedp.Action[string]) string {
	t.Helper()
	found, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatalf("browser: %s: %v", what, err)
	}
	return found
}

// phone is a SIP phone played by sipp, with the login it was given.
type phone struct {
	t                          *testing.T
	server, name, word, domain string
	address                    string
}

// phone gives the user a new desk-phone login and a phone that has it.
func (h *house) phone(id string) *phone {
	h.t.Helper()
	need(h.t, "sipp")
	var login struct{ Username, Password, Domain string }
	h.must(200, "POST", "/v1/users/"+id+"/device/credentials", object{}).decode(h.t, &login)
	if login.Username == "" || login.Password == "" {
		h.t.Fatal("the login is empty")
	}
	return &phone{t: h.t, server: h.sip, name: login.Username, word: login.Password, domain: login.Domain, address: freeAddress(h.t)}
}

// play runs a scenario of the SIP worker's testdata and gives how it ended.
func (p *phone) play(scenario, dialled string) (string, error) {
	p.t.Helper()
	file, err := filepath.Abs("../workers/sip/testdata/" + scenario)
	if err != nil {
		p.t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	arguments := []string{
		"-sf", file, "-i", host, "-p", port, "-m", "1", "-key", "user", p.name, "-key", "domain", p.domain,
		"-au", p.name, "-ap", p.word, "-timeout", "30s", "-timeout_error", "-nostdin", "-trace_err",
	}
	if dialled != "" {
		arguments = append(arguments, "-s", dialled)
	}
	cmd := exec.Command("sipp", append(arguments, p.server)...)
	cmd.Dir = p.t.TempDir()
	out, err := cmd.CombinedOutput()
	problems, _ := filepath.Glob(filepath.Join(cmd.Dir, "*errors.log"))
	text := string(out[max(0, len(out)-600):])
	for _, file := range problems {
		raw, _ := os.ReadFile(file)
		text += "\n" + string(raw)
	}
	return text, err
}

// register logs the phone in.
func (p *phone) register() {
	p.t.Helper()
	if out, err := p.play("register.xml", ""); err != nil {
		p.t.Fatalf("register: %v\n%s", err, out)
	}
}

// answers lets the phone take one call; what it gives waits for its end.
func (p *phone) answers() (wait func() error) {
	ended := make(chan error, 1)
	go func() {
		out, err := p.play("uas.xml", "")
		if err != nil {
			p.t.Logf("the called phone: %s", out)
		}
		ended <- err
	}()
	eventually(p.t, "the phone to listen", func() bool {
		l, err := net.ListenPacket("udp", p.address)
		if err == nil {
			l.Close()
		}
		return err != nil
	})
	return func() error { return <-ended }
}

// calls dials and talks for a second.
func (p *phone) calls(dialled string) {
	p.t.Helper()
	if out, err := p.play("uac.xml", dialled); err != nil {
		p.t.Fatalf("call %s: %v\n%s", dialled, err, out)
	}
}

// isRefused dials and is told 480 with a Reason.
func (p *phone) isRefused(dialled string) {
	p.t.Helper()
	if out, err := p.play("uac_expect480.xml", dialled); err != nil {
		p.t.Fatalf("call %s, expecting 480: %v\n%s", dialled, err, out)
	}
}

func shows(text string, parts ...string) string {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return part
		}
	}
	return ""
}
