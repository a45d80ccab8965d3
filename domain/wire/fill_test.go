package wire_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// fill puts something into every field of a value, down to the last. What it
// puts follows from types and JSON names, so that a renamed Go field changes
// nothing and a renamed JSON member is noticed.
func fill(t *testing.T, value reflect.Value, name string) {
	t.Helper()
	switch value.Interface().(type) {
	case time.Time:
		value.Set(reflect.ValueOf(time.Date(2026, 3, 2, 12, 0, len(name), 0, time.UTC)))
		return
	case policy.Duration:
		value.Set(reflect.ValueOf(policy.Duration(time.Duration(len(name)) * time.Hour)))
		return
	case domain.E164:
		value.SetString("+49301234" + strconv.Itoa(10+len(name)))
		return
	}
	switch value.Kind() {
	case reflect.String:
		value.SetString("some " + name)
	case reflect.Int, reflect.Int64:
		value.SetInt(int64(100 + len(name)))
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		fill(t, value.Elem(), name)
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 2, 2))
		fill(t, value.Index(0), name+" 1")
		fill(t, value.Index(1), name+" 2")
	case reflect.Map:
		member := reflect.New(value.Type().Elem()).Elem()
		fill(t, member, name)
		value.Set(reflect.MakeMap(value.Type()))
		value.SetMapIndex(reflect.ValueOf("key of "+name), member)
	case reflect.Struct:
		fillFields(t, value, name)
	default:
		t.Fatalf("nobody knows how to fill %s", value.Type())
	}
}

func fillFields(t *testing.T, value reflect.Value, name string) {
	t.Helper()
	for n := range value.NumField() {
		field := value.Type().Field(n)
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if tag == "" && !field.Anonymous {
			t.Errorf("field %s of %s has no JSON name written by hand", field.Name, value.Type())
		}
		if tag == "" {
			tag = name
		}
		fill(t, value.Field(n), tag)
	}
}

// literals finds what the methods "Type() string" below a folder return.
func literals(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range tree.Decls {
			method, ok := declaration.(*ast.FuncDecl)
			if !ok || method.Recv == nil || method.Name.Name != "Type" || len(method.Type.Params.List) > 0 {
				continue
			}
			answer, ok := method.Body.List[0].(*ast.ReturnStmt)
			if !ok || len(answer.Results) != 1 {
				t.Errorf("%s: a method Type does more than return a name", path)
				continue
			}
			literal, ok := answer.Results[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a method Type does not return a name written by hand", path)
				continue
			}
			name, err := strconv.Unquote(literal.Value)
			if err != nil {
				return err
			}
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
