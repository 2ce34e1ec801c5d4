package judge

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/agenda"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// slopCommits is how many more commits are visited after one that is too old:
// committers' clocks differ.
const slopCommits = 64

// Decisions lists what commits of the base's first-parent line did to records
// from one instant to another, by time. Reviews come from the documents whose
// pull request a commit names or merges. The error wraps tree.ErrShallow where
// this clone does not reach back far enough.
func (out *Outlook) Decisions(repo Repo, since, until time.Time, zone *time.Location, documents []*evidence.Document) ([]agenda.Decision, error) {
	list := []agenda.Decision{}
	if out.Base == "" {
		return list, nil
	}
	all, err := repo.Commits("", out.Base)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	commits := make(map[string]tree.Commit, len(all))
	for _, c := range all {
		commits[c.ID] = c
	}
	old := 0
	for c, ok := commits[out.Base]; ok && old <= slopCommits; {
		switch at := c.CommitterTime; {
		case at.Before(since):
			old++
		case at.Before(until) || at.Equal(until):
			more, err := out.decided(repo, c, zone, documents)
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
		if len(c.Parents) == 0 {
			break
		}
		c, ok = commits[c.Parents[0]]
	}
	slices.SortStableFunc(list, func(a, b agenda.Decision) int {
		return cmp.Or(a.At.Compare(b.At.Time), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Commit, b.Commit))
	})
	return list, nil
}

// decided is what one commit did to records.
func (out *Outlook) decided(repo Repo, c tree.Commit, zone *time.Location, documents []*evidence.Document) ([]agenda.Decision, error) {
	now, err := repo.Tree(c.ID)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", c.ID, err)
	}
	before := tree.Tree(empty{})
	if len(c.Parents) > 0 {
		if before, err = repo.Tree(c.Parents[0]); err != nil {
			return nil, fmt.Errorf("read commit %s: %w", c.Parents[0], err)
		}
	}
	changes, err := changesOf(repo, before, now)
	if err != nil {
		return nil, fmt.Errorf("compare commit %s with its parent: %w", c.ID, err)
	}
	var list []agenda.Decision
	for _, x := range changes {
		if !isRecord(out.Law, x.Path) {
			continue
		}
		var was, is *change.File
		if x.Kind != tree.Added {
			if was, err = readRecord(before, x.Path); err != nil {
				return nil, err
			}
		}
		if x.Kind != tree.Deleted {
			if is, err = readRecord(now, x.Path); err != nil {
				return nil, err
			}
		}
		r := was
		if is != nil {
			r = is
		}
		subject, _, _ := strings.Cut(c.Message, "\n")
		d := agenda.Decision{
			ID: change.Redact(cmp.Or(r.Record.ID, x.Path)), Title: oneLine(r.Record.Title), What: did(change.Classify(was, is).Class, &r.Record),
			At: field.Instant{Time: c.CommitterTime.In(zone)}, Commit: c.ID, By: oneLine(c.CommitterName), Subject: oneLine(subject),
			Reviews: reviewsOf(c, documents), Conditions: []string{},
		}
		for _, a := range agenda.Pending(&r.Record, out.Done) {
			d.Conditions = append(d.Conditions, a.Title)
		}
		list = append(list, d)
	}
	return list, nil
}

// changesOf compares two trees; everything is new where there was none.
func changesOf(repo Repo, before, now tree.Tree) ([]tree.FileChange, error) {
	if _, none := before.(empty); !none {
		return repo.Diff(before, now)
	}
	entries, err := now.Entries("")
	if err != nil {
		return nil, err
	}
	var out []tree.FileChange
	for _, e := range entries {
		out = append(out, tree.FileChange{Path: e.Path, Kind: tree.Added, NewMode: e.Mode, NewBlob: e.Blob})
	}
	return out, nil
}

// empty is the tree before the first commit.
type empty struct{}

func (empty) ID() string                           { return "" }
func (empty) Entries(string) ([]tree.Entry, error) { return nil, nil }
func (empty) Entry(p string) (tree.Entry, error) {
	return tree.Entry{}, fmt.Errorf("find %s: %w", p, tree.ErrNotFound)
}
func (empty) Read(p string, _ int64) ([]byte, error) {
	return nil, fmt.Errorf("read %s: %w", p, tree.ErrNotFound)
}

// did is what a commit did to a record, as people say it.
func did(c change.Class, r *change.Record) string {
	switch c {
	case change.ClassNew:
		if r.Type == change.Registration {
			return "recorded"
		}
		return "approved"
	case change.ClassMaterial:
		return "amended"
	case change.ClassEditorial:
		return "edited"
	case change.ClassClosure:
		return "closed"
	case change.ClassWithdrawal:
		return "withdrawn"
	case change.ClassRemoval:
	}
	return "removed"
}

// mergeNames are how forges name the pull request in the subject of the commit
// that merges it: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
var mergeNames = regexp.MustCompile(`^Merge pull request #([0-9]{1,9}) |\(#([0-9]{1,9})\)$`)

// reviewsOf are the decisive reviews of the pull request that a commit merged.
func reviewsOf(c tree.Commit, documents []*evidence.Document) []agenda.Review {
	subject, _, _ := strings.Cut(c.Message, "\n")
	number := ""
	if m := mergeNames.FindStringSubmatch(strings.TrimSpace(subject)); m != nil {
		number = m[1] + m[2]
	}
	out := []agenda.Review{}
	for _, d := range documents {
		pr := d.PullRequest
		if !slices.Contains(append(slices.Clone(c.Parents), c.ID), pr.Head) && (number == "" || strconv.FormatInt(pr.Number, 10) != number) {
			continue
		}
		for _, r := range d.Reviews {
			if r.State == evidence.Approved || r.State == evidence.ChangesRequested {
				out = append(out, agenda.Review{By: string(r.By), State: r.State.String(), At: r.SubmittedAt, Commit: r.Commit})
			}
		}
	}
	return out
}
