package law

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/approval"
)

func TestAMinimalConfigurationIsTheDefaultLaw(t *testing.T) {
	l, _ := load(t, memory{ConfigPath: "version: 1\n"})
	if diff := cmp.Diff(Default().Config, l.Config, cmp.AllowUnexported()); diff != "" {
		t.Error(diff)
	}
}

func TestTheDefaultsAreThoseOfTheGuide(t *testing.T) {
	c := Default().Config
	s := c.Policy.Settings
	got := []any{c.Timezone, c.Environments, []string(c.Records), c.Policy.Dirs, *s.NoticeHours, *s.RetroHours, *s.ReviewDays, *s.OverdueEmergencies, c.LawOwners, c.Approvals.Exclude, c.Gate.BreakGlass, c.Risk.Bands}
	want := []any{"UTC", []string{"production"}, []string{"changes/**/*.yaml"}, []string{"policy"}, 48, 24, 5, 3, "policy-owners",
		[]string{"author", "committers", "co_authors", "pusher", "owner", "implementers"}, []string{"on-call"}, map[string]int{"moderate": 26, "high": 51, "very_high": 76}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	rows := map[string]string{}
	for key, routes := range s.Routing {
		for _, r := range routes {
			q := r.Requirement()
			if err := q.Validate(); err != nil {
				t.Errorf("%s: %v", key, err)
			}
			if r.Owners {
				rows[key] += "owners "
			} else {
				rows[key] += q.Who() + " "
			}
			rows[key] += q.Count.String() + " "
		}
	}
	wantRows := map[string]string{
		"low": "peer 1 ", "moderate": "peer 1 owners 1 ", "high": "peer 1 owners 1 cab 2 ",
		"very_high": "peer 1 owners 1 cab 2 change-managers 1 ", "emergency": "on-call 1 ", "closure": "peer 1 ", "withdrawal": "peer 1 ",
	}
	if diff := cmp.Diff(wantRows, rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(RoutingKeys())), slices.Sorted(maps.Keys(s.Routing))); diff != "" {
		t.Error(diff)
	}
}

func TestRoutingIsReplacedRowByRowAndCountsDefaultToOne(t *testing.T) {
	l, found := load(t, memory{ConfigPath: "version: 1\npolicy: {settings: {routing: {low: [], high: [{owners: true}]}}}\n"})
	if len(found) > 0 {
		t.Fatal(lines(found))
	}
	r := l.Config.Policy.Settings.Routing
	if diff := cmp.Diff([]Route{{Owners: true, Count: approval.Count{N: 1}}}, r["high"]); diff != "" {
		t.Error(diff)
	}
	if len(r["low"]) != 0 || len(r["moderate"]) != 2 {
		t.Errorf("low %v, moderate %v", r["low"], r["moderate"])
	}
}

func TestAnEmptyListThatIsWrittenDownStaysEmpty(t *testing.T) {
	l, _ := load(t, memory{ConfigPath: "version: 1\napprovals: {exclude: []}\n"})
	if len(l.Config.Approvals.Exclude) != 0 {
		t.Errorf("excluded: %v", l.Config.Approvals.Exclude)
	}
}

func TestListsThatNobodyNamesAreNotRead(t *testing.T) {
	l, found := load(t, memory{ConfigPath: "version: 1\n", "services.yaml": "services: [{name: a, tier: 1}]\n", "groups.yaml": "broken", "calendar/a.yaml": "broken"})
	if len(found) > 0 || l.Services.Configured() || len(l.Files) != 1 {
		t.Errorf("read %v:\n%s", l.Files, lines(found))
	}
}

func TestTheExampleWithEverythingSaysWhatItSays(t *testing.T) {
	m := archive(t, "testdata/ok/everything.txtar")
	l, _ := load(t, m)
	if l.Location().String() != "Europe/Lisbon" || *l.Config.Policy.Settings.NoticeHours != 24 || l.Config.Risk.Bands["high"] != 55 {
		t.Error("settings are lost")
	}
	if diff := cmp.Diff([]string{"cellar", "ledger", "till"}, l.Services.Names()); diff != "" {
		t.Error(diff)
	}
	if got := l.Services.Blast([]string{"cellar"}); got != 3 {
		t.Errorf("blast %d", got)
	}
	if len(l.Windows) != 2 || l.Windows[0].ID != "harvest-2026" || l.Windows[0].Overrun != "allow" || l.Windows[1].Overrun != "deny" {
		t.Errorf("windows %v", l.Windows)
	}
	if l.Groups.OwnerOf("ledger") != "pickers" {
		t.Errorf("owner %q", l.Groups.OwnerOf("ledger"))
	}
	want := []string{"calendar/winter.yaml", "groups.yaml", ConfigPath, "models/crate.yaml", "services.yaml"}
	if diff := cmp.Diff(want, l.Files); diff != "" {
		t.Error(diff)
	}
	touched := l.TouchesLaw([]string{"policy/a.rego", "src/x.go", "services.yaml", "mergeseal.yaml", "calendar/late.ics", "sub/mergeseal.yaml", "keys/spring.pem", "policy.md"})
	if diff := cmp.Diff([]string{"calendar/late.ics", "keys/spring.pem", "mergeseal.yaml", "policy/a.rego", "services.yaml"}, touched); diff != "" {
		t.Error(diff)
	}
	if got := l.CoverageFor("deploy/prod/a/b.yaml"); len(got) != 1 || got[0].Services[0] != "till" || l.CoverageFor("deploy/test/x") != nil {
		t.Errorf("coverage %v", got)
	}
}

// What the configuration reads is law even when the key law forgets it.
func TestFilesThatTheConfigurationReadsAreLawWhateverLawSays(t *testing.T) {
	l, _ := load(t, memory{ConfigPath: "version: 1\nlaw: [x]\nservices: s.yaml\npolicy: {dirs: [rules]}\n", "s.yaml": "services: []\n", "rules/a.rego": ""})
	got := l.TouchesLaw([]string{"s.yaml", "rules/new/b.rego", ConfigPath, "x", "y"})
	if diff := cmp.Diff([]string{ConfigPath, "rules/new/b.rego", "s.yaml", "x"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBackstageEntitiesBecomeServices(t *testing.T) {
	l, _ := load(t, archive(t, "testdata/ok/backstage.txtar"))
	till, ok := l.Services.Lookup("till")
	if !ok || till.Tier == nil || *till.Tier != 1 || till.Owner != "pickers" {
		t.Fatalf("till is %+v", till)
	}
	if diff := cmp.Diff([]string{"cellar-db", "ledger"}, till.DependsOn); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"cellar-db", "ledger", "till"}, l.Services.Names()); diff != "" {
		t.Error(diff)
	}
	if tier, known := till.Tiered(); tier != 1 || !known {
		t.Errorf("tier %d, %v", tier, known)
	}
}

func TestDigestsChangeWithTheirOwnFilesAndNoOthers(t *testing.T) {
	m := archive(t, "testdata/ok/everything.txtar")
	before, _ := load(t, m)
	parts := func(d Digests) map[string]string {
		return map[string]string{ConfigPath: d.Config, "calendar/winter.yaml": d.Calendar, "services.yaml": d.Services, "groups.yaml": d.Groups, "models/crate.yaml": d.Models}
	}
	for file := range parts(before.Digests) {
		changed := maps.Clone(m)
		changed[file] += "# more\n"
		after, _ := load(t, changed)
		was := parts(before.Digests)
		for part, now := range parts(after.Digests) {
			if (now != was[part]) != (part == file) {
				t.Errorf("after a change to %s the digest of %s is %s, was %s", file, part, now, was[part])
			}
		}
	}
}

func TestDigestsTellSetsOfFilesApart(t *testing.T) {
	seen := map[string]bool{}
	for _, files := range []map[string][]byte{nil, {"a": nil}, {"a": []byte("b")}, {"ab": nil}, {"a": nil, "b": nil}, {"a": []byte("\x00b")}, {"a": []byte("b\x00"), "c": nil}, {"a": []byte("b"), "c": nil}, {"a": []byte("bc\x00")}} {
		d := digestOf(files)
		if seen[d] {
			t.Errorf("%v looks like another set", files)
		}
		seen[d] = true
	}
}

type failing struct{ memory }

func (f failing) Read(p string) ([]byte, error) {
	if p == ConfigPath {
		return f.memory.Read(p)
	}
	return nil, errors.New("disk on fire")
}

func TestT38AFileThatCannotBeReadIsAnErrorAndNotAFinding(t *testing.T) {
	l, _, err := Load(failing{memory{ConfigPath: "version: 1\nservices: s.yaml\n", "s.yaml": "x"}})
	if err == nil || errors.Is(err, ErrNoConfig) || l != nil {
		t.Errorf("got %v, %v", l, err)
	}
}

func TestAConfigurationThatIsASymlinkIsRefused(t *testing.T) {
	l, found := load(t, memory{ConfigPath: "SYMLINK"})
	if l != nil || !found.Errors() {
		t.Errorf("accepted: %v\n%s", l, lines(found))
	}
}
