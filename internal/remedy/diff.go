package remedy

import (
	"fmt"
	"strings"
)

// around is how many equal lines stand on either side of a difference.
const around = 1

// maxTable bounds the table that finds the longest common lines; what is larger
// is shown as taken out and put in.
const maxTable = 4 << 20

// Diff is the unified diff of two versions of a file, which git apply takes.
// It is empty where they are equal.
func Diff(path string, before, after []byte) string {
	if string(before) == string(after) {
		return ""
	}
	ops := align(lines(before), lines(after))
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", path, path)
	old, new := 1, 1 // the lines that come next
	for i := 0; i < len(ops); {
		if ops[i].sign == ' ' {
			i, old, new = i+1, old+1, new+1
			continue
		}
		from, to := max(i-around, 0), end(ops, i)
		lead := i - from
		hunk(&b, ops[from:to], old-lead, new-lead)
		for _, o := range ops[i:to] {
			if o.sign != '+' {
				old++
			}
			if o.sign != '-' {
				new++
			}
		}
		i = to
	}
	return b.String()
}

// op is one line: equal, taken out, or put in.
type op struct {
	sign byte
	line string // with its end
}

// end is where the hunk that begins at a difference ends: past the lines
// around its last one.
func end(ops []op, i int) int {
	last := i
	for j := i; j < len(ops) && j <= last+2*around; j++ {
		if ops[j].sign != ' ' {
			last = j
		}
	}
	return min(last+around+1, len(ops))
}

func hunk(b *strings.Builder, ops []op, old, new int) {
	n, m := 0, 0
	for _, o := range ops {
		if o.sign != '+' {
			n++
		}
		if o.sign != '-' {
			m++
		}
	}
	if n == 0 {
		old--
	}
	if m == 0 {
		new--
	}
	fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n", old, n, new, m)
	for _, o := range ops {
		b.WriteByte(o.sign)
		b.WriteString(o.line)
		if !strings.HasSuffix(o.line, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func lines(text []byte) []string {
	out := strings.SplitAfter(string(text), "\n")
	if out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// align keeps the longest common lines.
func align(a, b []string) []op {
	var head, tail []op
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head, a, b = append(head, op{' ', a[0]}), a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail, a, b = append(tail, op{' ', a[len(a)-1]}), a[:len(a)-1], b[:len(b)-1]
	}
	out := head
	if len(a)*len(b) <= maxTable {
		common := table(a, b)
		for len(a) > 0 && len(b) > 0 {
			i, j := len(common)-len(a)-1, len(common[0])-len(b)-1
			switch {
			case a[0] == b[0]:
				out, a, b = append(out, op{' ', a[0]}), a[1:], b[1:]
			case common[i+1][j] >= common[i][j+1]:
				out, a = append(out, op{'-', a[0]}), a[1:]
			default:
				out, b = append(out, op{'+', b[0]}), b[1:]
			}
		}
	}
	for _, line := range a {
		out = append(out, op{'-', line})
	}
	for _, line := range b {
		out = append(out, op{'+', line})
	}
	for i := len(tail) - 1; i >= 0; i-- {
		out = append(out, tail[i])
	}
	return out
}

// table holds the number of common lines from each pair of places on.
func table(a, b []string) [][]int {
	t := make([][]int, len(a)+1)
	for i := range t {
		t[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				t[i][j] = t[i+1][j+1] + 1
			} else {
				t[i][j] = max(t[i+1][j], t[i][j+1])
			}
		}
	}
	return t
}
