package evidence

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gowebpki/jcs"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// digits is a number as text, "" for none.
func digits(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// Settled is a copy with its lists in order, each entry once, and its instants
// in UTC. Who pushed when keeps its order: it says who was last.
func (d *Document) Settled() *Document {
	out := *d
	p := &out.PullRequest
	p.Labels = ordered(p.Labels)
	p.Pushers = optional(slices.Clone(p.Pushers))
	if !p.BaseChangedAt.IsZero() {
		p.BaseChangedAt = field.Instant{Time: p.BaseChangedAt.UTC()}
	}
	p.Commits = append([]Commit{}, p.Commits...)
	for i, c := range p.Commits {
		p.Commits[i].CoAuthors = optional(people(c.CoAuthors))
	}
	slices.SortFunc(p.Commits, func(a, b Commit) int { return cmp.Compare(a.SHA, b.SHA) })
	out.Reviews = append([]Review{}, d.Reviews...)
	for i, r := range out.Reviews {
		out.Reviews[i].SubmittedAt = field.Instant{Time: r.SubmittedAt.UTC()}
	}
	slices.SortFunc(out.Reviews, func(a, b Review) int { return cmp.Compare(a.ID, b.ID) })
	out.Teams = nil
	for _, name := range slices.Sorted(maps.Keys(d.Teams)) {
		if out.Teams == nil {
			out.Teams = map[string]Team{}
		}
		out.Teams[name] = Team{Members: people(d.Teams[name].Members)}
	}
	out.OpenPullRequests = optional(slices.Clone(d.OpenPullRequests))
	for i, o := range out.OpenPullRequests {
		out.OpenPullRequests[i].Records = ordered(o.Records)
	}
	slices.SortFunc(out.OpenPullRequests, func(a, b Open) int { return cmp.Compare(a.Number, b.Number) })
	return &out
}

// optional makes an empty list none at all: both mean the same.
func optional[T any](l []T) []T {
	if len(l) == 0 {
		return nil
	}
	return l
}

func ordered(l []string) []string {
	return optional(slices.Compact(slices.Sorted(slices.Values(l))))
}

// people are logins in order, each account once. There is always a list.
func people(l []field.Login) []field.Login {
	out := append([]field.Login{}, l...)
	slices.SortFunc(out, func(a, b field.Login) int {
		return cmp.Or(strings.Compare(a.Fold(), b.Fold()), strings.Compare(string(a), string(b)))
	})
	return slices.CompactFunc(out, field.Login.Same)
}

// Canonical is the one byte form of what the document says (RFC 8785), whatever
// the order it was written in. Read takes it back to the same value.
func (d *Document) Canonical() ([]byte, error) {
	raw, err := json.Marshal(d.Settled())
	if err != nil {
		return nil, fmt.Errorf("encode evidence: %w", err)
	}
	out, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("encode evidence: %w", err)
	}
	return out, nil
}

// JSON is the document for people and files: indented, with a final newline.
func (d *Document) JSON() ([]byte, error) {
	raw, err := json.Marshal(d.Settled())
	if err != nil {
		return nil, fmt.Errorf("encode evidence: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("indent evidence: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// Digest is "sha256:" and the hex SHA-256 of the canonical form.
func (d *Document) Digest() (string, error) {
	b, err := d.Canonical()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Against holds the document against the commits that are judged: head, and
// the full SHAs of the commits that git says it brings. Evidence about another
// head, or about fewer commits, says nothing about who had a hand in this one.
// Without commits the list is not compared.
func (d *Document) Against(head string, commits []string) diag.List {
	var found diag.List
	add := func(hint, format string, args ...any) {
		f := diag.New("MS612", source.Range{}, format, args...).WithHint("%s", hint)
		f.Undecided = true
		found = append(found, f)
	}
	if d.PullRequest.Head != head {
		hint := "collect the evidence again"
		if len(head) < 40 {
			hint = "commit first, and judge the commit with --head: evidence is about commits"
		}
		add(hint, "the evidence is about the head %s, judged is %s", short(d.PullRequest.Head), short(head))
		return found
	}
	known := map[string]bool{}
	for _, c := range d.PullRequest.Commits {
		known[c.SHA] = true
	}
	for _, sha := range slices.Compact(slices.Sorted(slices.Values(commits))) {
		if !known[sha] && len(found) < maxOfAKind {
			add("list every commit of the pull request", "the evidence does not say who wrote the commit %s", short(sha))
		}
	}
	return found
}

// Unattributed finds the commits without an account (threat T21): nobody knows
// whom to exclude because of them. One finding for each, of severity error.
func (d *Document) Unattributed() diag.List {
	var found diag.List
	for _, c := range d.Settled().PullRequest.Commits {
		role := ""
		switch {
		case c.Author == nil:
			role = "author"
		case c.Committer == nil:
			role = "committer"
		default:
			continue
		}
		found = append(found, diag.New("MS613", source.Range{}, "the %s of commit %s has no account", role, short(c.SHA)).
			WithHint("commit with an e-mail address that the forge knows, or add the address to the account"))
	}
	return found
}

// UnknownPusher notes that the document leaves out who pushed last.
func (d *Document) UnknownPusher() diag.List {
	if len(d.PullRequest.Pushers) > 0 {
		return nil
	}
	return diag.List{diag.New("MS615", source.Range{}, "the evidence does not say who pushed last, so that nobody is excluded for it").
		WithHint("let the token read the repository's activity")}
}

func short(sha string) string {
	if len(sha) < 40 {
		return sha
	}
	return sha[:7]
}
