package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const (
	// maxDiff is the size above which a file's lines are counted, not compared.
	maxDiff = 1 << 20
	// binaryWindow is git's FIRST_FEW_BYTES (xdiff-interface.c).
	binaryWindow = 8000
	// maxDiffSteps bounds the comparison of two files. It counts steps, not
	// time, so that the answer is always the same.
	maxDiffSteps = 40_000_000
)

// Lines counts the lines that a change adds and deletes. The old content comes
// from this repository, the new one from the tree the change leads to. A file
// with a NUL among its first 8,000 bytes on either side is binary; attributes
// have no say. If a side is larger than 1 MiB, all lines count as replaced. A
// symlink or submodule is one line. The counts are the smallest possible for
// files that are not very different and large; for those, lines that only
// moved may count as kept.
func (r *Repo) Lines(c tree.FileChange, new tree.Tree) (tree.LineCount, error) {
	var old, now side
	var err error
	if c.Kind != tree.Added {
		if old, err = r.oldSide(c); err != nil {
			return tree.LineCount{}, fmt.Errorf("count lines of %q: %w", c.Path, err)
		}
	}
	if c.Kind != tree.Deleted {
		if now, err = r.newSide(c, new); err != nil {
			return tree.LineCount{}, fmt.Errorf("count lines of %q: %w", c.Path, err)
		}
	}
	if old.binary || now.binary {
		return tree.LineCount{Binary: true}, nil
	}
	if c.OldBlob == c.NewBlob && c.OldMode.Regular() && c.NewMode.Regular() {
		return tree.LineCount{}, nil
	}
	if c.Kind != tree.Modified || old.whole || now.whole || c.OldMode.Regular() != c.NewMode.Regular() {
		return tree.LineCount{Added: now.lines, Deleted: old.lines}, nil
	}
	added, deleted := countDiff(old.text, now.text)
	return tree.LineCount{Added: added, Deleted: deleted}, nil
}

// side is what is known of one side of a change.
type side struct {
	text   []byte
	lines  int
	binary bool
	whole  bool // not to be compared
}

func (r *Repo) oldSide(c tree.FileChange) (side, error) {
	if !c.OldMode.Regular() {
		return side{lines: 1, whole: true}, nil
	}
	return r.store.side(c.OldBlob)
}

func (r *Repo) newSide(c tree.FileChange, t tree.Tree) (side, error) {
	if !c.NewMode.Regular() {
		return side{lines: 1, whole: true}, nil
	}
	switch t := t.(type) {
	case *commitTree:
		return t.store.side(c.NewBlob)
	case *workTree:
		return t.side(c.Path)
	default:
		b, err := t.Read(c.Path, math.MaxInt64)
		if err != nil {
			return side{}, err
		}
		return readSide(bytes.NewReader(b))
	}
}

func (s *store) side(blob string) (side, error) {
	h, ok := parseID(blob)
	if !ok {
		return side{}, fmt.Errorf("read blob %q: not an object id", blob)
	}
	var out side
	err := s.stream(h, func(rd io.Reader) (err error) {
		out, err = readSide(rd)
		return err
	})
	return out, err
}

func (t *workTree) side(path string) (side, error) {
	i, err := t.find(path)
	if err != nil {
		return side{}, err
	}
	if t.files[i].stored {
		return t.store.side(t.files[i].id)
	}
	var out side
	err = t.withFile(path, func(rd io.Reader, _ int64) (err error) {
		out, err = readSide(rd)
		return err
	})
	return out, err
}

// readSide keeps at most maxDiff bytes and counts the lines of the rest.
func readSide(rd io.Reader) (side, error) {
	text, err := io.ReadAll(io.LimitReader(rd, maxDiff+1))
	if err != nil {
		return side{}, err
	}
	if bytes.IndexByte(text[:min(len(text), binaryWindow)], 0) >= 0 {
		return side{binary: true}, nil
	}
	s := side{text: text, lines: bytes.Count(text, []byte{'\n'})}
	ended := len(text) == 0 || text[len(text)-1] == '\n'
	if len(text) > maxDiff {
		s.text, s.whole = nil, true
		buf := make([]byte, 64<<10)
		for {
			n, err := rd.Read(buf)
			if n > 0 {
				s.lines += bytes.Count(buf[:n], []byte{'\n'})
				ended = buf[n-1] == '\n'
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return side{}, err
			}
		}
	}
	if !ended {
		s.lines++
	}
	return s, nil
}

// countDiff compares two texts by lines. Only the counts are wanted, so this
// is the first half of Myers' algorithm, the length of the shortest edit
// script, which needs no memory of how it got there; libraries build the whole
// script, and the one go-git brings stops by the clock.
func countDiff(old, new []byte) (added, deleted int) {
	a, b := internLines(old, new)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	// Lines that one side alone has are changed in any case.
	inA, inB := tally(a), tally(b)
	keptA, keptB := only(a, inB), only(b, inA)
	lost, gained := len(a)-len(keptA), len(b)-len(keptB)
	n, m := len(keptA), len(keptB)
	d, ok := editDistance(keptA, keptB)
	if !ok {
		common := 0
		for line, k := range inA {
			common += min(k, inB[line])
		}
		d = n + m - 2*common
	}
	// d = inserted + removed and m - n = inserted - removed.
	return gained + (d+m-n)/2, lost + (d+n-m)/2
}

// internLines numbers the lines of both texts; equal lines get equal numbers.
// A last line without a line end differs from the same line with one.
func internLines(old, new []byte) (a, b []int) {
	numbers := map[string]int{}
	number := func(text []byte) []int {
		var list []int
		for line := range bytes.Lines(text) {
			n, ok := numbers[string(line)]
			if !ok {
				n = len(numbers)
				numbers[string(line)] = n
			}
			list = append(list, n)
		}
		return list
	}
	return number(old), number(new)
}

func tally(list []int) map[int]int {
	t := make(map[int]int, len(list))
	for _, n := range list {
		t[n]++
	}
	return t
}

func only(list []int, in map[int]int) []int {
	kept := make([]int, 0, len(list))
	for _, n := range list {
		if in[n] > 0 {
			kept = append(kept, n)
		}
	}
	return kept
}

// editDistance is the greedy algorithm of Myers (1986). It gives up after
// maxDiffSteps.
func editDistance(a, b []int) (int, bool) {
	n, m := len(a), len(b)
	far := make([]int, 2*(n+m)+3) // furthest x on diagonal k, at k+n+m+1
	mid := n + m + 1
	for d, steps := 0, 0; d <= n+m; d++ {
		for k := -d; k <= d; k += 2 {
			var x int
			if k == -d || k != d && far[mid+k-1] < far[mid+k+1] {
				x = far[mid+k+1]
			} else {
				x = far[mid+k-1] + 1
			}
			y := x - k
			steps++
			for x < n && y < m && a[x] == b[y] {
				x, y = x+1, y+1
				steps++
			}
			far[mid+k] = x
			if x >= n && y >= m {
				return d, true
			}
		}
		if steps > maxDiffSteps {
			return 0, false
		}
	}
	return n + m, true
}
