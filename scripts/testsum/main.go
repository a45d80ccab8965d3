// Command testsum reads the output of `go test -json`, shows what failed or was
// skipped, and ends with one line that counts: "N passed, 0 failed".
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of `go test -json` (see `go doc test2json`).
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string
}

// tally counts tests and keeps the output of those that are still running.
type tally struct {
	passed, failed, skipped int
	output                  map[string]*strings.Builder
	out                     io.Writer
}

func main() {
	t := &tally{output: map[string]*strings.Builder{}, out: os.Stdout}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(t.out, lines.Text())
			continue
		}
		t.take(e)
	}
	summary := fmt.Sprintf("%d passed, %d failed", t.passed, t.failed)
	if t.skipped > 0 {
		summary += fmt.Sprintf(", %d skipped", t.skipped)
	}
	fmt.Fprintln(t.out, summary)
	if t.failed > 0 || t.passed == 0 || (t.skipped > 0 && os.Getenv("DIALTONE_REQUIRE") == "all") {
		os.Exit(1)
	}
}

func (t *tally) take(e event) {
	key := e.Package + e.ImportPath + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		if t.output[key] == nil {
			t.output[key] = &strings.Builder{}
		}
		t.output[key].WriteString(e.Output)
		return
	case "pass":
		if e.Test != "" {
			t.passed++
		} else {
			fmt.Fprintf(t.out, "ok    %s\n", e.Package)
		}
	case "skip":
		if e.Test != "" {
			t.skipped++
			t.show("SKIP ", key)
		}
	case "fail":
		t.failed++
		t.show("FAIL ", key)
	case "build-fail":
		t.show("BUILD", key)
		return
	default:
		return
	}
	delete(t.output, key)
}

func (t *tally) show(what, key string) {
	fmt.Fprintf(t.out, "%s %s\n", what, key)
	if text := t.output[key]; text != nil {
		fmt.Fprint(t.out, text.String())
	}
}
