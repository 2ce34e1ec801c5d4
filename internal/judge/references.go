package judge

import (
	"maps"
	"slices"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/source"
)

// references finds names in a record that the law does not know: services,
// environments, groups, models, questions.
func references(l *law.Law, f *change.File) diag.List {
	var found diag.List
	rec := &f.Record
	add := func(code, pointer, hint, format string, args ...any) {
		found = append(found, diag.New(code, f.Index.Value(pointer), format, args...).WithHint("%s", hint))
	}
	if l.Services.Configured() {
		for i, s := range rec.Services {
			if _, ok := l.Services.Lookup(s); !ok {
				add("MS107", source.Item("/services", i), diag.DidYouMean(s, l.Services.Names()), "unknown service %s", diag.Quote(s))
			}
		}
	}
	for i, e := range rec.Environments {
		if !slices.Contains(l.Config.Environments, e) {
			add("MS108", source.Item("/environments", i), diag.DidYouMean(e, l.Config.Environments), "unknown environment %s", diag.Quote(e))
		}
	}
	if names := l.Groups.Names(); rec.Team != "" && len(names) > 0 && !slices.Contains(names, rec.Team) {
		add("MS113", "/team", diag.DidYouMean(rec.Team, names), "unknown group %s", diag.Quote(rec.Team))
	}
	if _, ok := l.Find(rec.Model); rec.Model != "" && !ok {
		add("MS111", "/model", diag.DidYouMean(rec.Model, l.ModelRefs()), "unknown model %s", diag.Quote(rec.Model))
	}
	for _, id := range slices.Sorted(maps.Keys(rec.Questionnaire)) {
		pointer := source.Join("/questionnaire", id)
		i := slices.IndexFunc(l.Config.Questionnaire, func(q law.Question) bool { return q.ID == id })
		if i < 0 {
			var ids []string
			for _, q := range l.Config.Questionnaire {
				ids = append(ids, q.ID)
			}
			add("MS119", pointer, diag.DidYouMean(id, ids), "there is no question %s", diag.Quote(id))
			continue
		}
		q := l.Config.Questionnaire[i]
		if _, ok := q.Answers[rec.Questionnaire[id]]; !ok {
			add("MS119", pointer, diag.Allowed(slices.Collect(maps.Keys(q.Answers))), "%s is not an answer to %s", diag.Quote(rec.Questionnaire[id]), diag.Quote(id))
		}
	}
	return found
}
