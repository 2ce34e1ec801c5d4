package doctor

import (
	"slices"
	"strings"
	"testing"
)

const check = "mergeseal (main)"

// best is a ruleset that leaves nothing open.
func best() Guard {
	return Guard{
		Name: `ruleset "law"`, NoForce: true, NoDeletion: true, Bypass: Known([]Past{}), Checks: []Check{{check, 4242}},
		Reviews: &Reviews{DismissStale: true, LastPush: true, CodeOwners: true, Count: 1},
	}
}

// fine are settings without a finding.
func fine() Settings {
	return Settings{
		Branch: "main", Check: check, Classic: Known[*Guard](nil), Rulesets: Known([]Guard{best()}), Approving: Known(false), Writing: Known(false),
		Files: Known(Files{
			OwnersPath: "CODEOWNERS", Owners: []byte("* @acme/owners\n"), Law: []string{"mergeseal.yaml"},
			Workflows: map[string][]byte{".github/workflows/m.yml": []byte(judging)},
		}),
	}
}

const (
	sha     = "0123456789012345678901234567890123456789"
	judging = "on: [pull_request, merge_group]\njobs:\n  judge:\n    steps:\n      - uses: mergeseal/mergeseal@" + sha + "\n"
)

// codes are those of a report's findings, once each.
func codes(r Report) string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

func TestG12WhatIsWrongWithABranch(t *testing.T) {
	weak := func(change func(*Guard)) func(*Settings) {
		return func(s *Settings) {
			g := best()
			change(&g)
			s.Rulesets = Known([]Guard{g})
		}
	}
	for name, tt := range map[string]struct {
		change  func(*Settings)
		want    string
		unknown bool
	}{
		"nothing":                {func(*Settings) {}, "", false},
		"no rules at all":        {func(s *Settings) { s.Rulesets = Known([]Guard{}) }, "MS801 MS803 MS808", false},
		"another check alone":    {weak(func(g *Guard) { g.Checks = []Check{{"mergeseal (release)", 4242}} }), "MS801", false},
		"T43: any source":        {weak(func(g *Guard) { g.Checks[0].App = 0 }), "MS802", false},
		"T43: any source, as -1": {weak(func(g *Guard) { g.Checks[0].App = -1 }), "MS802", false},
		"T43: any source in one rule, an App in another": {weak(func(g *Guard) { g.Checks = append(g.Checks, Check{check, 0}) }), "", false},
		"T43: GitHub Actions":                            {weak(func(g *Guard) { g.Checks[0].App = ActionsApp }), "MS822", false},
		"no pull request":                                {weak(func(g *Guard) { g.Reviews = nil }), "MS803", false},
		"stale approvals stay":                           {weak(func(g *Guard) { g.Reviews.DismissStale = false }), "MS804", false},
		"the last push needs no approval":                {weak(func(g *Guard) { g.Reviews.LastPush = false }), "MS805", false},
		"code owners are not asked":                      {weak(func(g *Guard) { g.Reviews.CodeOwners = false }), "MS806", false},
		"somebody may bypass":                            {weak(func(g *Guard) { g.Bypass = Known([]Past{{"administrators"}}) }), "MS807", false},
		"somebody may bypass the pull request":           {weak(func(g *Guard) { g.ReviewsPast = []string{"frank"} }), "MS807", false},
		"force pushes":                                   {weak(func(g *Guard) { g.NoForce = false }), "MS808", false},
		"deletion":                                       {weak(func(g *Guard) { g.NoDeletion = false }), "MS808", false},
		"T22: workflows approve":                         {func(s *Settings) { s.Approving = Known(true) }, "MS821", false},
		"two guards, each with half": {func(s *Settings) {
			a, b := best(), best()
			a.Reviews, a.NoForce = nil, false
			b.Checks, b.NoDeletion, b.Classic = nil, false, true
			s.Rulesets, s.Classic = Known([]Guard{a}), Known(&b)
		}, "", false},
		"one of two guards lets nobody past": {func(s *Settings) {
			a := best()
			a.Bypass = Known([]Past{{"administrators"}})
			s.Rulesets = Known([]Guard{a, best()})
		}, "", false},
		"nothing is known": {func(s *Settings) { *s = Settings{Branch: "main", Check: check} }, "MS831", true},
		"a branch protection rule that cannot be read, and rulesets that do all": {func(s *Settings) { s.Classic = Unknown[*Guard]("403", "x") }, "MS831", true},
		"a branch protection rule that cannot be read, and no rulesets": {func(s *Settings) {
			s.Classic, s.Rulesets = Unknown[*Guard]("403", "x"), Known([]Guard{})
		}, "MS831", true},
		"rulesets that cannot be read, and no other rule": {func(s *Settings) { s.Rulesets = Unknown[[]Guard]("403", "x") }, "MS831", true},
		"any source, and a rule that cannot be read": {func(s *Settings) {
			g := best()
			g.Checks[0].App = 0
			s.Classic, s.Rulesets = Unknown[*Guard]("403", "x"), Known([]Guard{g})
		}, "MS831", true},
		"who may bypass is not known":    {weak(func(g *Guard) { g.Bypass = Fact[[]Past]{} }), "MS831", true},
		"what workflows may do, neither": {func(s *Settings) { s.Approving, s.Writing = Fact[bool]{}, Fact[bool]{} }, "MS831", true},
		"the files neither":              {func(s *Settings) { s.Files = Fact[Files]{} }, "MS831", true},
		"no CODEOWNERS": {func(s *Settings) {
			f, _ := s.Files.Get()
			f.OwnersPath, f.Owners = "", nil
			s.Files = Known(f)
		}, "MS806", false},
		"law without an owner": {func(s *Settings) {
			f, _ := s.Files.Get()
			f.Owners = []byte("* @acme/owners\n/mergeseal.yaml\n")
			s.Files = Known(f)
		}, "MS806", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := fine()
			tt.change(&s)
			r := Examine(s)
			if got := codes(r); got != tt.want || r.Unknown != tt.unknown {
				t.Errorf("found %q, unknown: %v; want %q, %v\n%+v", got, r.Unknown, tt.want, tt.unknown, r.Findings)
			}
			for _, f := range r.Findings {
				if f.Hint == "" {
					t.Errorf("%s does not say what to do", f.Code)
				}
			}
		})
	}
}

func TestG12TrapsInWorkflows(t *testing.T) {
	step := func(on, step string) string {
		return "on: " + on + "\npermissions: {contents: read}\njobs:\n  a:\n    runs-on: x\n    steps:\n" + step
	}
	for name, tt := range map[string]struct{ text, want string }{
		"T104: a tag":                              {step("push", "      - {uses: acme/x@v1}\n"), "MS815"},
		"T104: a branch of a workflow":             {"on: push\npermissions: {}\njobs:\n  a:\n    \"uses\": acme/x/.github/workflows/y.yml@main\n", "MS815"},
		"T104: commits, folders, digests":          {step("push", "      - {uses: acme/x@"+sha+"}\n      - {uses: ./x}\n      - {uses: \"docker://a@sha256:b\"}\n"), ""},
		"T15: a title in a script":                 {step("pull_request", "      - run: echo ${{ github.event.issue.title }}\n"), "MS814"},
		"T15: a branch in a function":              {step("pull_request", "      - run: echo ${{ format('{0}', github.head_ref) }}\n"), "MS814"},
		"T15: an input":                            {step("push", "      - run: echo ${{ inputs.name }}\n"), "MS814"},
		"T15: the whole event":                     {step("push", "      - run: echo ${{ toJSON(github.event) }}\n"), "MS814"},
		"T15: in github-script":                    {step("push", "      - {uses: actions/github-script@"+sha+", with: {script: \"x('${{ github.event.comment.body }}')\"}}\n"), "MS814"},
		"T15: a number, a commit, an env":          {step("pull_request", "      - {run: \"echo ${{ github.event.number }} ${{ github.event.pull_request.head.sha }} ${{ env.X }}\", env: {X: \"${{ github.head_ref }}\"}}\n"), ""},
		"T12: the head with rights":                {step("pull_request_target", "      - {uses: actions/checkout@"+sha+", with: {ref: \"${{ github.event.pull_request.head.ref }}\"}}\n"), "MS813"},
		"T12: the head's repository":               {step("workflow_run", "      - {uses: actions/checkout@"+sha+", with: {repository: \"${{ github.event.workflow_run.head_repository.full_name }}\"}}\n"), "MS813"},
		"T12: by hand":                             {step("issue_comment", "      - run: gh pr checkout $N\n"), "MS813"},
		"T12: the head without rights":             {step("pull_request", "      - {uses: actions/checkout@"+sha+", with: {ref: \"${{ github.event.pull_request.head.sha }}\"}}\n"), ""},
		"T12: the base with rights":                {step("pull_request_target", "      - {uses: actions/checkout@"+sha+"}\n"), ""},
		"rights to write all":                      {strings.Replace(step("push", "      - run: make\n"), "{contents: read}", "write-all", 1), "MS816"},
		"no rights named where writing is default": {"on: push\njobs: {a: {steps: [{run: make}]}}\n", "MS816"},
		"rights named by each job":                 {"on: push\njobs: {a: {permissions: {}, steps: [{run: make}]}}\n", ""},
		"a gate whose answer counts for nothing":   {step("push", "      - {run: mergeseal gate --environment production, continue-on-error: true}\n"), "MS817"},
		"a job whose answer counts for nothing":    {"on: push\npermissions: {}\njobs: {a: {continue-on-error: true, steps: [{uses: mergeseal/mergeseal@" + sha + "}]}}\n", "MS817"},
		"somebody else's answer":                   {step("push", "      - {run: make lint, continue-on-error: true}\n"), ""},
		"T11: if":                                  {"on: pull_request\npermissions: {}\njobs: {tests: {if: github.actor == 'x', steps: [{run: make}]}}\n", "MS812"},
		"T11: if always":                           {"on: pull_request\npermissions: {}\njobs: {tests: {if: \"${{ always() }}\", needs: b, steps: [{run: make}]}}\n", ""},
		"T11: needs":                               {"on: pull_request\npermissions: {}\njobs: {b: {name: tests, needs: a, steps: [{run: make}]}}\n", "MS812"},
		"T11: paths":                               {"on: {pull_request: {paths-ignore: [docs]}}\npermissions: {}\njobs: {tests: {steps: [{run: make}]}}\n", "MS812"},
		"T11: a job that nobody requires":          {"on: {pull_request: {paths: [x]}}\npermissions: {}\njobs: {other: {if: \"false\", steps: [{run: make}]}}\n", ""},
		"an anchor":                                {"on: push\njobs: &a {}\n", "MS831"},
		"no jobs":                                  {"on: push\n", "MS831"},
		"nothing":                                  {"", "MS831"},
	} {
		t.Run(name, func(t *testing.T) {
			s, g := fine(), best()
			g.Checks = append(g.Checks, Check{"tests", 1})
			s.Rulesets, s.Writing = Known([]Guard{g}), Known(true)
			f, _ := s.Files.Get()
			f.Workflows = map[string][]byte{"a.yml": []byte(tt.text), "m.yml": []byte("permissions: {}\n" + judging)}
			s.Files = Known(f)
			if r := Examine(s); codes(r) != tt.want {
				t.Errorf("found %q, want %q\n%+v", codes(r), tt.want, r.Findings)
			}
		})
	}
}

func TestG12TheMergeQueueNeedsAVerdict(t *testing.T) {
	for name, tt := range map[string]struct {
		queue, classic bool
		on, want       string
	}{
		"a queue, and no event":  {true, false, "pull_request", "MS811"},
		"a queue, and its event": {true, false, "[pull_request, merge_group]", ""},
		"no queue":               {false, false, "pull_request", ""},
		"a branch protection rule, which does not say whether": {false, true, "pull_request", "MS811"},
		"nobody judges at all":                                 {false, false, "push", "MS818"},
	} {
		t.Run(name, func(t *testing.T) {
			s, g := fine(), best()
			g.Queue, g.Classic = tt.queue, tt.classic
			if s.Rulesets = Known([]Guard{g}); tt.classic {
				s.Rulesets, s.Classic = Known([]Guard{}), Known(&g)
			}
			f, _ := s.Files.Get()
			f.Workflows = map[string][]byte{"m.yml": []byte(strings.Replace(judging, "[pull_request, merge_group]", tt.on, 1))}
			s.Files = Known(f)
			r := Examine(s)
			if codes(r) != tt.want || r.Findings.Errors() != tt.queue && tt.want == "MS811" {
				t.Errorf("found %q, want %q\n%+v", codes(r), tt.want, r.Findings)
			}
		})
	}
}

// FuzzExamine: whatever a workflow is, it is looked at or said to be unread.
func FuzzExamine(f *testing.F) {
	for _, seed := range []string{judging, "", "on: push\njobs: {a: {steps: [x]}}", "on: {}\njobs: {a: b}", "on: [[x]]\njobs:\n  a: {steps: {x: y}}", "\x00", "on: push\njobs: {a: {if: , needs: , steps: [{uses: , run: , with: , continue-on-error: }]}}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := fine()
		files, _ := s.Files.Get()
		files.Workflows = map[string][]byte{"a.yml": data}
		s.Files = Known(files)
		r := Examine(s)
		if _, bad := readWorkflow("a.yml", data); (bad != "") != r.Unknown {
			t.Errorf("it is unread for %q, and known to be unknown: %v", bad, r.Unknown)
		}
	})
}
