package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clipperhouse/displaywidth"

	"github.com/mergeseal/mergeseal/internal/schedule"
)

// What stands in a cell of the timeline, the gravest last. Each is one column
// wide and tells itself from the others without colour.
const (
	cellFree        = '·'
	cellMaintenance = '='
	cellFrozen      = '░'
	cellTentative   = '▒'
	cellBooked      = '█'
	cellClash       = 'X'
)

// grid is a timeline's cells: where each begins, and where the last one ends.
type grid struct {
	edges []time.Time
	days  []int // cells in which a day begins
	each  int   // cells a day; 0 when a cell is longer than a day
}

// maxRows is how many services a timeline shows.
const maxRows = 24

// timeline draws services by time.
func (s *screen) timeline(f schedule.Forward) {
	rows := timelineRows(f)
	if len(rows) == 0 {
		return
	}
	label := 0
	for _, r := range rows {
		label = max(label, displaywidth.String(terminal(r)))
	}
	label = min(label, max(10, min(s.width/5, 32)))
	g := newGrid(f.From.Time, f.To.Time, f.From.Location(), s.width-label-2)
	s.cut(strings.Repeat(" ", label+2) + g.heading(f.From.Location()))
	if g.each > 2 && g.each < 7 {
		s.cut(strings.Repeat(" ", label+2) + g.numbers(f.From.Location()))
	}
	for _, name := range rows {
		s.raw(pad(clip(terminal(name), label), label) + "  " + s.cells(f, g, name))
	}
	s.blank()
	if left := len(f.Services) - len(rows); left > 0 {
		s.cut(fmt.Sprintf("and %d more services without a change, some of them inside windows", left))
	}
	s.cut("█ booked  ▒ tentative  X collision  ░ frozen  = maintenance  · free")
}

// timelineRows are the services to draw: those that change, then the rest as
// far as there is room, sorted.
func timelineRows(f schedule.Forward) []string {
	var busy, idle []string
	for _, name := range f.Services {
		if len(of(f, name)) > 0 {
			busy = append(busy, name)
		} else {
			idle = append(idle, name)
		}
	}
	rows := busy
	if len(busy)+len(idle) <= maxRows {
		rows = append(rows, idle...)
	}
	rows = rows[:min(len(rows), maxRows)]
	slices.Sort(rows)
	return rows
}

// newGrid cuts the days between two instants into as many cells as fit. Days
// are those of the zone: one on which clocks change has cells of another length.
func newGrid(from, to time.Time, zone *time.Location, width int) grid {
	from = from.In(zone)
	var starts []time.Time
	for d := dayStart(from, 0); d.Before(to); d = dayStart(from, len(starts)) {
		starts = append(starts, d)
	}
	g := grid{}
	n := max(len(starts), 1)
	for _, each := range []int{24, 12, 8, 6, 4, 3, 2, 1} {
		if n*each <= width {
			g.each = each
			break
		}
	}
	if g.each == 0 { // a cell of whole days
		step := (n + max(width, 1) - 1) / max(width, 1)
		for i := 0; i < n; i += step {
			g.edges = append(g.edges, dayStart(from, i))
		}
		g.edges = append(g.edges, dayStart(from, n))
		return g
	}
	for i := range starts {
		g.days = append(g.days, len(g.edges))
		length := dayStart(from, i+1).Sub(starts[i])
		for c := range g.each {
			g.edges = append(g.edges, starts[i].Add(length*time.Duration(c)/time.Duration(g.each)))
		}
	}
	g.edges = append(g.edges, dayStart(from, n))
	return g
}

// dayStart is the first instant of the n-th day after that of t, in its zone.
// Where clocks go forward at midnight, the day has none and begins after it.
func dayStart(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	at := time.Date(y, m, d+n, 0, 0, 0, 0, t.Location())
	if want := time.Date(y, m, d+n, 12, 0, 0, 0, time.UTC).Day(); at.Day() != want {
		_, at = at.ZoneBounds()
	}
	return at
}

// heading names the days, or the weeks where days are narrow.
func (g grid) heading(zone *time.Location) string {
	line := []rune(strings.Repeat(" ", len(g.edges)-1))
	write := func(at int, text string) {
		for i, r := range text {
			if at+i < len(line) {
				line[at+i] = r
			}
		}
	}
	switch {
	case g.each >= 7:
		for _, at := range g.days {
			write(at, g.edges[at].In(zone).Format("Mon 2"))
		}
	case g.each > 2:
		for _, at := range g.days {
			write(at, g.edges[at].In(zone).Format("Mon")[:min(3, g.each-1)])
		}
	default:
		free := 0
		for at, e := range g.edges[:len(g.edges)-1] {
			if text := e.In(zone).Format("2 Jan"); at >= free && (at == 0 || e.In(zone).Weekday() == time.Monday || g.each == 0) && at+len(text) <= len(line) {
				write(at, text)
				free = at + len(text) + 1
			}
		}
	}
	return string(line)
}

// numbers are the days' numbers, below their names.
func (g grid) numbers(zone *time.Location) string {
	var b strings.Builder
	for _, at := range g.days {
		b.WriteString(pad(g.edges[at].In(zone).Format("2"), g.each))
	}
	return b.String()
}

// cells is one service's row, in colour where there is some.
func (s *screen) cells(f schedule.Forward, g grid, service string) string {
	row := make([]rune, len(g.edges)-1)
	for i := range row {
		row[i] = cellFree
	}
	put := func(from, to time.Time, mark rune) {
		for i := range row {
			if g.edges[i].Before(to) && from.Before(g.edges[i+1]) && rank(mark) > rank(row[i]) {
				row[i] = mark
			}
		}
	}
	for _, w := range f.Windows {
		if !w.All && !slices.Contains(w.Services, service) {
			continue
		}
		mark := cellFrozen
		if w.Kind == "maintenance" {
			mark = cellMaintenance
		}
		put(w.Start.Time, w.End.Time, mark)
	}
	for _, e := range of(f, service) {
		switch {
		case e.Status == schedule.Canceled:
		case e.State == schedule.Tentative:
			put(e.Start.Time, e.End.Time, cellTentative)
		default:
			put(e.Start.Time, e.End.Time, cellBooked)
		}
		for _, c := range f.Collisions {
			if c.A == e.ID || c.B == e.ID {
				put(c.From.Time, c.To.Time, cellClash)
			}
		}
	}
	var b strings.Builder
	for i := 0; i < len(row); {
		j := i
		for j < len(row) && row[j] == row[i] {
			j++
		}
		run := string(row[i:j])
		if color := cellColor(row[i]); color != "" {
			run = s.paint(color, run)
		}
		b.WriteString(run)
		i = j
	}
	return b.String()
}

func rank(mark rune) int {
	return slices.Index([]rune{cellFree, cellMaintenance, cellFrozen, cellTentative, cellBooked, cellClash}, mark)
}

func cellColor(mark rune) string {
	switch mark {
	case cellClash:
		return red
	case cellBooked:
		return green
	case cellTentative:
		return yellow
	case cellFrozen:
		return cyan
	}
	return ""
}
