package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// places turns instants into classes of a style: the page's policy allows no
// style of an element's own, and a class is made of our numbers alone.
type places struct {
	from, to time.Time
	names    map[string]string
	css      strings.Builder
}

func newPlaces(from, to time.Time) *places {
	return &places{from: from, to: to, names: map[string]string{}}
}

// share is where an instant stands, in percent of the whole time, not cut.
func (p *places) share(t time.Time) float64 {
	whole := p.to.Sub(p.from)
	if whole <= 0 {
		return 0
	}
	return 100 * float64(t.Sub(p.from)) / float64(whole)
}

// stretch is a span cut to what is shown. It reports false for one outside.
func (p *places) stretch(from, to time.Time) (left, right float64, shown bool) {
	left, right = max(p.share(from), 0), min(p.share(to), 100)
	return left, right, left < 100 && right > 0 && left < right
}

// class is the style of one stretch.
func (p *places) class(left, right float64) string {
	return p.style("left:" + percent(left) + ";width:" + percent(right-left))
}

// row is the style of a bar's row, and rows that of a track with so many.
func (p *places) row(n int) string { return p.style("top:" + rem(rowTop+float64(n)*rowStep)) }

func (p *places) rows(n int) string {
	return p.style("height:" + rem(2*rowTop+float64(max(n, 1))*rowStep))
}

// tag is the style of a window's row in the calendar's lane, tags of its track.
func (p *places) tag(left, right float64, n int) string {
	return p.style("left:" + percent(left) + ";width:" + percent(right-left) + ";top:" + rem(rowTop+float64(n)*tagStep))
}

func (p *places) tags(n int) string {
	return p.style("height:" + rem(2*rowTop+float64(max(n, 1))*tagStep))
}

// Heights in rem; a bar is 2.3 high, a tag 1.35.
const (
	rowTop  = 0.4
	rowStep = 2.8
	tagStep = 1.65
)

func (p *places) style(rule string) string {
	name, known := p.names[rule]
	if !known {
		name = "p" + strconv.Itoa(len(p.names))
		p.names[rule] = name
		// Twice the class, to win over the rules of a kind.
		fmt.Fprintf(&p.css, ".%s.%s{%s}\n", name, name, rule)
	}
	return name
}

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) + "%" }
func rem(x float64) string     { return strconv.FormatFloat(x, 'f', 2, 64) + "rem" }

// packing puts stretches into rows so that no two of a row overlap: each into
// the first row where it fits.
type packing struct{ rows [][][2]float64 }

func (k *packing) place(left, right float64) int {
	for n, row := range k.rows {
		free := true
		for _, r := range row {
			if left < r[1] && r[0] < right {
				free = false
				break
			}
		}
		if free {
			k.rows[n] = append(row, [2]float64{left, right})
			return n
		}
	}
	k.rows = append(k.rows, [][2]float64{{left, right}})
	return len(k.rows) - 1
}

// labelled says on which side of a stretch a label of so many percent stands,
// and what the two take up together.
func labelled(left, right, label float64) (side string, from, to float64) {
	switch {
	case right-left >= label:
		return "inside", left, right
	case right+label <= 100:
		return "", left, right + label
	case left >= label:
		return "left", left - label, right
	}
	return "inside", left, right
}
