package change_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/change"
)

const (
	passing = `<?xml version="1.0" encoding="UTF-8"?><testsuites><testsuite name="a" tests="9" failures="9"><testcase name="x"/><testcase name="y"><system-out>failure</system-out></testcase></testsuite></testsuites>`
	clean   = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint"}}, "results": []}]}`
)

func sarif(results string) string {
	return `{"version": "2.1.0", "runs": [{"tool": {"driver": {"rules": [{"id": "bad", "defaultConfiguration": {"level": "error"}}, {"id": "soft"}]}}, "results": [` + results + `]}]}`
}

// A result passes only when tests ran and none failed; what cannot be read is
// a finding, and never a pass.
func TestResultsPassOnlyWhenTestsRanAndNoneFailed(t *testing.T) {
	const pass, fail, unread = "pass", "fail", "unread"
	for _, c := range []struct{ name, kind, file, want string }{
		{"passing", "junit", passing, pass},
		{"a single testsuite", "junit", `<testsuite><testcase/></testsuite>`, pass},
		{"suites in suites", "junit", `<testsuites><testsuite><testsuite><testcase/></testsuite></testsuite></testsuites>`, pass},
		{"one skipped, one run", "junit", `<testsuite><testcase><skipped/></testcase><testcase/></testsuite>`, pass},
		{"attributes that claim failures are not believed", "junit", `<testsuite tests="1" failures="1"><testcase/></testsuite>`, pass},
		{"attributes that claim success are not believed", "junit", `<testsuite tests="1" failures="0"><testcase><failure/></testcase></testsuite>`, fail},
		{"an error", "junit", `<testsuite><testcase><error message="x"/></testcase></testsuite>`, fail},
		{"a failure among passes", "junit", `<testsuite><testcase/><testcase><failure>x</failure></testcase><testcase/></testsuite>`, fail},
		{"failed and skipped at once", "junit", `<testsuite><testcase><skipped/><failure/></testcase></testsuite>`, fail},
		{"a failure outside a test case", "junit", `<testsuite><error/><testcase/></testsuite>`, fail},
		{"names in a namespace", "junit", `<testsuite xmlns="urn:x"><testcase><failure/></testcase></testsuite>`, fail},
		{"no test case", "junit", `<testsuites tests="5"><testsuite tests="5"/></testsuites>`, unread},
		{"all skipped", "junit", `<testsuite><testcase><skipped/></testcase></testsuite>`, unread},
		{"an empty file", "junit", ``, unread},
		{"only a comment", "junit", `<!-- x -->`, unread},
		{"another root", "junit", `<html><testcase/></html>`, unread},
		{"two roots", "junit", `<testsuite><testcase/></testsuite><testsuite><testcase><failure/></testcase></testsuite>`, unread},
		{"cut off", "junit", `<testsuite><testcase/>`, unread},
		{"cut off inside a test case", "junit", `<testsuite><testcase>`, unread},
		{"JSON", "junit", clean, unread},
		{"an external entity", "junit", `<!DOCTYPE t [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&e;"/></testsuite>`, unread},
		{"a document type without entities", "junit", `<!DOCTYPE t><testsuite><testcase/></testsuite>`, unread},
		{"an unknown entity", "junit", `<testsuite><testcase name="&e;"/></testsuite>`, unread},
		{"nested too deep", "junit", `<testsuite>` + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + `<testcase/></testsuite>`, unread},
		{"test cases in test cases", "junit", `<testsuite><testcase><failure/><testcase/></testcase></testsuite>`, unread},
		{"another character set", "junit", `<?xml version="1.0" encoding="UTF-7"?><testsuite><testcase/></testsuite>`, unread},
		{"a clean run", "sarif", clean, pass},
		{"a warning", "sarif", sarif(`{"ruleId": "soft", "level": "warning"}`), pass},
		{"no level is a warning", "sarif", sarif(`{"ruleId": "soft"}`), pass},
		{"an error that passed", "sarif", sarif(`{"ruleId": "bad", "kind": "pass"}`), pass},
		{"an error of an earlier version", "sarif", sarif(`{"level": "error", "baselineState": "absent"}`), pass},
		{"an error rule, softened in the result", "sarif", sarif(`{"ruleId": "bad", "level": "note"}`), pass},
		{"an error", "sarif", sarif(`{"ruleId": "soft", "level": "error"}`), fail},
		{"an error by its rule", "sarif", sarif(`{"ruleId": "bad"}`), fail},
		{"an error by its rule's index", "sarif", sarif(`{"ruleIndex": 0}`), fail},
		{"an error by its rule's reference", "sarif", sarif(`{"rule": {"id": "bad"}, "kind": "fail"}`), fail},
		{"a suppressed error", "sarif", sarif(`{"level": "error", "suppressions": [{"kind": "inSource"}]}`), fail},
		{"no run", "sarif", `{"version": "2.1.0", "runs": []}`, unread},
		{"a run without results", "sarif", `{"version": "2.1.0", "runs": [{"tool": {}}]}`, unread},
		{"a run whose results are null", "sarif", `{"version": "2.1.0", "runs": [{"results": null}]}`, unread},
		{"a run that broke off", "sarif", `{"version": "2.1.0", "runs": [{"results": [], "invocations": [{"executionSuccessful": false}]}]}`, unread},
		{"an old version", "sarif", `{"version": "1.0.0", "runs": [{"results": []}]}`, unread},
		{"no version", "sarif", `{}`, unread},
		{"two documents", "sarif", clean + clean, unread},
		{"too deep", "sarif", strings.Repeat("[", 20000), unread},
		{"XML", "sarif", passing, unread},
		{"of a kind nobody judges", "other", "whatever", "nothing"},
	} {
		t.Run(c.kind+" "+c.name, func(t *testing.T) {
			r := of("normal").with("test_plan", "{results: [{kind: "+c.kind+", path: evidence/x}]}").parse()
			facts, found := change.Tests(&r.Record, func(path string) ([]byte, error) {
				if path != "evidence/x" {
					t.Errorf("%q was read", path)
				}
				return []byte(c.file), nil
			})
			got := "nothing"
			switch (change.TestFacts{Attached: facts.Attached, Passed: facts.Passed, Failed: facts.Failed}) {
			case change.TestFacts{Attached: 1, Passed: 1}:
				got = pass
			case change.TestFacts{Attached: 1, Failed: 1}:
				got = fail
			}
			if len(found) > 0 {
				got = unread
				if found[0].Code != "MS114" || found[0].At.File != "/test_plan/results/0" || facts.Attached != 0 || len(found[0].Message) > 400 || strings.Contains(found[0].Message, "\n") {
					t.Errorf("%+v with %+v", found, facts)
				}
			}
			if got != c.want {
				t.Errorf("%s, want %s: %v", got, c.want, found)
			}
		})
	}
}

func TestResultsAreBoundToTheirDigestAndStayInside(t *testing.T) {
	sum := sha256.Sum256([]byte(passing))
	good, bad := "sha256:"+hex.EncodeToString(sum[:]), "sha256:"+strings.Repeat("0", 64)
	read := func(path string) ([]byte, error) {
		switch path {
		case "x.xml":
			return []byte(passing), nil
		case "large.xml":
			return append([]byte(passing), bytes.Repeat([]byte{' '}, 16<<20)...), nil
		}
		return nil, fmt.Errorf("read %s: %w", path, errors.New("not found\nat all"))
	}
	for _, c := range []struct {
		name, result string
		passed, bad  int
	}{
		{"the right digest", "{kind: junit, path: x.xml, digest: '" + good + "'}", 1, 0},
		{"another digest", "{kind: junit, path: x.xml, digest: '" + bad + "'}", 0, 1},
		{"another digest of something nobody judges", "{kind: other, path: x.xml, digest: '" + bad + "'}", 0, 1},
		{"a file that is not there", "{kind: junit, path: y.xml}", 0, 1},
		{"something nobody judges that is not there", "{kind: other, path: y.xml}", 0, 1},
		{"a file that is too large", "{kind: junit, path: large.xml}", 0, 1},
		{"a URL is never fetched", "{kind: junit, url: https://ci.example.com/x.xml}", 0, 0},
		{"a path outside is never read", "{kind: junit, path: ../x.xml}", 0, 0},
		{"a kind nobody knows", "{kind: xunit, path: x.xml}", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := of("normal").with("test_plan", "{results: ["+c.result+"]}").parse()
			facts, found := change.Tests(&f.Record, read)
			if facts.Passed != c.passed || facts.Attached != c.passed || facts.Failed != 0 || len(found) != c.bad {
				t.Errorf("%+v, %v", facts, found)
			}
		})
	}
	if facts, found := change.Tests(&change.Record{}, read); facts != (change.TestFacts{}) || found != nil {
		t.Errorf("%+v, %v", facts, found)
	}
	f := of("normal").with("test_plan", "{before: [TBD, Run the suite], after: [n/a]}").parse()
	if facts, _ := change.Tests(&f.Record, read); !facts.Before || facts.After {
		t.Errorf("%+v", facts)
	}
}
