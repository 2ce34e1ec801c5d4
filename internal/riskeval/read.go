package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/risk"
)

// columns are the metrics of the tables that "--choose" may ask about, under
// the names of the data. "fix" is left out: it says that the message names an
// issue, and whoever links one must not pay for it.
var columns = []string{"ns", "nd", spread, "ld", "lt", "ndev", "age", "nuc", "exp", "rexp", "sexp"}

// spread is how the data spells the column of entropy.
const spread = "entrophy" //nolint:misspell // it is a name of the data

// loadTable reads a table of metrics, a row for each change.
func loadTable(data fs.FS, file, name string) (*Set, error) {
	b, err := fs.ReadFile(data, file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	r := csv.NewReader(bytes.NewReader(b))
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read %s: it is empty", file)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	for _, want := range slices.Concat([]string{"_id", "date", "bug", "la", "nf"}, columns) {
		if _, ok := at[want]; !ok {
			return nil, fmt.Errorf("read %s: there is no column %q", file, want)
		}
	}
	s := &Set{Name: name}
	for i, row := range rows[1:] {
		var bad error
		number := func(column string) float64 {
			v, err := strconv.ParseFloat(row[at[column]], 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				bad = errors.Join(bad, fmt.Errorf("read %s: row %d: %s is %q, not a number", file, i+2, column, row[at[column]]))
			}
			return v
		}
		c := Change{ID: row[at["_id"]], When: time.Unix(int64(number("date")), 0).UTC(), Fixed: number("bug") > 0, Columns: map[string]float64{}}
		c.Added = int(number("la"))
		c.Diff = risk.Diff{Given: true, Added: c.Added, Files: int(number("nf"))}
		for _, column := range columns {
			c.Columns[column] = number(column)
		}
		if bad != nil {
			return nil, bad
		}
		s.Changes = append(s.Changes, c)
	}
	return s, nil
}

// commit is a row of the lists of files.
type commit struct {
	SHA        string              `json:"sha"`
	CommitDate string              `json:"commit_date"`
	Files      [][]any             `json:"files"` // path, lines added, lines deleted; null where binary
	Kamei      map[string]*float64 `json:"kamei"`
	Buggy      *int                `json:"buggy"`
}

// loadDiffs reads lists of real files, a commit a line.
func loadDiffs(data fs.FS, file, name string) (*Set, error) {
	b, err := fs.ReadFile(data, file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	s := &Set{Name: name, Real: true}
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		var row commit
		if err := d.Decode(&row); errors.Is(err, io.EOF) {
			return s, nil
		} else if err != nil {
			return nil, fmt.Errorf("read %s: row %d: %w", file, len(s.Changes)+1, err)
		}
		c, err := row.change()
		if err != nil {
			return nil, fmt.Errorf("read %s: row %d: %w", file, len(s.Changes)+1, err)
		}
		s.Changes = append(s.Changes, c)
	}
}

func (row *commit) change() (Change, error) {
	when, err := time.Parse(time.RFC3339, row.CommitDate)
	switch {
	case err != nil:
		return Change{}, fmt.Errorf("commit_date: %w", err)
	case row.Buggy == nil || len(row.Files) == 0:
		return Change{}, errors.New("there is no label, or there are no files")
	}
	c := Change{ID: row.SHA, When: when, Fixed: *row.Buggy > 0, Columns: map[string]float64{}, Other: map[string]risk.Diff{}}
	var files, asCode []risk.DiffFile
	every := risk.Diff{Given: true, Files: len(row.Files)}
	tests := 0
	for _, f := range row.Files {
		one, err := readFile(f)
		if err != nil {
			return Change{}, err
		}
		files = append(files, one)
		c.Added += one.Added
		every.Added += one.Added
		if one.Unknown {
			every.Unknown++
		}
		if risk.Kind(one.Path) == risk.KindTest {
			tests += one.Added
		}
		if translated(one.Path) {
			one.Path = "code"
		}
		asCode = append(asCode, one)
	}
	c.Diff = risk.Measure(files)
	c.Other[everyFile], c.Other[translations] = every, risk.Measure(asCode)
	half := c.Diff
	half.Added -= tests / 2
	c.Other[testsHalf] = half
	for _, column := range columns {
		v := row.Kamei[column]
		if v == nil {
			return Change{}, fmt.Errorf("there is no kamei.%s", column)
		}
		c.Columns[column] = *v
	}
	return c, nil
}

// Other ways to count the same files.
const (
	everyFile    = "documents counted as well"
	translations = "translations and release notes counted as well"
	testsHalf    = "tests counted half"
)

// translated are the documents that became such when this data was looked at.
func translated(path string) bool {
	return risk.Kind(path) == risk.KindDocument &&
		(strings.HasSuffix(path, ".po") || strings.HasSuffix(path, ".pot") || strings.HasPrefix(path, "releasenotes/notes/"))
}

func readFile(f []any) (risk.DiffFile, error) {
	if len(f) != 3 {
		return risk.DiffFile{}, fmt.Errorf("a file has %d parts, not 3", len(f))
	}
	path, named := f[0].(string)
	added, counted := f[1].(float64)
	if !named || path == "" || f[1] != nil && (!counted || added < 0) {
		return risk.DiffFile{}, fmt.Errorf("the file %v is not a path with lines", f)
	}
	return risk.DiffFile{Path: path, Added: int(added), Unknown: f[1] == nil}, nil
}
