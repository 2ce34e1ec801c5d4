package risk

import (
	"fmt"
	"maps"
	"slices"
)

// DiffFile is one file that a change touches.
type DiffFile struct {
	Path  string
	Added int // lines
	// Unknown says that nobody can count the lines, as in a binary file or a
	// submodule. Added is ignored.
	Unknown bool
	Record  bool // a change record: never part of the factor
}

// Diff is what a score reads of a diff, records left out. The zero value is a
// diff that was not given.
type Diff struct {
	Given      bool
	Added      int            // lines, documents left out
	Files      int            // documents left out
	Unknown    int            // of Files, those whose lines nobody can count
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
		if kind == KindDocument {
			continue
		}
		d.Files++
		if f.Unknown {
			d.Unknown++
		} else {
			d.Added += max(f.Added, 0)
		}
		if kind == KindMigration {
			d.Migrations++
		}
	}
	return d
}

// Plus is two diffs taken as one: the running sum of many small changes. It is
// given when both are.
func (d Diff) Plus(o Diff) Diff {
	sum := Diff{
		Given: d.Given && o.Given, Added: d.Added + o.Added, Files: d.Files + o.Files,
		Unknown: d.Unknown + o.Unknown, Migrations: d.Migrations + o.Migrations, Kinds: map[string]int{},
	}
	for _, kinds := range []map[string]int{d.Kinds, o.Kinds} {
		for kind := range maps.Keys(kinds) {
			sum.Kinds[kind] += kinds[kind]
		}
	}
	return sum
}

// Steps are rising thresholds of one fact.
type Steps []int

// Reached is how many of the thresholds n is at or above.
func (s Steps) Reached(n int) int {
	reached, exact := slices.BinarySearch(s, n)
	if exact {
		reached++
	}
	return reached
}

// diffSteps is the diff factor: each step reached is worth the points of its
// case in the table, one by default, so that all of them are 15. They were
// chosen by measuring, with "go run ./internal/riskeval --choose"; README.md
// says on what, and which facts earned nothing.
var diffSteps = struct{ lines, files Steps }{
	lines: Steps{1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100, 200},
	files: Steps{2, 3, 4},
}

// DiffSteps are the thresholds of the diff factor: lines added, files touched.
func DiffSteps() (lines, files Steps) {
	return slices.Clone(diffSteps.lines), slices.Clone(diffSteps.files)
}

// DiffPoints is what the diff itself counts: by the default model 0 to 15, or
// 8 when it was not given. It grows with every fact.
func (m Model) DiffPoints(d Diff) int {
	sum := 0
	for _, l := range d.lines(m.orDefault().points[diffFactor]) {
		sum += l.Points
	}
	return sum
}

// lines are those of the diff factor: one for each fact, or one for none.
func (d Diff) lines(points map[string]int) []Factor {
	if !d.Given {
		return []Factor{{Name: diffFactor, Points: points["not_given"], Why: "there is no diff to look at", Lower: "judge the change together with its diff"}}
	}
	added := Factor{Name: diffFactor, Why: count(d.Added, "line") + " added"}
	if d.Kinds[KindDocument] > 0 {
		added.Why += ", documents not counted"
	}
	worth := points["lines_step"]
	reached := diffSteps.lines.Reached(d.Added)
	if d.Unknown > 0 {
		// Lines that nobody can count must never be cheaper than any that can.
		reached = len(diffSteps.lines)
		added.Why += fmt.Sprintf(", and %s whose lines nobody can count", count(d.Unknown, "file"))
		added.Lower = "make what is not text a change of its own"
	} else if reached > 1 && worth > 0 {
		added.Lower = fmt.Sprintf("split it: fewer than %s added count %d", count(diffSteps.lines[reached-1], "line"), (reached-1)*worth)
	}
	added.Points = reached * worth

	files := Factor{Name: diffFactor, Why: count(d.Files, "file") + " touched"}
	if n := d.Kinds[KindDocument]; n > 0 {
		files.Why += fmt.Sprintf(", %s not counted", count(n, "document"))
	}
	worth = points["files_step"]
	if reached = diffSteps.files.Reached(d.Files); reached > 0 && worth > 0 {
		files.Lower = fmt.Sprintf("split it: fewer than %s count %d", count(diffSteps.files[reached-1], "file"), (reached-1)*worth)
	}
	files.Points = reached * worth
	return []Factor{added, files}
}
