package approval

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

const (
	headSHA  = "5d6e7f8000000000000000000000000000000001"
	olderSHA = "1a2b3c4000000000000000000000000000000002" // something has changed since
	keptSHA  = "9988776000000000000000000000000000000003" // only an update merge since
)

// cast is testdata/cast.yaml: the groups that the cases speak of.
type cast struct {
	Groups []castGroup       `json:"groups"`
	Owners map[string]string `json:"owners"`
}

type castGroup struct {
	Name        string           `json:"name"`
	Members     []field.Login    `json:"members,omitempty"`
	Teams       []string         `json:"teams,omitempty"`
	Groups      []string         `json:"groups,omitempty"`
	Private     bool             `json:"private,omitempty"`
	Delegations []castDelegation `json:"delegations,omitempty"`
}

type castDelegation struct {
	From     field.Login   `json:"from"`
	To       field.Login   `json:"to"`
	Since    field.Instant `json:"since"`
	Until    field.Instant `json:"until"`
	Services []string      `json:"services,omitempty"`
	Levels   []field.Level `json:"levels,omitempty"`
}

func (c cast) group(name string) (castGroup, bool) {
	i := slices.IndexFunc(c.Groups, func(g castGroup) bool { return g.Name == name })
	if i < 0 {
		return castGroup{}, false
	}
	return c.Groups[i], true
}

func (c cast) Members(name string) (people []field.Login, teams []string, ok bool) {
	g, ok := c.group(name)
	people, teams = slices.Clone(g.Members), slices.Clone(g.Teams)
	for _, inner := range g.Groups {
		p, t, _ := c.Members(inner)
		people, teams = append(people, p...), append(teams, t...)
	}
	return people, teams, ok
}

func (c cast) Private(name string) bool {
	g, ok := c.group(name)
	return g.Private || !ok
}

func (c cast) OwnerOf(service string) string { return c.Owners[service] }

func (c cast) Delegations(name string) (out []Delegation) {
	g, _ := c.group(name)
	for _, d := range g.Delegations {
		out = append(out, Delegation{d.From, d.To, d.Since.Time, d.Until.Time, d.Services, d.Levels})
	}
	for _, inner := range g.Groups {
		out = append(out, c.Delegations(inner)...)
	}
	return out
}

// decode reads a file of testdata as strictly as a user's.
func decode(t testing.TB, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, found := yamldoc.Parse(path, b, yamldoc.Standard())
	if doc != nil {
		found = yamldoc.Decode(doc, into)
	}
	for _, f := range found {
		if f.Code != "MS013" {
			t.Errorf("%s: %s", f.At, f.Message)
		}
	}
}

func theCast(t testing.TB) (c cast) {
	decode(t, "testdata/cast.yaml", &c)
	if len(c.Groups) == 0 {
		t.Fatal("nobody is there")
	}
	return c
}

// needWords reads what a case asks for, such as "2 of cab or sre in stage 2".
func needWords(t rapid.TB, text string) (r Requirement) {
	t.Helper()
	text, stage, staged := strings.Cut(text, " in stage ")
	if staged {
		if _, err := fmt.Sscan(stage, &r.Stage); err != nil {
			t.Fatal(err)
		}
	}
	count, whom, _ := strings.Cut(text, " ")
	switch {
	case text == "code owners":
		r.Codeowners, count = true, "1"
	case strings.HasPrefix(text, "owner of "):
		r.OwnersOf, count = strings.Split(strings.TrimPrefix(text, "owner of "), " and "), "1"
	case whom == "peer" || whom == "peers":
		r.Peer = true
	case strings.Contains(whom, " or "):
		r.AnyOf = strings.Split(strings.TrimPrefix(whom, "of "), " or ")
	default:
		r.Group = strings.TrimPrefix(whom, "of ")
	}
	if err := r.Count.ParseScalar(count); err != nil {
		t.Fatal(err)
	}
	r.Reason, r.Code = "the case asks for it", "MS311"
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	return r
}

// reviewWords reads a review, such as "bob approves older".
func reviewWords(t rapid.TB, i int, text string) evidence.Review {
	t.Helper()
	words := strings.Fields(strings.Replace(text, "is dismissed", "dismissed", 1))
	r := evidence.Review{
		ID: int64(100 + i), By: field.Login(words[0]), Type: "User", Permission: evidence.CanWrite, Commit: headSHA,
		SubmittedAt: field.Instant{Time: time.Date(2026, 11, 20, 10, i, 0, 0, time.UTC)},
	}
	states := map[string]evidence.State{"approves": evidence.Approved, "objects": evidence.ChangesRequested, "comments": evidence.Commented, "dismissed": evidence.Dismissed}
	r.State = states[words[1]]
	for _, w := range words[2:] {
		switch {
		case w == "older":
			r.Commit = olderSHA
		case w == "kept":
			r.Commit = keptSHA
		case w == "bot":
			r.Type = "Bot"
		case r.Permission.ParseScalar(w) != nil:
			t.Fatalf("%q: what is %q", text, w)
		}
	}
	if r.State == evidence.NoState {
		t.Fatalf("%q says nothing", text)
	}
	return r
}

// binding is what the caller finds when it compares files.
func binding(commit string) Binding {
	switch commit {
	case headSHA:
		return AtHead
	case keptSHA:
		return Unchanged
	}
	return Stale
}

// document is evidence about alice's pull request with these reviews.
func document(reviews ...evidence.Review) *evidence.Document {
	alice := field.Login("alice")
	return &evidence.Document{
		Version: evidence.Version, Reviews: reviews,
		PullRequest: evidence.PullRequest{
			Author: alice, Head: headSHA, Pushers: []field.Login{alice},
			Commits: []evidence.Commit{{SHA: headSHA, Author: &alice, Committer: &alice}},
		},
	}
}
