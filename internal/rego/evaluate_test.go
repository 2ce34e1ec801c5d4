package rego

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

func TestP1AnswersComeBackWithTheirPackageAndControls(t *testing.T) {
	got, found := answers(t, `
deny contains {"code": "ACME001", "message": "b", "path": "/schedule/start", "hint": "move it"}
deny contains {"code": "ACME001", "message": "a"}
warn contains {"code": "ACME001", "message": sprintf("%s is a %s change", [input.change.id, input.change.type])}
require contains {"code": "ACME001", "reason": "r", "group": "cab", "count": 2, "stage": 2}
require contains {"code": "ACME001", "reason": "r", "any_of": {"b", "a"}, "count": "all"}
require contains {"code": "ACME001", "reason": "r", "owners_of": ["shop"], "count": "50%"}
require contains {"code": "ACME001", "reason": "r", "peer": true, "count": 1}
require contains {"code": "ACME001", "reason": "r", "codeowners": true, "count": 1}`)
	controls := []string{"SOC2-CC8.1"}
	pkg := "mergeseal.rules.acme"
	want := verdict.Answers{
		Deny: []verdict.Element{
			{Code: "ACME001", Message: "a", Controls: controls, Package: pkg},
			{Code: "ACME001", Message: "b", Path: "/schedule/start", Hint: "move it", Controls: controls, Package: pkg},
		},
		Warn: []verdict.Element{{Code: "ACME001", Message: "CHG-1 is a normal change", Controls: controls, Package: pkg}},
		Require: []approval.Requirement{
			{Code: "ACME001", Reason: "r", AnyOf: []string{"a", "b"}, Count: approval.Count{All: true}},
			{Code: "ACME001", Reason: "r", Codeowners: true, Count: approval.Count{N: 1}},
			{Code: "ACME001", Reason: "r", OwnersOf: []string{"shop"}, Count: approval.Count{Percent: 50}},
			{Code: "ACME001", Reason: "r", Peer: true, Count: approval.Count{N: 1}},
			{Code: "ACME001", Reason: "r", Group: "cab", Count: approval.Count{N: 2}, Stage: 2},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || len(found) > 0 {
		t.Errorf("%s\n%v", diff, found)
	}
}

func TestT97ElementsOfAnyOtherShapeAreUndecided(t *testing.T) {
	with := func(more string) string { return `{"code": "ACME001", "message": "m", ` + more + `}` }
	need := func(more string) string { return `{"code": "ACME001", "reason": "r", ` + more + `}` }
	for name, rule := range map[string]string{
		"a text":                       `deny contains "no"`,
		"true":                         `deny contains true`,
		"a list":                       `deny contains ["ACME001", "no"]`,
		"an empty object":              `deny contains {}`,
		"no message":                   `deny contains {"code": "ACME001"}`,
		"no code":                      `deny contains {"message": "m"}`,
		"an empty message":             `deny contains {"code": "ACME001", "message": " "}`,
		"a message that is a number":   `deny contains {"code": "ACME001", "message": 7}`,
		"msg instead of message":       `deny contains {"code": "ACME001", "msg": "m"}`,
		"a code with a space":          `deny contains {"code": "ACME 1", "message": "m"}`,
		"a key too many":               `deny contains ` + with(`"level": "high"`),
		"a key that is no text":        `deny contains ` + with(`1: 2`),
		"a path that is no pointer":    `deny contains ` + with(`"path": "schedule.start"`),
		"a path with a bad escape":     `deny contains ` + with(`"path": "/a~2b"`),
		"a path that is a list":        `deny contains ` + with(`"path": ["schedule"]`),
		"a null hint":                  `deny contains ` + with(`"hint": null`),
		"the same of warn":             `warn contains {"code": "ACME001"}`,
		"a requirement of nobody":      `require contains ` + need(`"count": 1`),
		"a requirement of two kinds":   `require contains ` + need(`"count": 1, "peer": true, "group": "cab"`),
		"no count":                     `require contains ` + need(`"group": "cab"`),
		"a count of zero":              `require contains ` + need(`"count": 0, "group": "cab"`),
		"a negative count":             `require contains ` + need(`"count": -1, "group": "cab"`),
		"half a person":                `require contains ` + need(`"count": 1.5, "group": "cab"`),
		"a count as text":              `require contains ` + need(`"count": "2", "group": "cab"`),
		"0 %":                          `require contains ` + need(`"count": "0%", "group": "cab"`),
		"101 %":                        `require contains ` + need(`"count": "101%", "group": "cab"`),
		"a count that is true":         `require contains ` + need(`"count": true, "group": "cab"`),
		"a group that is a list":       `require contains ` + need(`"count": 1, "group": ["cab"]`),
		"any of none":                  `require contains ` + need(`"count": 1, "any_of": []`),
		"owners of a number":           `require contains ` + need(`"count": 1, "owners_of": [1]`),
		"owners of a text":             `require contains ` + need(`"count": 1, "owners_of": "shop"`),
		"peer false":                   `require contains ` + need(`"count": 1, "peer": false`),
		"codeowners 1":                 `require contains ` + need(`"count": 1, "codeowners": 1`),
		"stage zero":                   `require contains ` + need(`"count": 1, "peer": true, "stage": 0`),
		"stage as text":                `require contains ` + need(`"count": 1, "peer": true, "stage": "1"`),
		"no reason":                    `require contains {"code": "ACME001", "count": 1, "peer": true}`,
		"a requirement with a message": `require contains ` + need(`"count": 1, "peer": true, "message": "m"`),
	} {
		t.Run(name, func(t *testing.T) {
			got, found := answers(t, rule)
			if len(found) != 1 || found[0].Code != "MS503" || !found[0].Undecided || found[0].At.File != "policy/acme.rego" {
				t.Errorf("got %v and %v", got, found)
			}
		})
	}
}

func TestT97FailOpenHabits(t *testing.T) {
	for name, c := range map[string]struct{ body, code string }{
		"a failing built-in is not undefined": {`deny contains {"code": "ACME001", "message": "m"} if time.parse_rfc3339_ns(input.change.id) > 0`, "MS504"},
		"a conversion that fails":             {`deny contains {"code": "ACME001", "message": "m"} if to_number(input.change.id) > 0`, "MS504"},
		"two values for one name":             {"x := 1\nx := 2 if input.version == 1\ndeny contains {\"code\": \"ACME001\", \"message\": \"m\"} if x == 3", "MS504"},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := answers(t, c.body)
			if len(found) != 1 || found[0].Code != c.code || !found[0].Undecided {
				t.Errorf("got %v", found)
			}
		})
	}
}

func TestACodeOfMergesealThatIsMadeUpAtRunTimeIsUndecided(t *testing.T) {
	_, found := answers(t, `deny contains {"code": sprintf("M%s", ["S301"]), "message": "m"}`)
	if len(found) != 1 || found[0].Code != "MS502" || !found[0].Undecided {
		t.Errorf("got %v", found)
	}
}

func TestT96ADeadlineIsUndecided(t *testing.T) {
	for name, body := range map[string]string{
		"numbers.range": `deny contains {"code": "ACME001", "message": "m"} if count(numbers.range(1, 100000000)) < input.version`,
		"a join":        "deny contains {\"code\": \"ACME001\", \"message\": \"m\"} if {\n\tr := numbers.range(1, 3000)\n\tsome a in r\n\tsome b in r\n\tsome c in r\n\ta * b * c == -1\n}",
	} {
		t.Run(name, func(t *testing.T) {
			p, found := Compile([]Module{acme(body)}, Options{Timeout: 20 * time.Millisecond})
			if p == nil {
				t.Fatal(found)
			}
			_, found = p.Evaluate(context.Background(), input())
			if len(found) != 1 || found[0].Code != "MS504" || !found[0].Undecided || !strings.Contains(found[0].Message, "20ms") {
				t.Errorf("got %v", found)
			}
		})
	}
}

func TestACanceledEvaluationIsUndecided(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, found := mustCompile(t, acme("deny contains {\"code\": \"ACME001\", \"message\": \"m\"} if {\n\tr := numbers.range(1, 3000)\n\tsome a in r\n\tsome b in r\n\ta * b == -1\n}")).Evaluate(ctx, input())
	if len(found) != 1 || found[0].Code != "MS504" || !found[0].Undecided {
		t.Errorf("got %v", found)
	}
}

func TestAPackageIsAskedOnlyInItsScope(t *testing.T) {
	p := mustCompile(t, acme(speak), own("policy/pr.rego", "# METADATA\n# custom: {code: ACME002, scope: pull_request}\npackage mergeseal.rules.pr\n\ndeny contains {\"code\": \"ACME002\", \"message\": \"m\"}\n"))
	for scope, want := range map[string]string{ScopeChange: "ACME001", ScopePullRequest: "ACME002"} {
		in := input()
		in.Scope = scope
		got, found := p.Evaluate(context.Background(), in)
		if len(got.Deny) != 1 || got.Deny[0].Code != want || len(found) > 0 {
			t.Errorf("%s: got %v, %v", scope, got, found)
		}
	}
	in := input()
	in.Scope = "world"
	if _, found := p.Evaluate(context.Background(), in); len(found) != 1 || !found[0].Undecided {
		t.Errorf("an unknown scope: %v", found)
	}
}

func TestT99ManyAtOnceAnswerTheSame(t *testing.T) {
	p := mustCompile(t, append(builtin(t), acme(speak))...)
	in := busy()
	want, found := p.Evaluate(context.Background(), in)
	if len(found) > 0 || len(want.Deny) < 5 {
		t.Fatalf("got %v, %v", want, found)
	}
	var wg sync.WaitGroup
	errs := make(chan string, 64)
	for range 8 {
		wg.Go(func() {
			for range 8 {
				if got, _ := p.Evaluate(context.Background(), in); !cmp.Equal(want, got) {
					errs <- cmp.Diff(want, got)
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for e := range errs {
		t.Error(e)
	}
}

func TestT99TheOrderOfFilesDoesNotMatter(t *testing.T) {
	mods := append(builtin(t), acme(speak))
	turned := slices.Clone(mods)
	slices.Reverse(turned)
	a, b := mustCompile(t, mods...), mustCompile(t, turned...)
	if a.Digest() != b.Digest() || !strings.HasPrefix(a.Digest(), "sha256:") {
		t.Errorf("digests %s and %s", a.Digest(), b.Digest())
	}
	if diff := cmp.Diff(a.Rules(), b.Rules()); diff != "" {
		t.Error(diff)
	}
	x, _ := a.Evaluate(context.Background(), busy())
	y, _ := b.Evaluate(context.Background(), busy())
	if diff := cmp.Diff(x, y); diff != "" {
		t.Error(diff)
	}
	changed := append(builtin(t), acme(speak+"\n"))
	if mustCompile(t, changed...).Digest() == a.Digest() {
		t.Error("another source has the same digest")
	}
	if mustCompile(t, append(builtin(t), acme(speak), own("policy/acme_test.rego", "package x"))...).Digest() != a.Digest() {
		t.Error("a test, which never judges, changes the digest")
	}
}

func TestRulesThatReadTheClockAreFound(t *testing.T) {
	lib := "package mergeseal.lib.acme\n\nsoon if input.schedule.notice_seconds < 60\n\nlate if soon\n"
	for name, c := range map[string]struct {
		body string
		want bool
	}{
		"no clock":                {`input.change.type == "normal"`, false},
		"start and end alone":     {`input.schedule.start_ns < input.schedule.end_ns`, false},
		"now":                     {`input.now.hour > 17`, true},
		"notice":                  {`input.schedule.notice_seconds < 3600`, true},
		"the whole schedule":      {`count(input.schedule) > 0`, true},
		"a computed key":          {`k := input.change.id; input[k]`, true},
		"the whole input":         {`object.get(input, ["now", "hour"], 0) > 17`, true},
		"through a name":          {`x := input; x.now.hour > 17`, true},
		"through another package": {`data.mergeseal.lib.acme.late`, true},
	} {
		t.Run(name, func(t *testing.T) {
			mods := []Module{acme(`deny contains {"code": "ACME001", "message": "m"} if { ` + c.body + ` }`)}
			if strings.Contains(c.body, "lib.acme") {
				mods = append(mods, own("policy/lib.rego", lib))
			}
			p := mustCompile(t, mods...)
			got, found := p.Evaluate(context.Background(), input())
			if len(found) > 0 || p.Rules()[0].ReadsClock != c.want || got.UsesClock != c.want {
				t.Errorf("reads the clock: %t, uses it: %t, %v", p.Rules()[0].ReadsClock, got.UsesClock, found)
			}
		})
	}
	t.Run("the built-in notice rule is foreseen", func(t *testing.T) {
		if got, found := mustCompile(t, builtin(t)...).Evaluate(context.Background(), busy()); got.UsesClock || len(found) > 0 {
			t.Errorf("got %t, %v", got.UsesClock, found)
		}
	})
}

func TestRulesSayWhatTheyAre(t *testing.T) {
	got := mustCompile(t, acme(speak)).Rules()
	want := []Rule{{
		Package: "mergeseal.rules.acme", Title: "Acme", Codes: []string{"ACME001"}, Scope: ScopeChange,
		Controls: []string{"SOC2-CC8.1"}, File: "policy/acme.rego",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAHundredPackagesAreAllAsked(t *testing.T) {
	var mods []Module
	for i := range 100 {
		mods = append(mods, own(fmt.Sprintf("policy/r%d.rego", i), fmt.Sprintf("# METADATA\n# custom: {code: R%d}\npackage mergeseal.rules.deep.r%d\n\ndeny contains {\"code\": \"R%d\", \"message\": \"m\"}\n", i, i, i)))
	}
	if got, found := mustCompile(t, mods...).Evaluate(context.Background(), input()); len(got.Deny) != 100 || len(found) > 0 {
		t.Errorf("%d answers, %v", len(got.Deny), found)
	}
}
