package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/rego"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/policy"
)

// place is where a command works: a repository, or a folder without git.
type place struct {
	g    *global
	repo *gitrepo.Repo // nil outside git
	root string
	tree tree.Tree // the files as they lie
}

// open finds the repository around the folder, or takes the folder as it is.
func (g *global) open() (*place, error) {
	dir := g.dir()
	if info, err := os.Stat(dir); err != nil {
		return nil, usagef("open folder: %w", err)
	} else if !info.IsDir() {
		return nil, usagef("open folder: %s is a file", dir)
	}
	repo, err := gitrepo.Open(dir)
	if errors.Is(err, tree.ErrNotRepository) {
		t, err := gitrepo.Folder(dir)
		if err != nil {
			return nil, failed(fmt.Errorf("read folder: %w", err))
		}
		return &place{g: g, root: dir, tree: t}, nil
	}
	if err != nil {
		return nil, failed(fmt.Errorf("open repository: %w", err))
	}
	return &place{g: g, repo: repo, root: repo.Root()}, nil
}

func (w *place) close() {
	if w.repo != nil {
		_ = w.repo.Close() // only reads happened: nothing can be lost
	}
}

// worktree is the files as they lie.
func (w *place) worktree() (tree.Tree, error) {
	if w.tree != nil {
		return w.tree, nil
	}
	return w.repo.Worktree()
}

// here opens the place around the folder and its files as they lie.
func (g *global) here() (*place, tree.Tree, error) {
	w, err := g.open()
	if err != nil {
		return nil, nil, err
	}
	t, err := w.worktree()
	if err != nil {
		w.close()
		return nil, nil, failed(err)
	}
	return w, t, nil
}

// freshWorktree is the files as they lie now, after this process wrote some.
func (w *place) freshWorktree() (tree.Tree, error) {
	if w.repo != nil {
		return w.repo.Worktree()
	}
	return gitrepo.Folder(w.root)
}

func (w *place) target(timeout time.Duration) judge.Target {
	t := judge.Target{Folder: w.tree, Compile: compiler(timeout), Isolate: w.g.apart(timeout)}
	if w.repo != nil {
		t.Repo = w.repo
	}
	return t
}

// paths turns arguments into paths from the root.
func (w *place) paths(g *global, args []string) ([]string, error) {
	root, err := filepath.EvalSymlinks(w.root)
	if err != nil {
		return nil, failed(fmt.Errorf("find root: %w", err))
	}
	var out []string
	for _, a := range args {
		abs := a
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(g.dir(), a)
		}
		// The folder is resolved, never the file: a record that is a symlink
		// must be seen as one.
		dir, err := filepath.EvalSymlinks(filepath.Dir(abs))
		if err == nil {
			abs = filepath.Join(dir, filepath.Base(abs))
		}
		rel, err := filepath.Rel(root, abs)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return nil, usagef("%s is outside the repository %s", a, w.root)
		}
		out = append(out, filepath.ToSlash(rel))
	}
	return out, nil
}

// evidence reads what a forge says about people. What cannot be used comes back
// as findings: the verdict is undecided.
func (g *global) evidence(file string) (*evidence.Document, diag.List, error) {
	f, err := os.Open(g.abs(file))
	if err != nil {
		return nil, nil, usagef("--evidence: %w", err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, nil, errors.Join(usagef("--evidence %s is not a file", file), f.Close())
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, evidence.MaxBytes+1))
	if err != nil {
		return nil, nil, failed(fmt.Errorf("read evidence: %w", err))
	}
	d, found := evidence.Read(filepath.ToSlash(file), b)
	return d, found, nil
}

// builtin are the rules that come with the binary.
func builtin() ([]judge.Module, error) {
	return modulesIn(policy.FS, "", true)
}

// policyDirs reads rules to try from folders of the machine.
func (g *global) policyDirs(dirs []string) ([]judge.Module, error) {
	var out []judge.Module
	for _, d := range dirs {
		mods, err := g.policyFolder("--policy-dir", d)
		if err != nil {
			return nil, err
		}
		out = append(out, mods...)
	}
	return out, nil
}

// policyFolder reads the rules of one folder of the machine, which a flag names.
func (g *global) policyFolder(flag, dir string) ([]judge.Module, error) {
	if info, err := os.Stat(g.abs(dir)); err != nil || !info.IsDir() {
		return nil, usagef("%s %s is not a folder", flag, dir)
	}
	mods, err := modulesIn(os.DirFS(g.abs(dir)), filepath.ToSlash(dir), false)
	if err != nil {
		return nil, usagef("%s %s: %w", flag, dir, err)
	}
	if len(mods) == 0 {
		return nil, usagef("%s %s holds no policy", flag, dir)
	}
	return mods, nil
}

func modulesIn(fsys fs.FS, prefix string, isBuiltin bool) ([]judge.Module, error) {
	var out []judge.Module
	err := fs.WalkDir(fsys, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(p, ".rego") || strings.HasSuffix(p, "_test.rego") {
			return err
		}
		b, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		out = append(out, judge.Module{Path: path.Join(prefix, p), Source: b, Builtin: isBuiltin})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	return out, nil
}

// compiler hands the judge OPA's compiler.
func compiler(timeout time.Duration) judge.Compile {
	return func(mods []judge.Module) (judge.Rules, diag.List) {
		p, found := rego.Compile(regoModules(mods), rego.Options{Timeout: timeout})
		if p == nil {
			return nil, found
		}
		return p, found
	}
}
