// Package dialtone_test holds the tests of the house rules: who may import whom,
// where the clock is read, how long files and functions are, what is documented.
package dialtone_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	longestFile     = 400 // lines
	longestFunction = 70  // lines, signature and braces included
)

// source is one Go file of the house.
type source struct {
	path  string // from the root, with slashes
	tree  *ast.File
	lines int
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) generated() bool { return ast.IsGenerated(s.tree) }

// room is the top-level folder a file lies in, "" for the root.
func (s source) room() string {
	room, _, below := strings.Cut(s.path, "/")
	if !below {
		return ""
	}
	return room
}

// skipped names folders that hold nothing of our own.
var skipped = []string{".git", "node_modules", "data", "bin", "testdata", "vendor"}

// sources reads all Go files of the house.
func sources(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	files := token.NewFileSet()
	var found []source
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(skipped, entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(files, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		found = append(found, source{path: filepath.ToSlash(path), tree: tree, lines: strings.Count(string(text), "\n")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Fatalf("only %d Go files were found: the test does not stand at the root", len(found))
	}
	return files, found
}

// complain fails the test with all offenders, one a line.
func complain(t *testing.T, rule string, offenders []string) {
	t.Helper()
	if len(offenders) > 0 {
		slices.Sort(offenders)
		t.Errorf("%s (%d):\n\t%s", rule, len(offenders), strings.Join(offenders, "\n\t"))
	}
}

// outside names what only cmd may ask for; everybody else is handed it.
var outside = map[string][]string{
	"time":    {"Now", "Since", "Until"},
	"os":      {"Getenv", "LookupEnv", "Environ"},
	"context": {"Background", "TODO"},
}

// programs names the rooms of what is started by hand.
var programs = []string{"cmd", "bench", "scripts"}

func TestOnlyCmdAsksForTheClockTheEnvironmentAndAFreshContext(t *testing.T) {
	files, all := sources(t)
	var offenders []string
	for _, s := range all {
		if s.test() || s.generated() || slices.Contains(programs, s.room()) || strings.HasPrefix(s.path, "eventstore/storetest/") {
			continue
		}
		ast.Inspect(s.tree, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if from, ok := selector.X.(*ast.Ident); ok && from.Obj == nil && slices.Contains(outside[from.Name], selector.Sel.Name) {
				offenders = append(offenders, fmt.Sprintf("%s: %s.%s", files.Position(node.Pos()), from.Name, selector.Sel.Name))
			}
			return true
		})
	}
	complain(t, "handed in, never asked for, outside programs and tests", offenders)
}

func TestNoFileAndNoFunctionIsLong(t *testing.T) {
	files, all := sources(t)
	var offenders []string
	for _, s := range all {
		if s.generated() {
			continue
		}
		if s.lines > longestFile {
			offenders = append(offenders, fmt.Sprintf("%s: %d lines, at most %d", s.path, s.lines, longestFile))
		}
		for _, declaration := range s.tree.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			from, to := files.Position(function.Pos()), files.Position(function.End())
			if lines := to.Line - from.Line + 1; lines > longestFunction {
				offenders = append(offenders, fmt.Sprintf("%s: %s has %d lines, at most %d", from, function.Name.Name, lines, longestFunction))
			}
		}
	}
	complain(t, "files and functions fit the head", offenders)
}

func TestEveryExportedNameHasASentence(t *testing.T) {
	files, all := sources(t)
	var offenders []string
	packages := map[string]bool{} // folder: has a package comment
	for _, s := range all {
		if s.test() || s.generated() {
			continue
		}
		folder := filepath.Dir(s.path)
		packages[folder] = packages[folder] || s.tree.Doc != nil
		for _, declaration := range s.tree.Decls {
			for _, missing := range undocumented(declaration) {
				offenders = append(offenders, fmt.Sprintf("%s: %s", files.Position(declaration.Pos()), missing))
			}
		}
	}
	for folder, documented := range packages {
		if !documented {
			offenders = append(offenders, folder+": the package has no comment")
		}
	}
	complain(t, "every exported name has a sentence that starts with it", offenders)
}

// undocumented lists the exported names of a declaration that no sentence
// starts with. A group may have one sentence for all.
func undocumented(declaration ast.Decl) []string {
	var missing []string
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if ast.IsExported(d.Name.Name) && receiverIsExported(d) && !sentence(d.Doc, d.Name.Name) {
			missing = append(missing, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if ast.IsExported(spec.Name.Name) && !sentence(spec.Doc, spec.Name.Name) && !sentence(d.Doc, spec.Name.Name) {
					missing = append(missing, spec.Name.Name)
				}
			case *ast.ValueSpec:
				group := d.Lparen.IsValid() && d.Doc != nil || spec.Comment != nil
				for _, name := range spec.Names {
					if ast.IsExported(name.Name) && !group && !sentence(spec.Doc, name.Name) && !sentence(d.Doc, name.Name) {
						missing = append(missing, name.Name)
					}
				}
			}
		}
	}
	return missing
}

func receiverIsExported(function *ast.FuncDecl) bool {
	if function.Recv == nil {
		return true
	}
	receiver := function.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return ast.IsExported(r.Name)
		default:
			return true
		}
	}
}

// sentence tells whether a comment starts with a name, or an article and the name.
func sentence(comment *ast.CommentGroup, name string) bool {
	words := strings.Fields(comment.Text())
	if len(words) > 1 && slices.Contains([]string{"A", "An", "The"}, words[0]) {
		words = words[1:]
	}
	return len(words) > 1 && strings.TrimRight(words[0], ",:") == name
}
