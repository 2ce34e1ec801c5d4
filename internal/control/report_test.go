package control

import (
	"slices"
	"testing"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

func packs() []Pack {
	return []Pack{{Name: "p", Controls: []Control{{ID: "A"}, {ID: "B"}, {ID: "nobody"}}}}
}

func asked(controls ...string) Asked {
	return Asked{RuleAnswer: verdict.RuleAnswer{Package: "r", Codes: []string{"MS204"}, Controls: controls, Evidence: []string{"/plan", "diff", "approvals"}}}
}

func with(pointers ...string) Facts {
	return Facts{Point: func(p string) (Proof, bool) { return Proof{What: p}, slices.Contains(pointers, p) }}
}

func statusOf(t *testing.T, f Facts, rules ...Asked) []Status {
	t.Helper()
	r := Report(packs(), rules, f)
	return []Status{r[0].Lines[0].Status, r[0].Lines[1].Status, r[0].Lines[2].Status}
}

func TestAControlStandsAsTheWorstOfItsRules(t *testing.T) {
	denied, warned, off, watched, missing, given := asked("A"), asked("A"), asked("A"), asked("A"), asked("A"), asked("A")
	denied.Deny = []verdict.Element{{Code: "MS204", Message: "no"}}
	warned.Warn = denied.Deny
	off.Disabled, off.Deny = off.Codes, denied.Deny
	watched.Observed = watched.Codes
	missing.Require = []approval.Requirement{{Code: "MS311", Peer: true}}
	given.Require = missing.Require
	peer := func(n int, have ...string) Facts {
		f := with()
		f.Requirements = []approval.Status{{Requirement: missing.Require[0], Missing: n, Have: have}}
		return f
	}
	looked := with()
	looked.Words = map[string]string{"diff": "3 files"}
	for name, c := range map[string]struct {
		rules []Asked
		facts Facts
		want  Status
	}{
		"denied":                        {[]Asked{denied, asked("A")}, with("/plan"), Missing},
		"warned":                        {[]Asked{warned}, with("/plan"), Missing},
		"switched off":                  {[]Asked{off, asked("A")}, with("/plan"), Off},
		"observed":                      {[]Asked{watched}, with("/plan"), Off},
		"there":                         {[]Asked{asked("A")}, with("/plan"), Met},
		"looked at":                     {[]Asked{asked("A")}, looked, Met},
		"silent, and nothing there":     {[]Asked{asked("A")}, with(), Unasked},
		"an approval is missing":        {[]Asked{missing}, peer(1), Missing},
		"an approval is there":          {[]Asked{given}, peer(0, "bob"), Met},
		"an approval nobody weighed":    {[]Asked{given}, with("/plan"), Missing},
		"another rule's approval":       {[]Asked{asked("B")}, peer(1), Unknown},
		"nothing was asked of anything": {nil, with("/plan"), Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			got := statusOf(t, c.facts, c.rules...)
			if got[0] != c.want || got[2] != Unknown {
				t.Errorf("%v, want %s and unknown", got, c.want)
			}
		})
	}
}

func TestANoteIsNothingThatIsMissing(t *testing.T) {
	r := asked("A")
	r.Codes = []string{"MS215"}
	r.Warn = []verdict.Element{{Code: "MS215", Message: "many"}}
	if got := statusOf(t, with("/plan"), r); got[0] != Met {
		t.Errorf("%v", got)
	}
}

func TestAPackWithAnUnknownKeyIsNotRead(t *testing.T) {
	if _, found := ReadPack("p.yaml", []byte("pack: p\ntitle: t\nsource: s\ncontrols: [{id: A, title: t, evidence: e, extra: 1}]\n")); !found.Errors() {
		t.Error("it is read")
	}
	if p, found := ReadPack("p.yaml", []byte("pack: p\ntitle: t\nsource: s\ncontrols: [{id: A, title: t, evidence: e}]\n")); found.Errors() || p.Controls[0].ID != "A" {
		t.Errorf("%v %+v", found, p)
	}
}
