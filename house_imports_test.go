package dialtone_test

import (
	"fmt"
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rule says what the files of a folder may import directly. Own lists folders of
// the house, with everything below them; Foreign tells which packages from
// outside the standard library are allowed (nil: all), Never which are not.
type rule struct {
	Own     []string
	Foreign []string
	Never   []string
}

const (
	temporal = "go.temporal.io/"
	sipgo    = "github.com/emiago/sipgo"
)

var effects = []string{
	"bufio", "crypto/rand", "database", "io/fs", "io/ioutil", "log", "math/rand", "net/http", "net/smtp",
	"net/netip", "os", "path/filepath", "runtime", "sync", "syscall", "testing", "unsafe",
}

// rules is the table of the design's second chapter. The longest folder that a
// file lies in counts.
var rules = map[string]rule{
	"domain":              {Own: []string{"domain"}, Foreign: []string{}, Never: effects},
	"eventstore":          {Own: []string{"domain", "eventstore"}, Never: []string{temporal, sipgo}},
	"projections":         {Own: []string{"domain", "eventstore", "projections"}, Never: []string{temporal, sipgo}},
	"activities":          {Own: []string{"domain", "eventstore", "activities"}, Never: []string{sipgo}},
	"workflows":           {Own: []string{"domain", "activities", "workflows"}, Foreign: []string{temporal}},
	"api":                 {Own: []string{"domain", "eventstore", "projections", "api"}, Never: []string{temporal, sipgo}},
	"workers":             {Own: []string{"domain", "eventstore", "projections", "activities", "workflows", "workers"}, Never: []string{sipgo}},
	"workers/sip":         {Own: []string{"domain", "projections/routing", "workers/sip"}, Never: []string{temporal, sipgo}},
	"workers/sip/server*": {Own: []string{"domain", "projections/routing", "workers/sip"}, Never: []string{temporal}},
	"deploy":              {Own: []string{"domain", "deploy"}},
	"cmd":                 {Own: []string{""}},
	"bench":               {Own: []string{""}},
	"scripts":             {Own: []string{""}},
	"tools":               {Own: []string{}},
}

// ruleOf finds the rule of a file: the longest name that it begins with.
func ruleOf(path string) (rule, bool) {
	best := ""
	for name := range rules {
		under := strings.HasPrefix(path, name+"/")
		if stem, pattern := strings.CutSuffix(name, "*"); pattern {
			under = strings.HasPrefix(path, stem)
		}
		if under && len(name) > len(best) {
			best = name
		}
	}
	return rules[best], best != ""
}

func below(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return folder == "" || path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
	})
}

// breach says in which way an import breaks a rule, "" if it doesn't.
func (r rule) breach(imported string) string {
	own, ours := strings.CutPrefix(imported, "dialtone/")
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case ours && !below(own, r.Own):
		return "a room it does not know"
	case below(imported, r.Never):
		return "never here"
	case !ours && strings.Contains(first, ".") && r.Foreign != nil && !below(imported, r.Foreign):
		return "not from the standard library"
	}
	return ""
}

func TestEveryRoomImportsOnlyWhatItMay(t *testing.T) {
	files, all := sources(t)
	var offenders []string
	for _, s := range all {
		if s.test() {
			continue
		}
		allowed, known := ruleOf(s.path)
		if !known {
			offenders = append(offenders, s.path+": lies in no room of the design")
			continue
		}
		for _, spec := range s.tree.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if breach := allowed.breach(imported); breach != "" {
				offenders = append(offenders, fmt.Sprintf("%s: %s: %s", files.Position(spec.Pos()), imported, breach))
			}
		}
	}
	complain(t, "direct imports obey the table", offenders)
}

func TestWorkflowsOnlyNameActivities(t *testing.T) {
	files, all := sources(t)
	var offenders []string
	for _, s := range all {
		if s.test() || s.room() != "workflows" {
			continue
		}
		ast.Inspect(s.tree, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			if called, ok := call.Fun.(*ast.SelectorExpr); ok {
				if from, ok := called.X.(*ast.Ident); ok && from.Name == "activities" {
					offenders = append(offenders, fmt.Sprintf("%s: calls activities.%s", files.Position(call.Pos()), called.Sel.Name))
				}
			}
			return true
		})
	}
	complain(t, "workflows only name activities", offenders)
}

func TestTheImportRuleCanFail(t *testing.T) {
	for _, c := range []struct{ path, imported, breach string }{
		{"domain/user/state.go", "os", "never here"},
		{"domain/user/state.go", "time", ""},
		{"domain/user/state.go", "dialtone/eventstore", "a room it does not know"},
		{"domain/user/state.go", "github.com/google/uuid", "not from the standard library"},
		{"api/users.go", "go.temporal.io/sdk/client", "never here"},
		{"api/users.go", "dialtone/workflows", "a room it does not know"},
		{"api/users.go", "dialtone/domain/user", ""},
		{"workers/sip/route.go", "github.com/emiago/sipgo/sip", "never here"},
		{"workers/sip/server_tcp.go", "github.com/emiago/sipgo/sip", ""},
		{"workers/sip/route.go", "dialtone/projections", "a room it does not know"},
		{"workers/sip/route.go", "dialtone/projections/routing", ""},
		{"workers/reactor.go", "github.com/emiago/sipgo", "never here"},
		{"cmd/dialtone/main.go", "dialtone/workers/sip", ""},
	} {
		allowed, known := ruleOf(c.path)
		if breach := allowed.breach(c.imported); !known || breach != c.breach {
			t.Errorf("%s imports %s: %q, want %q", c.path, c.imported, breach, c.breach)
		}
	}
}
