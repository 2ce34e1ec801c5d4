package evidence_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

func read(t *testing.T) *evidence.Document {
	t.Helper()
	d, found := evidence.Read("e", []byte(whole))
	if len(found) > 0 {
		t.Fatal(found)
	}
	return d
}

func digest(t rapid.TB, d *evidence.Document) string {
	s, err := d.Digest()
	if err != nil || !strings.HasPrefix(s, "sha256:") || len(s) != 71 {
		t.Fatalf("%q, %v", s, err)
	}
	return s
}

func TestTheOrderOfListsIsNoPartOfTheDigest(t *testing.T) {
	d := read(t)
	d.PullRequest.Commits[1].CoAuthors = []field.Login{"bob", "zoe"}
	d.OpenPullRequests = append(d.OpenPullRequests, evidence.Open{Number: 7, Head: older, Records: []string{"a", "b"}})
	want := digest(t, d)
	rapid.Check(t, func(t *rapid.T) {
		other := *d
		other.Reviews = rapid.Permutation(d.Reviews).Draw(t, "reviews")
		other.PullRequest.Commits = rapid.Permutation(d.PullRequest.Commits).Draw(t, "commits")
		other.PullRequest.Labels = rapid.Permutation(append(d.PullRequest.Labels, d.PullRequest.Labels...)).Draw(t, "labels")
		other.Teams = map[string]evidence.Team{"acme/empty": {}, "acme/change-advisory": {Members: rapid.Permutation(d.Teams["acme/change-advisory"].Members).Draw(t, "members")}}
		other.OpenPullRequests = rapid.Permutation(d.OpenPullRequests).Draw(t, "open pull requests")
		for i, o := range other.OpenPullRequests {
			other.OpenPullRequests[i].Records = rapid.Permutation(o.Records).Draw(t, "records")
		}
		for i, c := range other.PullRequest.Commits {
			twice := append(slices.Clone(c.CoAuthors), c.CoAuthors...)
			other.PullRequest.Commits[i].CoAuthors = rapid.Permutation(twice).Draw(t, "co-authors")
		}
		zone := time.FixedZone("", rapid.IntRange(-11, 11).Draw(t, "offset")*3600)
		for i, r := range other.Reviews {
			other.Reviews[i].SubmittedAt.Time = r.SubmittedAt.In(zone)
		}
		if got := digest(t, &other); got != want {
			t.Fatalf("%s, not %s", got, want)
		}
	})
}

func TestWhatMattersChangesTheDigest(t *testing.T) {
	seen := map[string]string{}
	for name, change := range map[string]func(d *evidence.Document){
		"nothing":          func(*evidence.Document) {},
		"a state":          func(d *evidence.Document) { d.Reviews[0].State = evidence.Dismissed },
		"a permission":     func(d *evidence.Document) { d.Reviews[0].Permission = evidence.CanRead },
		"the last pusher":  func(d *evidence.Document) { slices.Reverse(d.PullRequest.Pushers) },
		"a known team":     func(d *evidence.Document) { delete(d.Teams, "acme/empty") },
		"a known author":   func(d *evidence.Document) { l := field.Login("eve"); d.PullRequest.Commits[0].Author = &l },
		"a review is gone": func(d *evidence.Document) { d.Reviews = d.Reviews[1:] },
		"the head":         func(d *evidence.Document) { d.PullRequest.Head = older },
	} {
		d := read(t)
		change(d)
		sum := digest(t, d)
		if other, twice := seen[sum]; twice {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[sum] = name
	}
}

func TestSettlingLeavesTheDocumentAlone(t *testing.T) {
	d := read(t)
	slices.Reverse(d.Reviews)
	slices.Reverse(d.PullRequest.Labels)
	d.OpenPullRequests = append(d.OpenPullRequests, evidence.Open{Number: 7})
	d.Settled()
	if d.Reviews[0].ID != 2 || d.OpenPullRequests[0].Number != 43 || d.PullRequest.Labels[0] != "risk: high" {
		t.Errorf("%+v", d)
	}
}

func TestEvidenceAboutOtherCommitsDecidesNothing(t *testing.T) {
	d := read(t)
	for name, c := range map[string]struct {
		head    string
		commits []string
		want    int
	}{
		"the same":                    {head, []string{head, older}, 0},
		"nothing to compare with":     {head, nil, 0},
		"another head":                {older, []string{older}, 1},
		"a commit that is not listed": {head, []string{base, head, base}, 1},
	} {
		found := d.Against(c.head, c.commits)
		if len(found) != c.want {
			t.Errorf("%s: %v", name, found)
		}
		for _, f := range found {
			if f.Code != "MS612" || !f.Undecided {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

func TestT21ACommitWithoutAnAccountIsAFinding(t *testing.T) {
	d := read(t)
	found := d.Unattributed()
	if len(found) != 1 || found[0].Code != "MS613" || found[0].Undecided || !found.Errors() || !strings.Contains(found[0].Message, "author of commit 1a2b3c4") {
		t.Errorf("%+v", found)
	}
	l := field.Login("eve")
	d.PullRequest.Commits[0].Author = &l
	if found = d.Unattributed(); len(found) != 1 || !strings.Contains(found[0].Message, "committer of commit 1a2b3c4") {
		t.Errorf("%+v", found)
	}
	d.PullRequest.Commits[0].Committer = &l
	if found = d.Unattributed(); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

func TestAnUnknownPusherIsNoted(t *testing.T) {
	d := read(t)
	if found := d.UnknownPusher(); found != nil {
		t.Errorf("%+v", found)
	}
	d.PullRequest.Pushers = nil
	if found := d.UnknownPusher(); len(found) != 1 || found[0].Code != "MS615" || found.Errors() {
		t.Errorf("%+v", found)
	}
}

func TestTheZeroStateAndPermissionAreNothing(t *testing.T) {
	if evidence.NoState.String() != "" || evidence.NoPermission.String() != "" || evidence.State(9).String() != "" {
		t.Error("nothing has a name")
	}
	for i, name := range evidence.Permissions() {
		if evidence.Permission(i+1).String() != name {
			t.Errorf("%s is not the %d. permission", name, i+1)
		}
	}
}
