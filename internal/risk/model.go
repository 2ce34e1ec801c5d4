package risk

import (
	"fmt"
	"maps"
	"slices"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Model is every number a score is made of. The zero value is the default
// model. A Model is never changed once made.
type Model struct {
	bands  map[field.Level]int       // lowest score of each level above low
	points map[string]map[string]int // factor → case → points
	floors map[string]field.Level    // floors that are on; LevelNone for declared
}

// DefaultModel is the model without a configuration.
func DefaultModel() Model {
	m := Model{bands: map[field.Level]int{}, points: map[string]map[string]int{}, floors: map[string]field.Level{}}
	for _, b := range bandRows {
		m.bands[b.level] = b.from
	}
	for _, f := range factors {
		m.points[f.name] = map[string]int{}
		for _, c := range f.cases {
			m.points[f.name][c.name] = c.points
		}
	}
	for _, f := range floorRows {
		m.floors[f.name] = f.level
	}
	return m
}

func (m Model) orDefault() Model {
	if m.points == nil {
		return DefaultModel()
	}
	return m
}

// Level is the band a score falls in.
func (m Model) Level(score int) field.Level {
	level := field.Low
	for _, b := range bandRows {
		if score >= m.orDefault().bands[b.level] {
			level = b.level
		}
	}
	return level
}

// With is the model with the configuration's overrides. What cannot be used
// is a finding, placed by the index of the configuration's file, and keeps the
// number it had.
//
// Overrides may not turn the order of a factor's cases around: then leaving
// a fact out would pay.
func (m Model) With(c law.RiskConfig, at source.Index) (Model, diag.List) {
	m = m.orDefault()
	o := override{at: at, model: Model{m.bands, maps.Clone(m.points), maps.Clone(m.floors)}}
	o.bands(c.Bands)
	for _, name := range slices.Sorted(maps.Keys(c.Points)) {
		o.factor(name, c.Points[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.Floors)) {
		o.floor(name, c.Floors[name])
	}
	o.found.Sort()
	return o.model, o.found
}

// override collects what is wrong with overrides.
type override struct {
	at    source.Index
	model Model
	found diag.List
}

func (o *override) refuse(code, hint, message string, path ...string) {
	pointer := "/risk"
	for _, p := range path {
		pointer = source.Join(pointer, p)
	}
	f := diag.New(code, o.at.Key(pointer), "%s", message)
	f.Hint = hint
	o.found = append(o.found, f)
}

func (o *override) bands(given map[string]int) {
	names := field.Levels()[1:]
	bands := maps.Clone(o.model.bands)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(names, name) {
			o.refuse("MS104", diag.DidYouMean(name, names), diag.Quote(name)+" is not a level with a lowest score; low begins at 0", "bands", name)
			continue
		}
		bands[field.Level(slices.Index(field.Levels(), name)+1)] = given[name]
	}
	last := 0
	for _, b := range bandRows {
		if bands[b.level] <= last || bands[b.level] > 100 {
			o.refuse("MS401", "let moderate, high and very_high rise, between 1 and 100",
				fmt.Sprintf("the band %s cannot begin at %d", b.level, bands[b.level]), "bands", b.level.String())
			return
		}
		last = bands[b.level]
	}
	o.model.bands = bands
}

func (o *override) factor(name string, given map[string]int) {
	i := slices.IndexFunc(factors, func(f factorRow) bool { return f.name == name })
	if i < 0 {
		o.refuse("MS104", diag.DidYouMean(name, FactorNames()), diag.Quote(name)+" is not a factor of the risk model", "points", name)
		return
	}
	cases := maps.Clone(o.model.points[name])
	names := slices.Collect(maps.Keys(cases))
	for _, c := range slices.Sorted(maps.Keys(given)) {
		switch _, known := cases[c]; {
		case !known:
			o.refuse("MS104", diag.DidYouMean(c, names), fmt.Sprintf("%s is not a case of %s", diag.Quote(c), name), "points", name, c)
		case given[c] < 0 || given[c] > axisMax:
			o.refuse("MS104", fmt.Sprintf("use 0 to %d", axisMax), fmt.Sprintf("%d points are out of range", given[c]), "points", name, c)
		default:
			cases[c] = given[c]
		}
	}
	for _, chain := range factors[i].rising {
		for k := 1; k < len(chain); k++ {
			if low, high := chain[k-1], chain[k]; cases[low] > cases[high] {
				o.refuse("MS401", fmt.Sprintf("give %s at least the points of %s", high, low),
					fmt.Sprintf("%s of %s would count %d, less than %s with %d", high, name, cases[high], low, cases[low]), "points", name)
				return
			}
		}
	}
	o.model.points[name] = cases
}

func (o *override) floor(name, value string) {
	if !slices.Contains(FloorNames(), name) {
		o.refuse("MS104", diag.DidYouMean(name, FloorNames()), diag.Quote(name)+" is not a floor of the risk model", "floors", name)
		return
	}
	allowed := append(field.Levels(), "off")
	if name == declaredFloor {
		allowed = []string{"off"} // its level is the author's
	}
	if !slices.Contains(allowed, value) {
		o.refuse("MS104", diag.DidYouMean(value, allowed), fmt.Sprintf("%s is not a level for the floor %s", diag.Quote(value), name), "floors", name)
		return
	}
	if value == "off" {
		delete(o.model.floors, name)
		return
	}
	o.model.floors[name] = field.Level(slices.Index(field.Levels(), value) + 1)
}
