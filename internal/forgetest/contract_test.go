package forgetest

import (
	"slices"
	"strings"
	"testing"
)

// A route that GitHub's description does not have could never be reached.
func TestEveryRouteIsInTheDescription(t *testing.T) {
	k, err := api()
	if err != nil {
		t.Fatal(err)
	}
	for key := range routes {
		method, path, _ := strings.Cut(key, " ")
		if item := k.doc.Paths.Value(path); item == nil || item.GetOperation(method) == nil {
			t.Errorf("%s is not in the description", key)
		}
	}
}

// A fake that answers what GitHub never would is caught, whatever it gets wrong.
func TestWrongFakeIsCaught(t *testing.T) {
	for name, tc := range map[string]struct {
		path   string
		mutate func(map[string]any)
		want   string
	}{
		"a required field is left out":      {repo + "/pulls/42", func(m map[string]any) { delete(m, "title") }, `"title" is missing`},
		"an address is left out":            {repo + "/pulls/42", func(m map[string]any) { delete(m, "url") }, `"url" is missing`},
		"a number is a text":                {repo + "/pulls/42", func(m map[string]any) { m["number"] = "42" }, "/number"},
		"a field within has the wrong type": {repo + "/pulls/42", func(m map[string]any) { m["head"].(map[string]any)["sha"] = 7 }, "/head/sha"},
		"a null where there is none":        {repo + "/pulls/42", func(m map[string]any) { m["user"] = nil }, "/user"},
		"a word that is no state":           {repo + "/pulls/42", func(m map[string]any) { m["state"] = "merged" }, "/state"},
		"a date that is none":               {repo + "/pulls/42", func(m map[string]any) { m["created_at"] = "2018-04-25 20:42:10" }, "/created_at"},
		"a field that GitHub does not have": {repo + "/pulls/42", func(m map[string]any) { m["head_sha"] = "x" }, "/head_sha is not in the description"},
		"a conclusion that is none":         {repo + "/commits/" + shaHead + "/check-runs", func(m map[string]any) { m["check_runs"].([]any)[0].(map[string]any)["conclusion"] = "ok" }, "conclusion"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Start(Options{State: shop(), Mutate: func(_, _ string, body any) any {
				tc.mutate(body.(map[string]any))
				return body
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			g := ask(t, s, tokenApp, "GET", tc.path, nil)
			if g.status != 500 {
				t.Errorf("the wrong answer went out: %d %s", g.status, g.text)
			}
			if v := s.Violations(); !slices.ContainsFunc(v, func(v string) bool { return strings.Contains(v, tc.want) }) {
				t.Errorf("no violation says %q: %q", tc.want, v)
			}
		})
	}
}

// failures stands in for a test and holds what it was failed with.
type failures struct {
	said  []string
	clean []func()
}

func (f *failures) Helper()                   {}
func (f *failures) Cleanup(do func())         { f.clean = append(f.clean, do) }
func (f *failures) Errorf(m string, _ ...any) { f.said = append(f.said, m) }
func (f *failures) Fatalf(m string, _ ...any) { f.said = append(f.said, m) }

func TestViolationFailsTheTest(t *testing.T) {
	f := &failures{}
	s := New(f, Options{State: shop()})
	ask(t, s, tokenApp, "GET", "/no/such", nil)
	for _, do := range f.clean {
		do()
	}
	if len(f.said) != 1 {
		t.Errorf("the test was failed with %q", f.said)
	}
}

// Requests that GitHub's description refuses are refused, and fail the test
// that sent them.
func TestWrongRequestsAreCaught(t *testing.T) {
	annotation := map[string]any{"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"}
	var many []any
	for range maxAnnotations + 1 {
		many = append(many, annotation)
	}
	for name, tc := range map[string]struct {
		method, path string
		body         any
		want         string
		status       int
	}{
		"labels as a bare array":         {"POST", "/issues/42/labels", []string{"freeze"}, "request:", 422},
		"an unknown operation":           {"GET", "/no/such", nil, "is not an operation", 404},
		"a misspelt field":               {"POST", "/check-runs", map[string]any{"name": "n", "head_sha": shaHead, "heading": "x"}, "/heading is not in", 422},
		"a status that is none":          {"POST", "/statuses/" + shaHead, map[string]any{"state": "neutral"}, "/state", 422},
		"51 annotations":                 {"POST", "/check-runs", map[string]any{"name": "n", "head_sha": shaHead, "output": map[string]any{"title": "t", "summary": "s", "annotations": many}}, "maximum number of items is 50", 422},
		"65,536 characters of a summary": {"POST", "/check-runs", map[string]any{"name": "n", "head_sha": shaHead, "output": map[string]any{"title": "t", "summary": strings.Repeat("é", 65536)}}, "maximum string length is 65535", 422},
		"a comment without a body":       {"POST", "/issues/42/comments", map[string]any{}, `"body" is missing`, 422},
		"a page that is no number":       {"GET", "/pulls?page=x", nil, "page", 422},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Start(Options{State: shop()})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if g := ask(t, s, tokenApp, tc.method, repo+tc.path, tc.body); g.status != tc.status {
				t.Errorf("got %d %s", g.status, g.text)
			}
			if v := s.Violations(); !slices.ContainsFunc(v, func(v string) bool { return strings.Contains(v, tc.want) }) {
				t.Errorf("no violation says %q: %q", tc.want, v)
			}
			if s.Forgive(tc.want) == 0 || len(s.Violations()) > 0 {
				t.Errorf("what was wrong on purpose is not forgiven: %q", s.Violations())
			}
		})
	}
}
