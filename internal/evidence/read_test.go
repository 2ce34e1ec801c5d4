package evidence_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

const (
	head  = "5d6e7f8000000000000000000000000000000001"
	older = "1a2b3c4000000000000000000000000000000002"
	base  = "0000000000000000000000000000000000000003"
)

// whole is the contract's own example, each key once.
const whole = `{"version": 1, "repository": "acme/shop",
 "pull_request": {"number": 42, "author": "alice", "base_ref": "refs/heads/main", "base": "` + base + `", "head": "` + head + `", "draft": false, "labels": ["risk: high", "db"],
   "commits": [{"sha": "` + head + `", "author": "alice", "committer": "alice", "co_authors": ["bob"]}, {"sha": "` + older + `", "author": null, "committer": null}], "pushed_by": ["bob", "alice"]},
 "reviews": [{"id": 2, "by": "dave", "type": "User", "permission": "admin", "state": "commented", "commit": "` + older + `", "submitted_at": "2026-11-20T11:00:00+01:00"},
   {"id": 1, "by": "carol", "type": "User", "permission": "write", "state": "approved", "commit": "` + head + `", "submitted_at": "2026-11-20T10:00:00Z"}],
 "teams": {"acme/change-advisory": {"members": ["dave", "Carol"]}, "acme/empty": {"members": []}},
 "open_pull_requests": [{"number": 43, "head": "` + older + `", "records": ["changes/2026/CHG-2026-0143.yaml"]}]}`

func TestTheDocumentOfTheContractIsRead(t *testing.T) {
	d, found := evidence.Read("evidence.json", []byte(whole))
	if len(found) > 0 {
		t.Fatal(found)
	}
	at := func(text string) (i field.Instant) {
		if err := i.ParseScalar(text); err != nil {
			t.Fatal(err)
		}
		return i
	}
	alice := field.Login("alice")
	want := &evidence.Document{
		Version: 1, Repository: "acme/shop",
		PullRequest: evidence.PullRequest{
			Number: 42, Author: "alice", BaseRef: "refs/heads/main", Base: base, Head: head, Labels: []string{"db", "risk: high"},
			Commits: []evidence.Commit{{SHA: older}, {SHA: head, Author: &alice, Committer: &alice, CoAuthors: []field.Login{"bob"}}},
			Pushers: []field.Login{"bob", "alice"},
		},
		Reviews: []evidence.Review{
			{ID: 1, By: "carol", Type: "User", Permission: evidence.CanWrite, State: evidence.Approved, Commit: head, SubmittedAt: at("2026-11-20T10:00:00Z")},
			{ID: 2, By: "dave", Type: "User", Permission: evidence.CanAdmin, State: evidence.Commented, Commit: older, SubmittedAt: at("2026-11-20T10:00:00Z")},
		},
		Teams:            map[string]evidence.Team{"acme/change-advisory": {Members: []field.Login{"Carol", "dave"}}, "acme/empty": {Members: []field.Login{}}},
		OpenPullRequests: []evidence.Open{{Number: 43, Head: older, Records: []string{"changes/2026/CHG-2026-0143.yaml"}}},
	}
	sameInstant := cmp.Comparer(func(a, b field.Instant) bool { return a.Equal(b.Time) })
	if diff := cmp.Diff(want, d, sameInstant); diff != "" {
		t.Error(diff)
	}
}

func TestTheLeastThatIsADocument(t *testing.T) {
	d, found := evidence.Read("e", []byte(`{"version":1,"pull_request":{"author":"alice","head":"`+head+`","commits":[]},"reviews":[]}`))
	if len(found) > 0 || d.PullRequest.Author != "alice" || d.Teams != nil || d.PullRequest.Pushers != nil {
		t.Errorf("%+v, %v", d, found)
	}
}

// Each case changes one thing of the whole document.
func TestWhatIsNotTheDocumentIsRefusedWithItsPlace(t *testing.T) {
	cases := []struct{ name, old, new, code, says string }{
		{"nothing at all", whole, "", "MS611", "not valid JSON"},
		{"not JSON", `"version": 1`, `version: 1`, "MS611", "not valid JSON"},
		{"a comment", `"version": 1`, `/* ours */ "version": 1`, "MS611", "not valid JSON"},
		{"a trailing comma", `"alice"]}`, `"alice",]}`, "MS611", "not valid JSON"},
		{"a byte order mark", `{"version"`, "\ufeff{\"version\"", "MS611", "not valid JSON"},
		{"a list of documents", whole, "[" + whole + "]", "MS007", "the document must be an object, not a list"},
		{"null", whole, "null", "MS007", "must be an object, not null"},
		{"something after the end", `.yaml"]}]}`, `.yaml"]}]} {}`, "MS611", "after top-level value"},
		{"bytes that are no UTF-8", "risk: high", "risk: \xff", "MS008", "0xFF"},
		{"another version", `"version": 1`, `"version": 2`, "MS611", "version"},
		{"a version as text", `"version": 1`, `"version": "1"`, "MS611", "version"},
		{"no version", `"version": 1, `, ``, "MS101", "version is missing"},
		{"an unknown key", `"draft"`, `"drafft"`, "MS006", `unknown key "drafft" in pull_request`},
		{"a key in other letters", `"reviews"`, `"Reviews"`, "MS006", `unknown key "Reviews"`},
		{"a key twice", `"draft": false`, `"draft": true, "draft": false`, "MS005", `"draft" is given twice`},
		{"a key twice, spelt with an escape", `"draft": false`, `"dr\u0061ft": true, "draft": false`, "MS005", `"draft" is given twice`},
		{"a key that only marks what must be there", `"draft"`, `"author!"`, "MS006", `unknown key "author!"`},
		{"T29: the text of the pull request", `"draft"`, `"body": "approved", "draft"`, "MS006", `unknown key "body"`},
		{"no head", `"head": "` + head + `", "draft"`, `"draft"`, "MS101", "pull_request.head is missing"},
		{"no commits", `"commits": [`, `"x": [`, "MS101", "pull_request.commits is missing"},
		{"no reviews", `"reviews": [`, `"x": [`, "MS101", "reviews is missing"},
		{"no committer", `"author": "alice", "committer": "alice", "co_authors"`, `"author": "alice", "co_authors"`, "MS101", "pull_request.commits[0].committer is missing"},
		{"no permission", `"permission": "write", `, ``, "MS101", "reviews[1].permission is missing"},
		{"a number for a login", `"by": "carol"`, `"by": 7`, "MS007", "reviews[1].by must be a text, not a number"},
		{"null for a reviewer", `"by": "carol"`, `"by": null`, "MS007", "reviews[1].by must be a text, not null"},
		{"null for the author", `"author": "alice", "base_ref"`, `"author": null, "base_ref"`, "MS007", "pull_request.author must be a text, not null"},
		{"a text for a number", `"number": 42`, `"number": "42"`, "MS007", "must be a number, not a text"},
		{"a fraction", `"number": 42`, `"number": 42.0`, "MS010", "whole number"},
		{"an exponent", `"number": 42`, `"number": 4e1`, "MS010", "whole number"},
		{"zero", `"number": 42`, `"number": 0`, "MS010", "whole number"},
		{"a number that not every reader keeps", `"id": 1`, `"id": 9007199254740993`, "MS010", "whole number"},
		{"a text for true", `"draft": false`, `"draft": "false"`, "MS007", "must be true or false, not a text"},
		{"an object for a list", `"labels": [`, `"labels": {"a": [`, "MS611", ""},
		{"a text for a list", `"labels": ["risk: high", "db"]`, `"labels": "db"`, "MS007", "must be a list, not a text"},
		{"a short commit", `"commit": "` + head, `"commit": "5d6e7f8`, "MS104", "reviews[1].commit"},
		{"a branch for a commit", `"head": "` + head + `", "draft"`, `"head": "main", "draft"`, "MS104", "pull_request.head"},
		{"a commit in capitals", `"commit": "` + head, `"commit": "` + strings.ToUpper(head), "MS104", "reviews[1].commit"},
		{"a short name of a branch", `refs/heads/main`, `main`, "MS104", "base_ref"},
		{"a repository elsewhere", `acme/shop`, `https://example.com/acme/shop`, "MS104", "repository"},
		{"a state in capitals", `"approved"`, `"APPROVED"`, "MS104", `reviews[1].state: "APPROVED"`},
		{"a review that is not handed in", `"approved"`, `"pending"`, "MS104", "state"},
		{"no state", `"approved"`, `""`, "MS104", "state"},
		{"a permission nobody knows", `"write"`, `"push"`, "MS104", "permission"},
		{"a type that says nothing", `"type": "User", "permission": "write"`, `"type": "", "permission": "write"`, "MS104", "type is empty"},
		{"a time without an offset", `2026-11-20T10:00:00Z`, `2026-11-20T10:00:00`, "MS011", "submitted_at"},
		{"T26: the Kelvin sign for a K", `"by": "carol"`, `"by": "` + "\u212a" + `elly"`, "MS109", "reviews[1].by"},
		{"T26: a long s", `"Carol"`, `"carol` + "\u017f" + `"`, "MS109", "members[1]"},
		{"T26: a look-alike that is written as an escape", `"alice", "base_ref"`, `"\u212aelly", "base_ref"`, "MS109", "pull_request.author"},
		{"an at sign before a login", `"co_authors": ["bob"]`, `"co_authors": ["@bob"]`, "MS109", "leave the @ out"},
		{"a team without an organisation", `acme/empty`, `empty`, "MS104", `"empty" is not a team`},
		{"a team that is null", `"acme/empty": {"members": []}`, `"acme/empty": null`, "MS007", "not null"},
		{"a team whose members are null", `"acme/empty": {"members": []}`, `"acme/empty": {"members": null}`, "MS007", "must be a list, not null"},
		{"a team without members", `"acme/empty": {"members": []}`, `"acme/empty": {}`, "MS101", "members is missing"},
		{"a team in two spellings", `acme/empty`, `acme/Change-Advisory`, "MS120", "twice"},
		{"a review twice", `"id": 2`, `"id": 1`, "MS120", "twice"},
		{"another pull request twice", `"open_pull_requests": [`, `"open_pull_requests": [{"number": 43, "head": "` + head + `"}, `, "MS120", "twice"},
		{"a number below zero", `"number": 42`, `"number": -0`, "MS010", "whole number"},
		{"a commit twice", `"sha": "` + older, `"sha": "` + head, "MS120", "twice"},
		{"far too deep", `"labels": [`, `"labels": [` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + ",", "MS009", "nested"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(whole, c.old) {
				t.Fatalf("the document has no %s", c.old)
			}
			d, found := evidence.Read("evidence.json", []byte(strings.Replace(whole, c.old, c.new, 1)))
			if d != nil {
				t.Fatalf("it is read as %+v", d)
			}
			hit := slices.ContainsFunc(found, func(f diag.Finding) bool {
				return f.Code == c.code && strings.Contains(f.Message+f.Hint, c.says)
			})
			if !hit {
				t.Errorf("want %s that says %q, got %+v", c.code, c.says, found)
			}
			for _, f := range found {
				if !f.Undecided || f.At.File != "evidence.json" || f.At.Start.Line == 0 {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

func TestFindingsHaveTheirLineAndColumn(t *testing.T) {
	text := strings.Replace(whole, `"state": "approved"`, `"state": "approvd"`, 1)
	text = strings.Replace(text, `["risk: high", "db"]`, `["é", 7]`, 1)
	text = strings.Replace(text, `"type": "User", "permission": "admin"`, `"permission": "admin"`, 1)
	text = strings.Replace(text, `"state": "commented"`, `"state": "commentd"`, 1)
	_, found := evidence.Read("evidence.json", []byte(text))
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprintf("%s %s %q", f.At, f.Code, f.Hint))
	}
	lines := strings.Split(text, "\n")
	column := func(line int, of string) int {
		before, _, _ := strings.Cut(lines[line-1], of)
		return len([]rune(before)) + 1
	}
	want := []string{
		fmt.Sprintf(`evidence.json:2:%d MS007 ""`, column(2, "7],")),
		fmt.Sprintf(`evidence.json:4:%d MS101 ""`, column(4, `{"id": 2`)),
		fmt.Sprintf(`evidence.json:4:%d MS104 "did you mean \"commented\"?"`, column(4, `"commentd"`)),
		fmt.Sprintf(`evidence.json:5:%d MS104 "did you mean \"approved\"?"`, column(5, `"approvd"`)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheSizeIsBounded(t *testing.T) {
	for name, text := range map[string]string{
		"bytes":  strings.Repeat(" ", evidence.MaxBytes+1),
		"values": `{"version":1,"x":[` + strings.Repeat("0,", 500_001) + `0]}`,
	} {
		d, found := evidence.Read("e", []byte(text))
		if d != nil || len(found) != 1 || found[0].Code != "MS009" {
			t.Errorf("%s: %v", name, found)
		}
	}
	many := `{"version":1,"pull_request":{"author":"a","head":"` + head + `","commits":[]},"reviews":[` + strings.TrimSuffix(strings.Repeat("7,", 1000), ",") + `]}`
	if _, found := evidence.Read("e", []byte(many)); len(found) != 20 {
		t.Errorf("%d findings of one kind", len(found))
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		whole, "", "{}", "null", `{"version":1}`, strings.ReplaceAll(whole, " ", ""),
		`{"version":1,"pull_request":{"author":"a","head":"` + head + `","commits":[]},"reviews":[]}`,
		strings.Replace(whole, `"teams"`, `"teams":{},"teams"`, 1), strings.Replace(whole, `"db"`, `"\ud800"`, 1), whole + "x",
		strings.Replace(whole, `"pushed_by": ["bob", "alice"]`, `"pushed_by": []`, 1),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, found := evidence.Read("e", data)
		if (d == nil) != (len(found) > 0) {
			t.Fatalf("half read: %+v, %v", d, found)
		}
		for _, one := range found {
			if !one.Undecided {
				t.Fatalf("%+v lets the judge go on", one)
			}
		}
		if d == nil {
			return
		}
		for name, write := range map[string]func() ([]byte, error){"canonical": d.Canonical, "indented": d.JSON} {
			b, err := write()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			again, found := evidence.Read("e", b)
			if len(found) > 0 || !reflect.DeepEqual(d, again) {
				t.Fatalf("%s: %s\nreads as %+v, %v\nnot as %+v", name, b, again, found, d)
			}
		}
	})
}
