package gitrepo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/index"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const ignoreName = ".gitignore"

// scan lists a folder. It never leaves root and never follows a symlink.
type scan struct {
	root     *os.Root
	index    *tracked
	conf     settings
	ignoring bool

	files   []workFile
	seen    map[string]bool // tracked paths dealt with
	folders map[string]bool // whether a path is a real folder
}

func (s *scan) all(rules []ignoreFile) ([]workFile, error) {
	if err := s.folder("", rules); err != nil {
		return nil, err
	}
	if err := s.rest(); err != nil {
		return nil, err
	}
	sort.Slice(s.files, func(i, j int) bool { return s.files[i].path < s.files[j].path })
	return s.files, nil
}

// folder lists one folder and those below it. Ignored folders are not entered:
// what is tracked in them is found by rest.
func (s *scan) folder(path string, rules []ignoreFile) error {
	if len(path) > maxPath || len(s.files) > maxEntries {
		return fmt.Errorf("too many files, or nested too deep: %w", tree.ErrTooLarge)
	}
	names, err := s.names(path)
	if err != nil {
		return err
	}
	if s.ignoring {
		b, err := s.small(join(path, ignoreName))
		if err != nil {
			return err
		}
		if f := parseIgnore(path, b); len(f.rules) > 0 {
			rules = append(rules[:len(rules):len(rules)], f)
		}
	}
	for _, name := range names {
		if strings.EqualFold(name, gitName) {
			continue
		}
		if err := s.item(join(path, name), rules); err != nil {
			return err
		}
	}
	return nil
}

func (s *scan) names(path string) ([]string, error) {
	f, err := s.root.Open(native(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(-1)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("list folder %q: %w", path, err)
	}
	sort.Strings(names)
	return names, nil
}

func native(path string) string {
	if path == "" {
		return "."
	}
	return filepath.FromSlash(path)
}

// item deals with one name of a folder.
func (s *scan) item(path string, rules []ignoreFile) error {
	fi, err := s.root.Lstat(native(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	e := s.index.entries[path]
	if fi.IsDir() {
		s.folders[path] = true
		if e != nil && entryMode(e.Mode) == tree.ModeSubmodule {
			return s.submodule(path, e)
		}
		if ignored(rules, path, true) {
			return nil
		}
		if !s.index.folders[path] {
			git, err := s.nestedGitDir(path)
			if err != nil {
				return err
			}
			if git != "" {
				return s.submodule(path, nil)
			}
		}
		return s.folder(path, rules)
	}
	if e == nil && ignored(rules, path, false) {
		return nil
	}
	s.file(path, fi, e)
	return nil
}

// file lists a file or symlink; sockets and devices are nothing to git.
func (s *scan) file(path string, fi fs.FileInfo, e *index.Entry) {
	f := workFile{path: path}
	switch {
	case fi.Mode().Type() == fs.ModeSymlink:
		f.mode = tree.ModeSymlink
	case !fi.Mode().IsRegular():
		return
	case e != nil && !s.conf.symlinks && entryMode(e.Mode) == tree.ModeSymlink:
		f.mode = tree.ModeSymlink
	case !s.conf.fileMode && e != nil && entryMode(e.Mode).Regular():
		f.mode = entryMode(e.Mode)
	case s.conf.fileMode && fi.Mode()&0o100 != 0:
		f.mode = tree.ModeExecutable
	default:
		f.mode = tree.ModeFile
	}
	if e != nil {
		s.seen[path] = true
		if s.index.unchanged(e, fi) {
			f.id = e.Hash.String()
		}
	}
	s.files = append(s.files, f)
}

// rest lists what is tracked and was not met: files in ignored folders, and
// files that a sparse checkout leaves out.
func (s *scan) rest() error {
	for _, path := range s.index.order {
		e := s.index.entries[path]
		if s.seen[path] {
			continue
		}
		fi, err := s.plain(path)
		if err != nil {
			return err
		}
		isModule := entryMode(e.Mode) == tree.ModeSubmodule
		switch {
		case fi != nil && fi.IsDir() && isModule:
			if err := s.submodule(path, e); err != nil {
				return err
			}
		case fi != nil && !fi.IsDir():
			s.file(path, fi, e)
		case fi == nil && e.SkipWorktree:
			s.files = append(s.files, workFile{path: path, mode: entryMode(e.Mode), id: e.Hash.String(), stored: true})
		}
	}
	return nil
}

// plain is Lstat for a path whose parents are real folders; nil if there is
// none.
func (s *scan) plain(path string) (fs.FileInfo, error) {
	if !s.realFolder(parent(path)) {
		return nil, nil
	}
	fi, err := s.root.Lstat(native(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return fi, err
}

func (s *scan) realFolder(path string) bool {
	is, known := s.folders[path]
	if !known {
		if s.realFolder(parent(path)) {
			fi, err := s.root.Lstat(native(path))
			is = err == nil && fi.IsDir()
		}
		s.folders[path] = is
	}
	return is
}

// submodule lists a repository inside this one.
func (s *scan) submodule(path string, e *index.Entry) error {
	s.seen[path] = true
	id, err := s.nestedHead(path)
	if err != nil {
		return err
	}
	if id == "" && e != nil {
		id = e.Hash.String()
	}
	if id != "" {
		s.files = append(s.files, workFile{path: path, mode: tree.ModeSubmodule, id: id})
	}
	return nil
}

// nestedGitDir finds the git folder of a repository inside, if it lies in the
// same root.
func (s *scan) nestedGitDir(path string) (string, error) {
	p := join(path, gitName)
	fi, err := s.root.Lstat(native(p))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if fi.IsDir() {
		if _, err := s.root.Lstat(native(join(p, "HEAD"))); err != nil {
			return "", nil
		}
		return p, nil
	}
	b, err := s.small(p)
	if err != nil {
		return "", err
	}
	target, ok := gitFileTarget(b)
	if !ok {
		return "", nil
	}
	if filepath.IsAbs(target) {
		rel, err := filepath.Rel(s.root.Name(), target)
		if err != nil {
			return p, nil
		}
		return filepath.ToSlash(rel), nil
	}
	return filepath.ToSlash(filepath.Join(native(path), target)), nil
}

// nestedHead reads the commit that a repository inside has checked out, or ""
// if that cannot be told.
func (s *scan) nestedHead(path string) (string, error) {
	dir, err := s.nestedGitDir(path)
	if err != nil || dir == "" || !filepath.IsLocal(native(dir)) {
		return "", err
	}
	name := "HEAD"
	for range maxSymbolic {
		b, err := s.small(join(dir, name))
		if err != nil {
			return "", err
		}
		text := strings.TrimSpace(string(b))
		if h, ok := parseID(text); ok {
			return h.String(), nil
		}
		next, ok := strings.CutPrefix(text, "ref:")
		if !ok {
			break
		}
		if name = strings.TrimSpace(next); !validRef(name) || !strings.HasPrefix(name, "refs/") {
			return "", nil
		}
	}
	packed, err := s.small(join(dir, "packed-refs"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(packed)) {
		id, ref, _ := strings.Cut(strings.TrimSpace(line), " ")
		if h, ok := parseID(id); ok && ref == name {
			return h.String(), nil
		}
	}
	return "", nil
}

// small reads a small regular file of the tree; one that is missing or is no
// regular file reads as empty.
func (s *scan) small(path string) (b []byte, err error) {
	fi, err := s.root.Lstat(native(path))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !fi.Mode().IsRegular() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := s.root.Open(native(path))
	if err != nil {
		return nil, err
	}
	b, err = io.ReadAll(io.LimitReader(f, maxSmallFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %q: %w", path, err)
	}
	if len(b) > maxSmallFile {
		return nil, fmt.Errorf("read %q: %w", path, tree.ErrTooLarge)
	}
	return b, nil
}
