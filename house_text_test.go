package dialtone_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// machinePath finds a path of one machine: a home folder or a folder of a build
// place. It is put together so that this file does not hold what it looks for.
var machinePath = regexp.MustCompile(`(^|[^\w./~-])/(` + strings.Join([]string{"work", "root", "Users", "home"}, "|") + `)/[\w.][\w./-]*`)

// nobodysHome is the home folder in common base images, which is no machine's.
const nobodysHome = "/home/nonroot"

// resolved finds where a lock file says that a package came from.
var resolved = regexp.MustCompile(`"resolved":\s*"([^"]*)"`)

// committed lists what is, or would be, under version control.
func committed(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("list the committed files: %v", err)
	}
	return strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
}

func TestCommittedTextsNameNoMachine(t *testing.T) {
	var offenders []string
	for _, path := range committed(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // deleted, or a link to a folder
		}
		if bytes.IndexByte(text, 0) >= 0 {
			continue // no text
		}
		for n, line := range strings.Split(string(text), "\n") {
			offenders = append(offenders, strangers(path, n+1, line)...)
		}
	}
	complain(t, "committed texts name no machine and no registry", offenders)
}

// strangers finds in a line what belongs to one machine only.
func strangers(path string, n int, line string) []string {
	var found []string
	for _, match := range machinePath.FindAllString(line, -1) {
		if at := strings.Index(match, "/"); !strings.HasPrefix(match[at:], nobodysHome) {
			found = append(found, fmt.Sprintf("%s:%d: the path %s", path, n, match[at:]))
		}
	}
	if filepath.Base(path) == "package-lock.json" {
		for _, match := range resolved.FindAllStringSubmatch(line, -1) {
			if from, err := url.Parse(match[1]); err != nil || from.Host != "" {
				found = append(found, fmt.Sprintf("%s:%d: the registry %s", path, n, match[1]))
			}
		}
	}
	return found
}

func TestTheTextRuleCanFail(t *testing.T) {
	home := "/" + "home/"
	for _, c := range []struct {
		path, line string
		found      int
	}{
		{"a.go", "see " + home + "ada/notes.txt", 1},
		{"a.go", `"` + "/" + `work/main/x"`, 1},
		{"Dockerfile", "WORKDIR " + home + "nonroot/app", 0},
		{"a.md", "https://example.com/home/in/progress and ./home/x", 0},
		{"package-lock.json", `"resolved": "https://mirror.example.com/a/-/a-1.tgz",`, 1},
		{"package-lock.json", `"resolved": "node_modules/a",`, 0},
	} {
		if found := strangers(c.path, 1, c.line); len(found) != c.found {
			t.Errorf("%s: %q: found %q, want %d", c.path, c.line, found, c.found)
		}
	}
}
