package rego

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/diag"
)

func TestP4PoliciesThatBreakTheContractAreRefusedBeforeTheyAreAsked(t *testing.T) {
	element := `{"code": "ACME001", "message": "m"}`
	for name, c := range map[string]struct {
		code  string
		mods  []Module
		words []string
	}{
		"no policy at all":                  {"MS505", nil, []string{"no policy"}},
		"only a test":                       {"MS505", []Module{own("policy/a_test.rego", "package mergeseal.rules.a_test\n\ntest_x if true\n")}, []string{"no policy"}},
		"only a helper":                     {"MS505", []Module{own("policy/a.rego", "package mergeseal.lib.a\n\nx := 1\n")}, []string{"no policy"}},
		"a package elsewhere":               {"MS502", []Module{own("policy/a.rego", "package acme\n\ndeny contains 1\n")}, []string{"package acme", "mergeseal.rules"}},
		"a misspelt package":                {"MS502", []Module{own("policy/a.rego", "package mergeseal.rule.acme\n\ndeny contains 1\n")}, []string{"mergeseal.rule.acme"}},
		"a package at mergeseal.rules":      {"MS502", []Module{own("policy/a.rego", "package mergeseal.rules\n\ndeny contains 1\n")}, []string{"every rule"}},
		"a package above mergeseal.rules":   {"MS502", []Module{own("policy/a.rego", "package mergeseal\n\nrules := 1\n")}, []string{"every rule"}},
		"a package at mergeseal.lib":        {"MS502", []Module{own("policy/a.rego", "package mergeseal.lib\n\nx := 1\n")}, []string{"every helper"}},
		"a look-alike of mergeseal.rules":   {"MS502", []Module{own("policy/a.rego", "package mergeseal.rulesx.acme\n\ndeny contains 1\n")}, []string{"neither below"}},
		"a head of two terms":               {"MS502", []Module{acme("freeze.deny contains " + element + "\n" + speak)}, []string{"more than one part"}},
		"a head with a variable":            {"MS502", []Module{acme("m[x] := 1 if some x in input.groups\n" + speak)}, []string{"more than one part"}},
		"a head of two terms in a helper":   {"MS502", []Module{acme(speak), own("policy/lib.rego", "package mergeseal.lib.a\n\na.b := 1\n")}, []string{"more than one part"}},
		"deny as a value":                   {"MS502", []Module{acme("deny := true")}, []string{"must be a set"}},
		"deny as a list":                    {"MS502", []Module{acme("deny := [" + element + "]")}, []string{"must be a set"}},
		"deny as a boolean rule":            {"MS502", []Module{acme("deny if input.version == 1")}, []string{"must be a set"}},
		"deny as a function":                {"MS502", []Module{acme("deny(x) := x")}, []string{"must be a set"}},
		"deny as a map":                     {"MS502", []Module{acme("deny[x] := 1 if some x in input.groups")}, []string{"must be a set"}},
		"a default for deny":                {"MS502", []Module{acme("default deny := false")}, []string{"must be a set"}},
		"warn as a value":                   {"MS502", []Module{acme("warn := true\n" + speak)}, []string{"warn must be a set"}},
		"require as a value":                {"MS502", []Module{acme("require := {}\n" + speak)}, []string{"require must be a set"}},
		"none of the three sets":            {"MS502", []Module{acme("x := 1")}, []string{"never says anything", "mergeseal.lib"}},
		"a misspelt set alone":              {"MS502", []Module{acme("dney contains " + element)}, []string{"never says anything", "did you mean deny"}},
		"a misspelt set beside a right one": {"MS502", []Module{acme(speak + "\nwran contains " + element)}, []string{"nobody reads", "warn"}},
		"default allow":                     {"MS502", []Module{acme("default allow := true\n" + speak)}, []string{"default allow"}},
		"a code of mergeseal in METADATA":   {"MS502", []Module{own("policy/a.rego", "# METADATA\n# custom: {code: MS301}\npackage mergeseal.rules.a\n\n"+speak+"\n")}, []string{"MS301", "begins with MS"}},
		"a code of mergeseal in the source": {"MS502", []Module{acme(`deny contains {"code": "MS999", "message": "m"}`)}, []string{"MS999"}},
		"a code of mergeseal in lower case": {"MS502", []Module{acme(`deny contains {"code": "ms301", "message": "m"}`)}, []string{"ms301"}},
		"two folders with one package":      {"MS502", []Module{acme(speak), own("other/acme.rego", "package mergeseal.rules.acme\n\nwarn contains "+element+"\n")}, []string{"defined in policy/acme.rego as well"}},
		"an unknown scope":                  {"MS502", []Module{own("policy/a.rego", "# METADATA\n# custom: {code: ACME001, scope: world}\npackage mergeseal.rules.a\n\n"+speak+"\n")}, []string{"scope is change or pull_request"}},
		"two scopes": {"MS502", []Module{
			own("policy/a.rego", "# METADATA\n# custom: {code: ACME001, scope: change}\npackage mergeseal.rules.a\n\n"+speak+"\n"),
			own("policy/b.rego", "# METADATA\n# custom: {scope: pull_request}\npackage mergeseal.rules.a\n\n"+speak+"\n"),
		}, []string{"two scopes"}},
		"an unknown severity":        {"MS502", []Module{own("policy/a.rego", "# METADATA\n# custom: {code: ACME001, severity: fatal}\npackage mergeseal.rules.a\n\n"+speak+"\n")}, []string{"severity is"}},
		"a code that is no text":     {"MS502", []Module{own("policy/a.rego", "# METADATA\n# custom: {code: 7}\npackage mergeseal.rules.a\n\n"+speak+"\n")}, []string{"code is a text"}},
		"controls that are no texts": {"MS502", []Module{own("policy/a.rego", "# METADATA\n# custom: {code: ACME001, controls: [1]}\npackage mergeseal.rules.a\n\n"+speak+"\n")}, []string{"controls is a text"}},
		"the same file twice":        {"MS502", []Module{acme(speak), acme(speak)}, []string{"twice"}},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(name, "twice") {
				_, found := Compile(c.mods, Options{})
				if len(found) == 0 || found[0].Code != "MS502" {
					t.Fatalf("got %v", found)
				}
				return
			}
			refusedAs(t, c.code, c.mods, c.words...)
		})
	}
}

func TestWhatTheContractAllowsCompiles(t *testing.T) {
	element := `{"code": "ACME001", "message": "m"}`
	for name, mods := range map[string][]Module{
		"all three sets":                      {acme(speak + "\nwarn contains " + element + "\nrequire contains {\"code\": \"ACME001\", \"reason\": \"r\", \"peer\": true, \"count\": 1}")},
		"one package in two files":            {acme(speak), own("policy/more.rego", "package mergeseal.rules.acme\n\nwarn contains "+element+"\n")},
		"a nested package":                    {own("policy/a.rego", "# METADATA\n# custom: {code: ACME001}\npackage mergeseal.rules.acme.web.shop\n\n"+speak+"\n")},
		"a helper set that somebody reads":    {acme("big contains x if some x in input.groups\n\ndeny contains " + element + " if count(big) > 3")},
		"a helper package":                    {acme("import data.mergeseal.lib.acme\n\ndeny contains " + element + " if acme.big"), own("policy/lib/acme.rego", "package mergeseal.lib.acme\n\nbig if count(input.groups) > 3\n")},
		"a test beside it, even a broken one": {acme(speak), own("policy/acme_test.rego", "package nonsense {")},
		"print, which is left out":            {acme("deny contains " + element + " if {\n\tprint(input.now)\n\tinput.version == 1\n}")},
		"codes of METADATA on a rule":         {own("policy/a.rego", "package mergeseal.rules.a\n\n# METADATA\n# custom: {code: ACME001}\n"+speak+"\n")},
	} {
		t.Run(name, func(t *testing.T) {
			if p, found := Compile(mods, Options{}); p == nil || len(found) > 0 {
				t.Errorf("refused: %v", found)
			}
		})
	}
}

func TestACodeThatMetadataDoesNotAnnounceIsAWarning(t *testing.T) {
	p, found := Compile([]Module{acme(`deny contains {"code": "ACME002", "message": "m"}`)}, Options{})
	if p == nil || len(found) != 1 || found[0].Code != "MS506" || found[0].Severity != diag.Warning || found[0].Undecided || found[0].At.String() != "policy/acme.rego:6:24" {
		t.Errorf("got %v", found)
	}
}

func TestT98NobodyAddsToAPackageThatComesWithTheBinary(t *testing.T) {
	for _, src := range []string{
		"package mergeseal.rules.freeze\n\n" + speak + "\n",
		"package mergeseal.lib.judged\n\nlight := true\n",
	} {
		refusedAs(t, "MS502", append(builtin(t), own("policy/evil.rego", src)), "comes with mergeseal")
		refusedAs(t, "MS502", append([]Module{own("policy/evil.rego", src)}, builtin(t)...), "comes with mergeseal")
	}
	// Neither does a package that lies where a rule of another one is.
	p, found := Compile(append(builtin(t), own("policy/evil.rego", "package mergeseal.rules.freeze.hits\n\n"+speak+"\n")), Options{})
	if p != nil || !found.Errors() {
		t.Errorf("a package shadows a rule: %v", found)
	}
}

func TestT100PoliciesFromBeforeOPA1AreRefusedWithAHint(t *testing.T) {
	refusedAs(t, "MS501", []Module{own("policy/old.rego", "package mergeseal.rules.old\n\ndeny[msg] {\n\tinput.version == 1\n\tmsg := \"no\"\n}\n")}, "before OPA 1.0", "contains")
}

func TestP5AMisspeltInputIsACompileErrorThatNamesTheRightOne(t *testing.T) {
	for expr, words := range map[string][]string{
		`input.rsik.level == "high"`:            {"input", `"rsik"`, `"risk"`},
		`input.risk.levl == "high"`:             {"input.risk", `"levl"`, `"level"`},
		`input.change.rolback_plan.minutes > 1`: {"input.change", `"rollback_plan"`},
		`input.schedule.notice_second < 3600`:   {`"notice_seconds"`},
		`some f in input.freezes; f.hits`:       {`"hits"`},
		`input.settings.routng.low`:             {`"routing"`},
		`some c in input.collisions; c.acepted`: {`"acepted"`},
	} {
		t.Run(expr, func(t *testing.T) {
			refusedAs(t, "MS501", []Module{acme("deny contains {\"code\": \"ACME001\", \"message\": \"m\"} if {\n\t" + expr + "\n}")}, words...)
		})
	}
}

func TestP5MetadataCannotTakeTheSchemaAway(t *testing.T) {
	refusedAs(t, "MS501", []Module{acme("# METADATA\n# schemas:\n#   - input: {type: object}\ndeny contains {\"code\": \"ACME001\", \"message\": \"m\"} if input.rsik")}, `"risk"`)
}

func TestExtensionsAreFreeAndTheirSchemaCompiles(t *testing.T) {
	mustCompile(t, acme(`deny contains {"code": "ACME001", "message": "m"} if input.change.extensions["x-team"].pager > input.settings.extensions["x-limit"]`))
}

func TestDataThatNobodyDefinesIsACompileError(t *testing.T) {
	lib := own("policy/lib.rego", "package mergeseal.lib.acme\n\nbig if count(input.groups) > 3\n")
	for body, word := range map[string]string{
		`deny contains {"code": "ACME001", "message": "m"} if data.mergeseal.lib.acme.bgi`:                        `"big"`,
		`deny contains {"code": "ACME001", "message": "m"} if data.mergeseal.lib.acne.big`:                        `"acme"`,
		`deny contains {"code": "ACME001", "message": "m"} if not data.settings.off`:                              `"settings"`,
		"import data.mergeseal.lib.acne\n\ndeny contains {\"code\": \"ACME001\", \"message\": \"m\"} if acne.big": `"acme"`,
	} {
		refusedAs(t, "MS501", []Module{acme(body), lib}, word)
	}
}

func TestAllProblemsOfAllFilesAreReportedAtOnceAndInOrder(t *testing.T) {
	_, found := Compile([]Module{
		own("policy/b.rego", "package mergeseal.rules.b\n\nx := 1\n"),
		own("policy/a.rego", "package mergeseal.rules.a\n\ndeny contains {\n"),
		own("policy/c.rego", "package c\n"),
	}, Options{})
	var got []string
	for _, f := range found {
		got = append(got, f.At.File+" "+f.Code)
	}
	got = slices.Compact(got)
	if diff := cmp.Diff([]string{"policy/a.rego MS501", "policy/b.rego MS502", "policy/c.rego MS502"}, got); diff != "" {
		t.Error(diff)
	}
}
