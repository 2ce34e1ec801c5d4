package yamldoc

import (
	"bytes"
	"errors"
	"io"

	"gopkg.in/yaml.v3"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// ParseAll reads a file that may hold several documents, as Backstage's
// catalogues do. It is as strict as Parse otherwise; the limits are of the
// whole file. Documents without content are left out. Pointers begin at each
// document's own root. With any finding no document is returned.
func ParseAll(file string, data []byte, lim Limits) ([]*Doc, diag.List) {
	if len(data) > lim.Bytes {
		return nil, diag.List{diag.New("MS009", source.InFile(file), "the file has %d bytes, more than the %d allowed", len(data), lim.Bytes)}
	}
	if bad := characters(file, data); len(bad) > 0 {
		return nil, bad
	}
	b := builder{file: file, lim: lim, lines: splitLines(data)}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var docs []*Doc
	for len(b.found) < maxOfAKind {
		var root yaml.Node
		if err := decodeNode(dec, &root); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, append(b.found, syntax(file, data, err))
		}
		if len(root.Content) != 1 || root.Content[0].Tag == "!!null" && root.Content[0].Style&yaml.TaggedStyle == 0 && root.Content[0].Anchor == "" {
			continue
		}
		n := root.Content[0]
		if n.Kind != yaml.MappingNode {
			b.check(n)
			b.add(diag.New("MS004", at(file, n, 1), "a document is not a mapping of keys to values"))
			continue
		}
		b.doc = &Doc{File: file, Index: source.NewIndex(file)}
		b.doc.Root = b.build(n, "", source.Range{}, 1)
		docs = append(docs, b.doc)
	}
	if len(b.found) > 0 {
		return nil, b.found
	}
	return docs, nil
}
