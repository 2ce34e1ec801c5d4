package change

import (
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// File is one record as it lies in a tree.
type File struct {
	Path   string
	Blob   string // git's object id of the bytes
	Source []byte
	Record Record
	Index  source.Index
	// Found is everything wrong with the file itself. When the file could not
	// be read at all, Record is the zero value.
	Found diag.List
}

// Parse reads one record file. It never fails: what is wrong is in Found,
// sorted, and nothing in there repeats what looks like a secret.
func Parse(path, blob string, data []byte) *File {
	f := &File{Path: path, Blob: blob, Source: data, Index: source.NewIndex(path)}
	doc, found := yamldoc.Parse(path, data, yamldoc.Standard())
	f.Found = found
	if doc != nil {
		f.Index = doc.Index
		f.Found = append(f.Found, yamldoc.Decode(doc, &f.Record)...)
		f.Found = append(f.Found, Validate(f)...)
	}
	redact(f.Found)
	f.Found.Sort()
	return f
}
