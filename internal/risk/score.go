package risk

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// line is what a factor says of the facts, before its case is worth points.
// Lower is set where the table's words would not do.
type line struct {
	name, why, at string
	lower         string
}

// Compute scores the facts. The factors' points sum to the score, and those of
// an axis to that axis: where answers to the questionnaire lift an axis above
// 50, a line "cap" takes the rest away again.
func Compute(f Facts, m Model) Score {
	m = m.orDefault()
	if f.Record == nil {
		f.Record = &change.Record{}
	}
	var s Score
	s.Impact, s.Factors = f.axis(m, Impact, nil)
	s.Likelihood, s.Factors = f.axis(m, Likelihood, s.Factors)
	s.Total = s.Impact + s.Likelihood
	s.Level = m.Level(s.Total)
	s.Floors = f.floors(m, s.Level)
	for _, floor := range s.Floors {
		s.Level = max(s.Level, floor.Level)
	}
	return s
}

// axis appends the lines of one axis and returns their sum.
func (f *Facts) axis(m Model, axis string, lines []Factor) (int, []Factor) {
	sum := 0
	add := func(l Factor) {
		l.Axis = axis
		sum += l.Points
		lines = append(lines, l)
	}
	for _, row := range factors {
		switch {
		case row.axis != axis:
		case row.name == diffFactor:
			for _, l := range f.Diff.lines(m.points[diffFactor]) {
				add(l)
			}
		default:
			add(f.factor(m, row))
		}
	}
	for _, l := range f.answers(axis) {
		add(l)
	}
	if sum > axisMax {
		add(Factor{Name: capLine, Points: axisMax - sum, Why: fmt.Sprintf("%s counts %d at most", axis, axisMax)})
	}
	return sum, lines
}

// factor is one row of the table, applied. That of the diff has more lines
// than one and is not among them.
func (f *Facts) factor(m Model, row factorRow) Factor {
	var l line
	switch row.name {
	case "service_tier":
		l = f.tier(m)
	case "blast_radius":
		l = f.blast()
	case "users_and_outage":
		l = f.usersAndOutage(m)
	case "sensitive_data":
		l = f.sensitive()
	case "rollback":
		l = f.rollback()
	case "tests":
		l = f.tests()
	case "novelty":
		l = f.novelty()
	case "history":
		l = f.history()
	}
	return Factor{Name: row.name, Points: m.points[row.name][l.name], Why: l.why, At: l.at, Lower: cmp.Or(l.lower, row.lower(l.name))}
}

func say(name, why, at string) line { return line{name: name, why: why, at: at} }

func (r factorRow) lower(name string) string {
	for _, c := range r.cases {
		if c.name == name {
			return c.lower
		}
	}
	return ""
}

// answers are the lines of the questionnaire on one axis, by question. It is
// asked of normal changes, and of those whose type is not known. A question
// without an answer, or with one that is not offered, counts as its worst.
func (f *Facts) answers(axis string) []Factor {
	if f.Type != change.Normal && f.Type != change.TypeNone {
		return nil
	}
	var out []Factor
	for _, q := range slices.SortedFunc(slices.Values(f.Questions), func(a, b law.Question) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Ask, b.Ask))
	}) {
		if (q.Axis == Likelihood) == (axis == Likelihood) {
			out = append(out, f.answer(q))
		}
	}
	return out
}

func (f *Facts) answer(q law.Question) Factor {
	worst, best, bestAnswer := 0, -1, ""
	for _, a := range sortedKeys(q.Answers) {
		points := max(q.Answers[a], 0)
		worst = max(worst, points)
		if best < 0 || points < best {
			best, bestAnswer = points, a
		}
	}
	l := Factor{Name: questionLine, At: f.at("/questionnaire/" + escape(q.ID))}
	given := f.Record.Questionnaire[q.ID]
	points, offered := q.Answers[given]
	if offered {
		l.Points, l.Why = max(points, 0), fmt.Sprintf("%s %s", q.Ask, given)
	} else {
		l.Points, l.Why = worst, fmt.Sprintf("%s is not answered, which counts as the worst answer", q.ID)
	}
	switch {
	case !offered:
		l.Lower = fmt.Sprintf("answer %s in questionnaire", q.ID)
	case l.Points > best:
		l.Lower = fmt.Sprintf("%s would count %d, if it is true", diag.Quote(bestAnswer), best)
	}
	return l
}

// floors lists the floors that apply, given the level of the score alone.
func (f *Facts) floors(m Model, band field.Level) []Floor {
	out := []Floor{}
	for _, row := range floorRows {
		level, on := m.floors[row.name]
		l := f.floor(row.name)
		if row.name == declaredFloor {
			if level = field.LevelNone; f.Record.Risk != nil {
				level = f.Record.Risk.Declared
			}
			on = on && level > band
		}
		if on && l.why != "" {
			out = append(out, Floor{Name: row.name, Level: level, Why: l.why, At: l.at})
		}
	}
	return out
}
