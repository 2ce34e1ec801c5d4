// Package yamldoc turns bytes somebody else wrote into a small tree with
// positions, and that tree into typed values. It is the only importer of
// yaml.v3, and far stricter: one document, no directives, anchors, aliases,
// merge keys or tags, no key twice, nothing invisible, everything bounded.
//
// It never resolves a value on its own: text stays text until a type asks for
// it, so that `no` is never a boolean and 0752 never 490.
package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Limits bound a document. The size is held before the YAML reader sees a
// byte, the others before anything is built from what it read.
type Limits struct {
	Bytes  int // of the file
	Depth  int // of nesting
	Nodes  int // keys, values and items in all
	Keys   int // of one mapping
	Scalar int // bytes of one value
}

// Standard are the limits of every file people write for us.
func Standard() Limits {
	return Limits{Bytes: 256 << 10, Depth: 32, Nodes: 10_000, Keys: 1000, Scalar: 16 << 10}
}

// maxPointer bounds the JSON pointer of a node in bytes. Every node holds its
// pointer, so that a few long keys around many items would cost gigabytes.
const maxPointer = 1024

// maxOfAKind bounds how many findings of one code one file can cause.
const maxOfAKind = 20

// Doc is one parsed file.
type Doc struct {
	File  string
	Root  *Node
	Index source.Index
}

// Parse reads one document. What is wrong with its form is found in one go; a
// document with any such finding is not returned. The root is always a mapping.
func Parse(file string, data []byte, lim Limits) (*Doc, diag.List) {
	if len(data) > lim.Bytes {
		return nil, diag.List{diag.New("MS009", source.InFile(file), "the file has %d bytes, more than the %d allowed", len(data), lim.Bytes)}
	}
	if bad := characters(file, data); len(bad) > 0 {
		return nil, bad
	}
	lines := splitLines(data)
	if bad := directives(file, lines); len(bad) > 0 {
		return nil, bad
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	if err := decodeNode(dec, &root); errors.Is(err, io.EOF) {
		return nil, diag.List{diag.New("MS004", source.InFile(file), "the file is empty")}
	} else if err != nil {
		return nil, diag.List{syntax(file, data, err)}
	}
	if f, more := another(file, data, dec); more {
		return nil, diag.List{f}
	}
	b := builder{file: file, lim: lim, lines: lines, doc: &Doc{File: file, Index: source.NewIndex(file)}}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		n := &root
		if len(root.Content) == 1 {
			n = root.Content[0]
		}
		b.check(n)
		b.add(diag.New("MS004", at(file, n, 1), "the document is not a mapping of keys to values"))
		return nil, b.found
	}
	b.doc.Root = b.build(root.Content[0], "", source.Range{}, 1)
	if len(b.found) > 0 {
		return nil, b.found
	}
	return b.doc, nil
}

// directives refuses lines such as %YAML 1.1 before the document: they change
// what other readers make of it, and yaml.v3 takes quadratic time over many.
func directives(file string, lines []string) diag.List {
	for i, line := range lines {
		switch trimmed := strings.TrimSpace(line); {
		case strings.HasPrefix(line, "%"):
			p := source.Pos{Line: i + 1, Col: 1}
			return diag.List{diag.New("MS003", source.Range{File: file, Start: p, End: source.Pos{Line: i + 1, Col: 2}}, "a directive").
				WithHint("leave the line out: files are read as YAML 1.2 without tags")}
		case trimmed != "" && trimmed[0] != '#':
			return nil
		}
	}
	return nil
}

// another looks for content after the one document. Decoders stop there
// without a word, so that people read one thing and tools another.
func another(file string, data []byte, dec *yaml.Decoder) (diag.Finding, bool) {
	var next yaml.Node
	err := decodeNode(dec, &next)
	switch {
	case err == nil:
		return diag.New("MS004", at(file, &next, 1), "a second document begins here").
			WithHint("one file holds one document: put this into a file of its own"), true
	case errors.Is(err, io.EOF):
		return diag.Finding{}, false
	}
	f := syntax(file, data, err)
	return diag.New("MS004", f.At, "there is content after the end of the document: %s", f.Message), true
}

// decodeNode shields from yaml.v3's panics on input it did not expect
// (CVE-2022-28948 was one).
func decodeNode(dec *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: line 1: the reader gave up: %v", p)
		}
	}()
	return dec.Decode(n)
}

var syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// syntax places yaml.v3's complaint. Its text may repeat a name of any length
// from the file.
// ofParser tells the complaints of yaml.v3's parser from those of its scanner:
// the former count lines from 0 (yaml.v3@v3.0.1 decode.go, parser.fail).
func ofParser(what string) bool {
	for _, w := range []string{"document start>", "node content", "expected key", "'-' indicator", "',' or ']'", "',' or '}'"} {
		if strings.HasPrefix(what, "did not find expected") && strings.Contains(what, w) {
			return true
		}
	}
	return false
}

func syntax(file string, data []byte, err error) diag.Finding {
	where, what := source.InFile(file), err.Error()
	if m := syntaxLine.FindStringSubmatch(what); m != nil {
		what = m[2]
		if line, err := strconv.Atoi(m[1]); err == nil {
			if ofParser(what) {
				line++
			}
			line = min(line, 1+bytes.Count(bytes.TrimRight(data, "\n"), []byte("\n")))
			where.Start = source.Pos{Line: line, Col: 1}
			where.End = where.Start
		}
	}
	if strings.HasPrefix(what, "unknown anchor") {
		return diag.New("MS002", where, "an alias without an anchor").WithHint("write the value out where it is used")
	}
	if r := []rune(what); len(r) > 120 {
		what = string(r[:119]) + "…"
	}
	return diag.New("MS001", where, "not valid YAML: %s", what)
}
