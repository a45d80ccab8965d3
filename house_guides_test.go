package dialtone_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guideRules are the rules of the guides about users, credentials, activation,
// roles and notifications. Each has a row in docs/guides.md.
var guideRules = strings.Fields(`
	0.1 0.3 0.4 0.5 0.6 0.7 0.8 0.9 0.10 0.11 0.12 0.14 0.16 0.17
	1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 1.10 1.11 1.12 1.13 1.14 1.15 1.16 1.17 1.18 1.19 1.20 1.22
	2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 2.9 2.10 2.11 2.12 2.13 2.18
	2.14 2.15 2.16 2.19 2.20 2.21 2.22 2.23 2.24 2.25 2.52 2.66 2.67
	3.1 3.2 3.3 3.4 3.5 3.6 3.8 3.9 3.10 3.12 3.13 3.14 3.16 3.17 3.18
	4.1 4.2 4.3 4.4 4.5 4.6 4.7 4.8 4.9 4.10 4.11 4.12 4.13 4.14 4.15 4.17
	X1 X2 X3 X4 X6 X7 X8 X9 X10 X11 X12
`)

const guides = "docs/guides.md"

// guideRow finds a row of the matrix: rule, sentence, proofs.
var guideRow = regexp.MustCompile(`(?m)^\| ([0-4]\.\d+|X\d+) \| ([^|]+) \| ([^|]+) \|$`)

// guideProof finds a test in a row: the folder of its package and its name.
var guideProof = regexp.MustCompile("`([a-z0-9/]+) (Test[A-Za-z0-9]+)`")

// notYet is how a row begins that has no proof; the reason follows. None of
// guideRules may have one.
const notYet = "not yet: "

func TestEveryRuleOfTheGuidesNamesTheTestThatProvesIt(t *testing.T) {
	text, err := os.ReadFile(guides)
	if err != nil {
		t.Fatal(err)
	}
	tests := testsOf(t)
	var offenders, seen []string
	for _, row := range guideRow.FindAllStringSubmatch(string(text), -1) {
		rule, proofs := row[1], guideProof.FindAllStringSubmatch(row[3], -1)
		if slices.Contains(seen, rule) {
			offenders = append(offenders, rule+" has two rows")
		}
		seen = append(seen, rule)
		if reason, open := strings.CutPrefix(row[3], notYet); len(proofs) == 0 && (!open || len(reason) < 10) {
			offenders = append(offenders, rule+" has neither a test nor a reason")
		}
		if len(proofs) == 0 && slices.Contains(guideRules, rule) {
			offenders = append(offenders, rule+" has to be proved")
		}
		for _, proof := range proofs {
			if !slices.Contains(tests[proof[1]], proof[2]) {
				offenders = append(offenders, rule+" is proved by "+proof[1]+" "+proof[2]+", which is not there")
			}
		}
	}
	for _, rule := range guideRules {
		if !slices.Contains(seen, rule) {
			offenders = append(offenders, rule+" has no row")
		}
	}
	complain(t, "each rule has a row in "+guides+" with tests that are there", offenders)
}

// testsOf lists the names of tests by the folders of their packages.
func testsOf(t *testing.T) map[string][]string {
	t.Helper()
	_, all := sources(t)
	found := map[string][]string{}
	for _, s := range all {
		if !s.test() {
			continue
		}
		for _, declaration := range s.tree.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				folder := filepath.ToSlash(filepath.Dir(s.path))
				found[folder] = append(found[folder], f.Name.Name)
			}
		}
	}
	return found
}
