package ci

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// changedGlobals lists where the files of one package change a variable of
// that package: assign to it, to a part of it, count it up, or hold state in
// it by its type. Tables and patterns that nothing changes are no state.
func changedGlobals(fset *token.FileSet, files []*ast.File) (bad []string) {
	globals := map[string]bool{}
	specs := map[*ast.ValueSpec]bool{}
	for _, f := range files {
		for _, d := range f.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, s := range gen.Specs {
				spec := s.(*ast.ValueSpec)
				specs[spec] = true
				for _, n := range spec.Names {
					globals[n.Name] = true
					if t, ok := spec.Type.(*ast.SelectorExpr); ok && fmt.Sprint(t.X) == "sync" {
						bad = append(bad, fmt.Sprintf("%s: %s holds state", fset.Position(n.Pos()), n.Name))
					}
				}
			}
		}
	}
	global := func(e ast.Expr) bool {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
			case *ast.SelectorExpr:
				e = x.X
			case *ast.StarExpr:
				e = x.X
			case *ast.ParenExpr:
				e = x.X
			case *ast.Ident:
				if x.Obj == nil { // declared in another file, or a field
					return globals[x.Name]
				}
				spec, ok := x.Obj.Decl.(*ast.ValueSpec)
				return ok && specs[spec]
			default:
				return false
			}
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			var changed []ast.Expr
			switch x := n.(type) {
			case *ast.AssignStmt:
				if x.Tok != token.DEFINE {
					changed = x.Lhs
				}
			case *ast.IncDecStmt:
				changed = []ast.Expr{x.X}
			case *ast.CallExpr:
				if name, ok := x.Fun.(*ast.Ident); ok && slices.Contains([]string{"delete", "clear"}, name.Name) && len(x.Args) > 0 {
					changed = x.Args[:1]
				}
			case *ast.UnaryExpr:
				if x.Op == token.AND {
					changed = []ast.Expr{x.X}
				}
			}
			for _, e := range changed {
				if global(e) {
					bad = append(bad, fmt.Sprintf("%s: changes a variable of the package", fset.Position(e.Pos())))
				}
			}
			return true
		})
	}
	return bad
}

// caches are variables that change and cannot be seen to: the same key always
// gets the same value, worked out from the key alone.
func caches() []string { return []string{"shapes holds state"} }

func TestNoVariableOfAPackageChanges(t *testing.T) {
	fset, packages := token.NewFileSet(), map[string][]*ast.File{}
	goFiles(t, func(path string, src []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		f, err := parser.ParseFile(fset, path, src, 0)
		if err != nil {
			t.Error(err)
			return
		}
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], f)
	})
	for _, files := range packages {
		for _, bad := range changedGlobals(fset, files) {
			if !slices.ContainsFunc(caches(), func(c string) bool { return strings.HasSuffix(bad, c) }) {
				t.Error(bad)
			}
		}
	}
}

func TestAChangedVariableIsFound(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		want int
	}{
		"assigned":                {"table = nil", 1},
		"an entry set":            {`table["a"] = 1`, 1},
		"an entry deleted":        {`delete(table, "a")`, 1},
		"emptied":                 {"clear(table)", 1},
		"counted":                 {"count++", 1},
		"a part of it":            {"config.Deep.Part = 1", 1},
		"handed out by address":   {"use(&count)", 1},
		"of another file":         {"elsewhere = 1", 1},
		"beside a local one":      {"x := 0; x, count = 1, 2; _ = x", 1},
		"read":                    {`_ = table["a"] + count`, 0},
		"a local one of its name": {"count := 0; count++; _ = count", 0},
		"a parameter's part":      {"p.count = 1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			fset := token.NewFileSet()
			var files []*ast.File
			for i, src := range []string{
				"package x\nvar table = map[string]int{}\nvar count int\nvar config struct{ Deep struct{ Part int } }\nfunc use(*int) {}\nfunc f(p *struct{ count int }) {\n" + tc.body + "\n}\n",
				"package x\nvar elsewhere int\n",
			} {
				f, err := parser.ParseFile(fset, fmt.Sprintf("%d.go", i), src, 0)
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, f)
			}
			if bad := changedGlobals(fset, files); len(bad) != tc.want {
				t.Errorf("got %q, want %d", bad, tc.want)
			}
		})
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", "package x\nimport \"sync\"\nvar once sync.Once\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	if bad := changedGlobals(fset, []*ast.File{f}); len(bad) != 1 {
		t.Errorf("sync.Once is not found to hold state: %q", bad)
	}
}
