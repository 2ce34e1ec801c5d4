package law

import (
	"errors"
	"fmt"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// parse reads one document from what Files.Read returned; nil when it cannot
// be read, with a finding.
func (ld *loader) parse(p string, data []byte, err error) (*yamldoc.Doc, error) {
	if ok, err := ld.readable(p, data, err); !ok {
		return nil, err
	}
	doc, found := yamldoc.Parse(p, data, yamldoc.Standard())
	ld.found = append(ld.found, found...)
	return doc, nil
}

// readable notes what was read, or says why it was not.
func (ld *loader) readable(p string, data []byte, err error) (bool, error) {
	switch where := source.InFile(p); {
	case errors.Is(err, tree.ErrNotFound):
		ld.add("MS402", where, "", "the file is named by %s and does not exist", ConfigPath)
	case errors.Is(err, tree.ErrNotRegular):
		ld.add("MS012", where, "put the file itself there", "a symlink or submodule is not read as law")
	case errors.Is(err, tree.ErrTooLarge):
		ld.add("MS009", where, "split the file", "the file is too large")
	case err != nil:
		return false, fmt.Errorf("read %s: %w", p, err)
	default:
		ld.read[p] = data
		return true, nil
	}
	return false, nil
}

// named lists the files that a path or pattern in mergeseal.yaml stands for. A
// path that names nothing is an error; a pattern that matches nothing may be
// there for files to come, and is a warning.
func (ld *loader) named(at source.Range, p string) ([]string, error) {
	problem := CheckGlob(p)
	if !IsGlob(p) {
		problem = CheckPath(p)
	}
	if ld.problem(at, problem) {
		return nil, nil
	}
	paths, err := ld.files.List(p)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", p, err)
	}
	switch {
	case len(paths) == 0 && !IsGlob(p):
		ld.add("MS402", at, "create the file, or correct the path: it begins at the repository's root", "the file %s does not exist", diag.Quote(p))
	case len(paths) == 0:
		f := diag.New("MS402", at, "no file matches %s", diag.Quote(p)).WithHint("correct the pattern, or leave it out until there is such a file")
		f.Severity = diag.Warning
		ld.found = append(ld.found, f)
	case len(paths) > maxFiles:
		ld.add("MS009", at, "name fewer files", "%d files match %s, more than the %d allowed", len(paths), diag.Quote(p), maxFiles)
		return nil, nil
	}
	return paths, nil
}

// namedFile is one file that a key names, and where it names it.
type namedFile struct {
	path string
	at   source.Range
}

// all lists the files of several paths and patterns, each once.
func (ld *loader) all(patterns []string, at func(i int) source.Range) ([]namedFile, error) {
	var out []namedFile
	seen := map[string]bool{}
	for i, p := range patterns {
		paths, err := ld.named(at(i), p)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			if !seen[p] {
				seen[p] = true
				out = append(out, namedFile{p, at(i)})
			}
		}
	}
	return out, nil
}

// doc reads one file that a key names and adds it to the key's digest.
func (ld *loader) doc(p string, digest map[string][]byte) (*yamldoc.Doc, error) {
	data, err := ld.files.Read(p)
	doc, err := ld.parse(p, data, err)
	if b, ok := ld.read[p]; ok {
		digest[p] = b
	}
	return doc, err
}

// items decodes the one list that a file holds below a key.
func items[T any](ld *loader, doc *yamldoc.Doc, key string) []item[T] {
	for _, k := range doc.Root.Keys {
		if k.Name != key {
			ld.add("MS006", k.At, diag.Allowed([]string{key}), "unknown key %s", diag.Quote(k.Name))
		}
	}
	n := doc.Root.Get(key)
	if n == nil {
		ld.found = append(ld.found, yamldoc.Missing(doc.Root.At, "", key))
		return nil
	}
	var d yamldoc.Decoder
	var list []T
	d.Into(n, &list)
	ld.found = append(ld.found, d.Found...)
	return placed(list, doc.Index, n)
}

func placed[T any](list []T, index source.Index, n *yamldoc.Node) []item[T] {
	out := make([]item[T], len(list))
	for i := range list {
		out[i] = item[T]{list[i], place{index, n.Items[i]}}
	}
	return out
}

// from reads a list that is inline or in files which hold it below the key.
func from[T any](ld *loader, key string, f From[T]) (all []item[T], digest string, err error) {
	files := map[string][]byte{}
	if f.Inline != nil {
		all = placed(f.Inline, ld.docs.index, ld.docs.node.Get(key))
		files[ConfigPath] = ld.read[ConfigPath]
	}
	named, err := ld.all(f.Paths, ld.pathAt(key))
	if err != nil {
		return nil, "", err
	}
	for _, n := range named {
		doc, err := ld.doc(n.path, files)
		if err != nil {
			return nil, "", err
		}
		if doc != nil {
			all = append(all, items[T](ld, doc, key)...)
		}
	}
	return capped(ld, key, all), digestOf(files), nil
}

func capped[T any](ld *loader, key string, all []item[T]) []item[T] {
	if len(all) <= maxItems {
		return all
	}
	ld.add("MS009", ld.docs.at(key), "split the repository", "%d %s, more than the %d allowed", len(all), key, maxItems)
	return all[:maxItems]
}

// pathAt is where the i-th path of a key stands: the key's value may be one
// path or a list of them.
func (ld *loader) pathAt(key string) func(int) source.Range {
	return func(i int) source.Range {
		if n := ld.docs.node.Get(key); n != nil && n.Kind == yamldoc.Sequence {
			return ld.docs.at(key, num(i))
		}
		return ld.docs.at(key)
	}
}
