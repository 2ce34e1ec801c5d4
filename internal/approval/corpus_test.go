package approval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// corpus is the folder of real material, "" where this test cannot run.
func corpus(t *testing.T) string {
	dir := os.Getenv("MERGESEAL_CORPUS")
	if dir == "" {
		t.Log("did not run: MERGESEAL_CORPUS is not set")
	}
	return dir
}

// one asks whether somebody's approval counts for a group.
func one(who field.Login, members, left []field.Login) Status {
	c := cast{Groups: []castGroup{{Name: "team", Members: members}}}
	q := Question{
		Requirements: []Requirement{{Group: "team"}}, Groups: c, Exclude: AllKinds(), Binding: binding,
		Left: map[string][]field.Login{"team": left},
		Evidence: document(evidence.Review{
			ID: 1, By: who, Type: "User", Permission: evidence.CanWrite, State: evidence.Approved, Commit: headSHA, SubmittedAt: day(1),
		}),
	}
	return Weigh(q).Statuses[0]
}

// T25: whoever left a team since approving counts no longer, and whoever
// joined counts from then on: membership is that of the law at the moment of
// judging, over six years of two real groups.
func TestT25MembershipThenAndNow(t *testing.T) {
	dir := corpus(t)
	if dir == "" {
		return
	}
	b, err := os.ReadFile(filepath.Join(dir, "teams", "membership-changes.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	teams := map[string][]field.Login{}
	joined, gone := 0, 0
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var event struct {
			File, Team     string
			Added, Removed []string
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			t.Fatal(err)
		}
		key := event.File + " " + event.Team
		before, after := teams[key], slices.Clone(teams[key])
		added, removed := logins(t, event.Added), logins(t, event.Removed)
		for _, p := range removed {
			if !slices.ContainsFunc(before, p.Same) { // the file is older than the record of it
				before = append(slices.Clone(before), p)
			}
			after = slices.DeleteFunc(after, p.Same)
		}
		after = append(after, added...)
		for _, p := range removed {
			if slices.ContainsFunc(added, p.Same) { // spelt anew
				continue
			}
			gone++
			if s := one(p, before, nil); s.Missing != 0 {
				t.Errorf("%s in %s then: %s", p, event.Team, line(s))
			}
			if len(after) == 0 {
				continue
			}
			if s := one(p, after, removed); s.Missing != 1 || s.NotCounted[0] != (NotCounted{string(p), "no longer in team"}) {
				t.Errorf("%s in %s now: %s", p, event.Team, line(s))
			}
		}
		for _, p := range added {
			if slices.ContainsFunc(before, p.Same) {
				continue
			}
			joined++
			if s := one(p, after, nil); s.Missing != 0 {
				t.Errorf("%s in %s now: %s", p, event.Team, line(s))
			}
			if s := one(p, append(slices.Clone(before), "somebody"), nil); s.Missing != 1 {
				t.Errorf("%s in %s then: %s", p, event.Team, line(s))
			}
		}
		teams[key] = after
	}
	if err := lines.Err(); err != nil || joined < 100 || gone < 100 {
		t.Errorf("%d joined, %d left, %v: the material is not there", joined, gone, err)
	}
}

func logins(t *testing.T, names []string) (out []field.Login) {
	for _, n := range names {
		var l field.Login
		if err := l.ParseScalar(n); err != nil {
			t.Errorf("%v", err)
		}
		out = append(out, l)
	}
	return out
}

// handles reads a list of people as those records write it: with an @ and in
// any case. What is no handle, such as TBD with a remark, is nobody.
func handles(n *yamldoc.Node) (out []field.Login) {
	if n == nil {
		return nil
	}
	for _, item := range n.Items {
		var l field.Login
		if l.ParseScalar(strings.TrimPrefix(strings.TrimSpace(item.Text), "@")) == nil && !l.Same("tbd") {
			out = append(out, l)
		}
	}
	return out
}

// T20: real records whose author is also an approver. Every approver approves,
// every author has written a commit; those who are both do not count.
func TestT20RealRecordsWhoseAuthorApproves(t *testing.T) {
	dir := corpus(t)
	if dir == "" {
		return
	}
	var found []string
	records := 0
	err := filepath.WalkDir(filepath.Join(dir, "kep", "tree"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "kep.yaml" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, bad := yamldoc.Parse(path, b, yamldoc.Standard())
		if doc == nil {
			t.Logf("not read: %v", bad)
			return nil
		}
		records++
		if authorApproves(handles(doc.Root.Get("authors")), handles(doc.Root.Get("approvers"))) {
			found = append(found, path)
		}
		return nil
	})
	if err != nil || len(found) != 27 || records < 600 {
		t.Errorf("%d of %d records, want 27, %v:\n%s", len(found), records, err, strings.Join(found, "\n"))
	}
}

func authorApproves(authors, approvers []field.Login) bool {
	if len(approvers) == 0 {
		return false
	}
	d := document()
	for i, a := range authors {
		d.PullRequest.Commits = append(d.PullRequest.Commits, evidence.Commit{SHA: strings.Repeat("0", 39) + string(rune('a'+i%6)), Author: &a, Committer: &a})
	}
	for i, a := range approvers {
		d.Reviews = append(d.Reviews, evidence.Review{
			ID: int64(i + 1), By: a, Type: "User", Permission: evidence.CanWrite, State: evidence.Approved, Commit: headSHA, SubmittedAt: day(1),
		})
	}
	got := Weigh(Question{
		Requirements: []Requirement{{Group: "approvers", Count: Count{All: true}}}, Exclude: AllKinds(), Evidence: d,
		Groups: cast{Groups: []castGroup{{Name: "approvers", Members: approvers}}},
	})
	return slices.ContainsFunc(got.Statuses[0].NotCounted, func(n NotCounted) bool { return n.Why == "wrote a commit" })
}
