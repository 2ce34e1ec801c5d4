package approval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

// ballot is one person's decisive review.
type ballot struct {
	review evidence.Review
	fold   string
	// barred says why nothing this person says counts: a bot, excluded,
	// without permission. "" for nothing.
	barred string
	// void says why the review approves nothing although its author might.
	void string
}

// valid reports whether the review approves.
func (b ballot) valid() bool { return b.barred == "" && b.void == "" }

// objects reports whether it asks for changes and may do so. A request stands
// until it is taken back, whatever is pushed after it.
func (b ballot) objects() bool {
	return b.barred == "" && b.review.State == evidence.ChangesRequested
}

// why is why the review approves nothing.
func (b ballot) why() string { return cmp.Or(b.barred, b.void) }

func (q *Question) ballots() (list []ballot, ignored []Ignored) {
	reviews := slices.Clone(q.Evidence.Reviews)
	slices.SortFunc(reviews, func(a, b evidence.Review) int {
		return cmp.Or(a.SubmittedAt.Compare(b.SubmittedAt.Time), cmp.Compare(a.ID, b.ID))
	})
	latest := map[string]int{} // person → index in reviews
	for i, r := range reviews {
		switch r.State {
		case evidence.Approved, evidence.ChangesRequested, evidence.Dismissed:
			latest[r.By.Fold()] = i
		case evidence.Commented, evidence.NoState:
		}
	}
	excluded := q.excluded()
	for i, r := range reviews {
		last, decides := latest[r.By.Fold()]
		if !decides || last != i {
			why := "a later review decides"
			if r.State == evidence.Commented || r.State == evidence.NoState {
				why = "a comment decides nothing"
			}
			ignored = append(ignored, Ignored{r.ID, string(r.By), why})
			continue
		}
		b := ballot{review: r, fold: r.By.Fold()}
		b.barred = q.barred(r, excluded)
		b.void = q.void(r)
		if !b.valid() {
			ignored = append(ignored, Ignored{r.ID, string(r.By), b.why()})
		}
		list = append(list, b)
	}
	slices.SortFunc(ignored, func(a, b Ignored) int { return cmp.Compare(a.ID, b.ID) })
	return list, ignored
}

// barred says why a person's reviews never count here, or "".
func (q *Question) barred(r evidence.Review, excluded map[string]string) string {
	trusted := slices.ContainsFunc(q.Bots, r.By.Same)
	switch {
	case !trusted && (r.Type != "User" || strings.HasSuffix(r.By.Fold(), "[bot]")):
		return "a bot"
	case excluded[r.By.Fold()] != "":
		return excluded[r.By.Fold()]
	case r.Permission < evidence.CanWrite:
		return "may not write here"
	}
	return ""
}

// void says why a review approves nothing, or "".
func (q *Question) void(r evidence.Review) string {
	switch r.State {
	case evidence.ChangesRequested:
		return "requests changes"
	case evidence.Dismissed:
		return "dismissed"
	case evidence.Commented, evidence.NoState:
		return "a comment decides nothing"
	case evidence.Approved:
	}
	// The very second belongs to before: the forge's clock ticks no finer (T07).
	if changed := q.Evidence.PullRequest.BaseChangedAt; !changed.IsZero() && !r.SubmittedAt.After(changed.Time) {
		return "approved before the base changed"
	}
	head := q.Evidence.PullRequest.Head
	binding := Stale
	switch {
	case r.Commit == head:
		binding = AtHead
	case q.Binding != nil:
		binding = q.Binding(r.Commit)
	}
	if binding != AtHead && binding != Unchanged {
		return fmt.Sprintf("approved %s, the head is %s", short(r.Commit), short(head))
	}
	return ""
}

func short(sha string) string { return sha[:min(len(sha), 7)] }

// excluded maps everybody who never approves to the first reason there is.
func (q *Question) excluded() map[string]string {
	out := map[string]string{}
	add := func(k Kind, why string, people ...field.Login) {
		if !slices.Contains(q.Exclude, k) {
			return
		}
		for _, p := range people {
			if p != "" && out[p.Fold()] == "" {
				out[p.Fold()] = why
			}
		}
	}
	var authors, committers, coAuthors []field.Login
	pr := q.Evidence.PullRequest
	for _, c := range pr.Commits {
		if c.Author != nil {
			authors = append(authors, *c.Author)
		}
		if c.Committer != nil {
			committers = append(committers, *c.Committer)
		}
		coAuthors = append(coAuthors, c.CoAuthors...)
	}
	add(Author, "author", pr.Author)
	add(Committers, "wrote a commit", authors...)
	add(Committers, "committed", committers...)
	add(CoAuthors, "co-author", append(coAuthors, q.CoAuthors...)...)
	if n := len(pr.Pushers); n > 0 {
		add(Pusher, "pushed last", pr.Pushers[n-1])
	}
	add(Owner, "owner of the change", q.Owner)
	add(Implementers, "implements the change", q.Implementers...)
	return out
}
