package judges_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// clients are the packages that judge; package-lock.json pins them.
var clients = []string{"@eventstore/db-client", "@kurrent/kurrentdb-client"}

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
	for _, client := range clients {
		if _, err := os.Stat(filepath.Join("node_modules", client, "package.json")); err != nil {
			miss("%s is required and missing; make deps installs it", client)
		}
	}
	return node
}

// verdict is one line of reporter.mjs: a test that has ended.
type verdict struct {
	Name    string
	Passed  bool
	Skipped *string // why it was skipped
	Seconds float64
	Error   string
}

// verdicts runs a file of tests and hands each verdict on as soon as there is
// one. It gives what was said beside them, and how Node ended.
func verdicts(t *testing.T, node, file string, environment map[string]string, each func(verdict)) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), node, "--test", "--test-reporter=./reporter.mjs", file)
	// What it starts, servers among that, ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Env = os.Environ()
	for name, value := range environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var v verdict
		if json.Unmarshal(lines.Bytes(), &v) == nil && v.Name != "" {
			each(v)
			continue
		}
		fmt.Fprintln(&said, lines.Text())
	}
	if err := lines.Err(); err != nil {
		t.Errorf("read the verdicts: %v", err)
	}
	err = cmd.Wait()
	return said.String(), err
}

// judge lets a client judge a server and reports each judgement as a subtest.
func judge(t *testing.T, node, client string, pieces []string, environment map[string]string) {
	t.Helper()
	environment = maps.Clone(environment)
	environment["JUDGES_CLIENT"] = client
	environment["JUDGES_PIECES"] = strings.Join(pieces, ",")
	count := 0
	said, err := verdicts(t, node, "suite.mjs", environment, func(v verdict) {
		count++
		t.Run(v.Name, func(t *testing.T) {
			switch {
			case v.Skipped != nil:
				t.Logf("does not apply: %s", *v.Skipped)
			case v.Passed:
				t.Logf("%.2f s", v.Seconds)
			default:
				t.Errorf("after %.2f s: %s", v.Seconds, v.Error)
			}
		})
	})
	if count < len(pieces) || (err != nil && !t.Failed()) {
		t.Errorf("node: %v, after %d judgements", err, count)
	}
	if t.Failed() {
		t.Logf("said: %s", said)
	}
}

func TestVerdictsOfNodesRunnerAreReadAsTheyAre(t *testing.T) {
	node := needNode(t)
	var got []verdict
	said, err := verdicts(t, node, "testdata/verdicts.mjs", nil, func(v verdict) { got = append(got, v) })
	if err == nil {
		t.Error("node ended well although a test failed")
	}
	names := []string{"ixian/passes", "ixian/fails", "ixian/skips"}
	if !slices.EqualFunc(got, names, func(v verdict, name string) bool { return v.Name == name }) {
		t.Fatalf("verdicts %+v, want %q; said %s", got, names, said)
	}
	passes, fails, skips := got[0], got[1], got[2]
	if !passes.Passed || passes.Skipped != nil || passes.Error != "" {
		t.Errorf("the one that passes: %+v", passes)
	}
	if fails.Passed || !strings.Contains(fails.Error, "a no-ship") || !strings.Contains(fails.Error, "verdicts.mjs") {
		t.Errorf("the one that fails: %+v", fails)
	}
	if skips.Skipped == nil || *skips.Skipped != "only on Ix" {
		t.Errorf("the one that is skipped: %+v", skips)
	}
}
