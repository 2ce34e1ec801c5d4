package law

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// Packs lists the control packs.
func Packs() []string {
	return []string{"cobit", "iso20000", "iso27001", "nist-800-53", "pci-dss", "soc2", "sox-itgc"}
}

var repositoryForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){1,4}$`)

// config checks mergeseal.yaml by itself, before defaults are filled in.
func (ld *loader) config(l *Law) error {
	c, p := &l.Config, ld.docs
	if p.has("version") && c.Version != 1 {
		ld.add("MS401", p.at("version"), "write version: 1", "version %d of the configuration is unknown", c.Version)
	}
	if p.has("repository") && !repositoryForm.MatchString(c.Repository) {
		ld.add("MS401", p.at("repository"), "write owner/name", "%s is not a repository", diag.Quote(c.Repository))
	}
	if p.has("timezone") {
		if _, err := Zone(c.Timezone); err != nil {
			ld.zone(p.at("timezone"), err)
		}
	}
	ld.environments(c.Environments)
	ld.notEmpty(c.Records, "records")
	for _, key := range []struct {
		name  string
		globs Globs
	}{{"records", c.Records}, {"law", c.Law}} {
		for i, g := range key.globs {
			ld.problem(ld.pathAt(key.name)(i), CheckGlob(g))
		}
	}
	for i, cov := range c.Coverage {
		cp := place{p.index, p.node.Get("coverage").Items[i]}
		if cp.has("paths") && len(cov.Paths) == 0 {
			ld.add("MS401", cp.at("paths"), "name the paths that need a record", "this entry covers nothing")
		}
		ld.globs(cp, cov.Paths, "paths")
	}
	ld.oneOf(c.Approvals.Exclude, ExcludeKinds(), "approvals", "exclude")
	ld.oneOf(c.Policy.Packs, Packs(), "policy", "packs")
	ld.switches(&c.Policy)
	ld.settings(&c.Policy.Settings)
	ld.risk(&c.Risk)
	ld.questions(c.Questionnaire)
	for i, lim := range c.Limits {
		if lim.AtOnce < 1 {
			ld.add("MS401", p.at("limits", num(i), "at_once"), "write 1 or more", "at_once is %d: nothing could ever run", lim.AtOnce)
		}
	}
	ld.between(c.Gate.GraceMinutes, 0, 24*60, "gate", "grace_minutes")
	if err := ld.policyDirs(c.Policy.Dirs); err != nil {
		return err
	}
	return ld.keys(c.Keys)
}

func (ld *loader) notEmpty(list []string, key string) {
	if ld.docs.has(key) && len(list) == 0 {
		ld.add("MS401", ld.docs.at(key), "leave the key out for its default", "%s names nothing", key)
	}
}

func (ld *loader) environments(names []string) {
	ld.notEmpty(names, "environments")
	seen := map[string]source.Range{}
	for i, n := range names {
		at := ld.docs.at("environments", num(i))
		ld.name("MS401", "environment", n, at)
		ld.twice(seen, "MS401", "environment", n, at)
	}
}

func (ld *loader) oneOf(got, allowed []string, path ...string) {
	for i, g := range got {
		if !slices.Contains(allowed, g) {
			ld.add("MS104", ld.docs.at(append(path, num(i))...), ld.suggest(g, allowed), "%s: %s is not allowed here", strings.Join(path, "."), diag.Quote(g))
		}
	}
}

func (ld *loader) between(n, low, high int, path ...string) {
	if n >= low && n <= high {
		return
	}
	pointer := ""
	for _, token := range path {
		pointer = source.Join(pointer, token)
	}
	ld.add("MS401", ld.docs.at(path...), fmt.Sprintf("write a number from %d to %d", low, high), "%s is %d", yamldoc.FieldName(pointer), n)
}

// switches checks disable and observe: both want a known code and a reason.
func (ld *loader) switches(p *PolicyConfig) {
	for i, d := range p.Disable {
		ld.toggle(d.Code, d.Reason, "disable", i)
	}
	for i, o := range p.Observe {
		ld.toggle(o.Code, o.Reason, "observe", i)
	}
}

func (ld *loader) toggle(code, reason, key string, i int) {
	at := func(k string) source.Range { return ld.docs.at("policy", key, num(i), k) }
	if ld.docs.index.Has(source.Join(source.Item("/policy/"+key, i), "reason")) && strings.TrimSpace(reason) == "" {
		ld.add("MS401", at("reason"), "say why: the verdict shows it", "%s of %s gives no reason", key, diag.Quote(code))
	}
	if strings.HasPrefix(code, "MS") && !diag.Known(code) {
		var codes []string
		for _, c := range diag.Catalogue() {
			codes = append(codes, c.Code)
		}
		hint := "`mergeseal explain` lists the codes"
		if s := diag.Suggest(code, codes); s != "" {
			hint = "did you mean " + s + "?"
		}
		ld.add("MS403", at("code"), hint, "there is no code %s", diag.Quote(code))
	}
}

func (ld *loader) settings(s *Settings) {
	for _, n := range []struct {
		key       string
		value     *int
		low, high int
	}{{"notice_hours", s.NoticeHours, 0, 8760}, {"retro_hours", s.RetroHours, 1, 8760}, {"review_days", s.ReviewDays, 1, 365}, {"overdue_emergencies", s.OverdueEmergencies, 1, 1000}} {
		if n.value != nil {
			ld.between(*n.value, n.low, n.high, "policy", "settings", n.key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Routing)) {
		if !slices.Contains(RoutingKeys(), key) {
			ld.add("MS006", ld.docs.index.Key(source.Join("/policy/settings/routing", key)), ld.suggest(key, RoutingKeys()),
				"unknown key %s in policy.settings.routing", diag.Quote(key))
			continue
		}
		for i, r := range s.Routing[key] {
			if err := r.Requirement().Validate(); err != nil {
				ld.add("MS401", ld.docs.at("policy", "settings", "routing", key, num(i)), "", "%s", err.Error())
			}
		}
	}
}

// Requirement is the row as an approval that must exist. Owners becomes
// OwnersOf with a nameless service: the caller puts the change's services there.
func (r Route) Requirement() approval.Requirement {
	out := approval.Requirement{Group: r.Group, AnyOf: r.AnyOf, Codeowners: r.Codeowners, Peer: r.Peer, Count: r.Count, Stage: r.Stage}
	if r.Owners {
		out.OwnersOf = []string{""}
	}
	return out
}

// risk checks the shape of overrides; package risk knows the names of factors,
// cases and floors.
func (ld *loader) risk(r *RiskConfig) {
	bands := DefaultBands()
	for _, k := range slices.Sorted(maps.Keys(r.Bands)) {
		if _, ok := bands[k]; !ok {
			ld.add("MS006", ld.docs.index.Key(source.Join("/risk/bands", k)), ld.suggest(k, slices.Collect(maps.Keys(bands))), "unknown key %s in risk.bands", diag.Quote(k))
			continue
		}
		bands[k] = r.Bands[k]
		ld.between(r.Bands[k], 1, 100, "risk", "bands", k)
	}
	if bands["moderate"] >= bands["high"] || bands["high"] >= bands["very_high"] {
		ld.add("MS401", ld.docs.at("risk", "bands"), "each level begins above the one before",
			"the bands do not rise: moderate %d, high %d, very_high %d", bands["moderate"], bands["high"], bands["very_high"])
	}
	for _, f := range slices.Sorted(maps.Keys(r.Points)) {
		for _, k := range slices.Sorted(maps.Keys(r.Points[f])) {
			ld.between(r.Points[f][k], 0, 50, "risk", "points", f, k)
		}
	}
	allowed := append(field.Levels(), "off")
	for _, f := range slices.Sorted(maps.Keys(r.Floors)) {
		if !slices.Contains(allowed, r.Floors[f]) {
			ld.add("MS104", ld.docs.at("risk", "floors", f), ld.suggest(r.Floors[f], allowed), "risk.floors.%s: %s is not allowed here", f, diag.Quote(r.Floors[f]))
		}
	}
}

func (ld *loader) questions(list []Question) {
	seen := map[string]source.Range{}
	for i, q := range list {
		at := func(path ...string) source.Range {
			return ld.docs.at(append([]string{"questionnaire", num(i)}, path...)...)
		}
		ld.name("MS401", "question", q.ID, at("id"))
		ld.twice(seen, "MS401", "question", q.ID, at("id"))
		if q.Axis != "" && q.Axis != "impact" && q.Axis != "likelihood" {
			ld.add("MS104", at("axis"), ld.suggest(q.Axis, []string{"impact", "likelihood"}), "axis: %s is not allowed here", diag.Quote(q.Axis))
		}
		if q.Answers != nil && len(q.Answers) == 0 {
			ld.add("MS401", at("answers"), "give each answer its points", "the question has no answer")
		}
		for _, a := range slices.Sorted(maps.Keys(q.Answers)) {
			ld.between(q.Answers[a], 0, 50, "questionnaire", num(i), "answers", a)
		}
	}
}

// policyDirs refuses folders of rules that are not there: somebody counts on them.
func (ld *loader) policyDirs(dirs []string) error {
	for i, dir := range dirs {
		at := ld.docs.at("policy", "dirs", num(i))
		if ld.problem(at, CheckPath(dir)) {
			continue
		}
		if IsGlob(dir) {
			ld.add("MS012", at, "name each folder", "%s is a pattern, not a folder", diag.Quote(dir))
			continue
		}
		files, err := ld.files.List(dir + "/**")
		if err != nil {
			return fmt.Errorf("list %s: %w", dir, err)
		}
		if len(files) == 0 {
			ld.add("MS402", at, "create it with a rule inside, or leave it out", "the folder %s does not exist", diag.Quote(dir))
		}
	}
	return nil
}

func (ld *loader) keys(list []Key) error {
	seen := map[string]source.Range{}
	for i, k := range list {
		p := place{ld.docs.index, ld.docs.node.Get("keys").Items[i]}
		ld.name("MS401", "key", k.ID, p.at("id"))
		ld.twice(seen, "MS401", "key", k.ID, p.at("id"))
		if !k.NotBefore.IsZero() && !k.NotAfter.IsZero() && !k.NotAfter.After(k.NotBefore.Time) {
			ld.add("MS106", p.at("not_after"), "make not_after later than not_before", "the key ends at %s, before it begins", k.NotAfter)
		}
		if !p.has("public_key") {
			continue
		}
		if IsGlob(k.PublicKey) {
			ld.add("MS012", p.at("public_key"), "name one file", "%s is a pattern, not a file", diag.Quote(k.PublicKey))
		} else if _, err := ld.named(p.at("public_key"), k.PublicKey); err != nil {
			return err
		}
	}
	return nil
}
