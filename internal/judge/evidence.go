package judge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// people is what the evidence and the laws of two commits say about people.
type people struct {
	digest      string
	coAuthors   []field.Login // named by trailers that the evidence leaves out
	added, left map[string][]field.Login

	bound sync.Map // commit → approval.Binding; the same review counts for several requirements
}

// holdEvidence holds the evidence against the commits that are judged. Its
// head must be the head: what people said of another one is not about this.
func (r *run) holdEvidence() (diag.List, error) {
	d := r.Evidence
	if d.Repository != "" {
		r.ground.subject.Repository = d.Repository
	}
	r.ground.subject.PullRequest = int(d.PullRequest.Number)
	r.people = &people{}
	var err error
	if r.people.digest, err = d.Digest(); err != nil {
		return nil, fmt.Errorf("digest evidence: %w", err)
	}
	if r.Repo == nil || !r.ground.hasBase {
		return d.Against(r.ground.subject.Head, nil), nil
	}
	if found := r.sameBase(); found != nil {
		return found, nil
	}
	if err := r.cleanHead(); err != nil {
		return nil, err
	}
	head := r.ground.subject.Head
	if head == Worktree {
		return d.Against(head, nil), nil
	}
	commits, err := r.Repo.Commits(r.ground.subject.MergeBase, head)
	if errors.Is(err, tree.ErrShallow) {
		return diag.List{{Code: "MS601", Severity: diag.Error, Message: err.Error(), Hint: "fetch the whole history: fetch-depth: 0"}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list commits of the change: %w", err)
	}
	ids := make([]string, len(commits))
	for i, c := range commits {
		ids[i] = c.ID
		r.people.coAuthors = append(r.people.coAuthors, trailers(c.Message)...)
	}
	return d.Against(head, ids), nil
}

// sameBase holds the evidence's base against the one that is judged (T07):
// approvals on the way into a lax branch are none for this one, and a branch
// whose history has another base is another branch.
func (r *run) sameBase() diag.List {
	pr, base := r.Evidence.PullRequest, r.ground.subject
	refuse := func(format string, args ...any) diag.List {
		return diag.List{diag.New("MS612", source.Range{}, format, args...).
			WithHint("gather the evidence again, or name its base with --base")}
	}
	if pr.Base != "" {
		if at, err := r.Repo.MergeBase(pr.Base, base.Base); err != nil || at != pr.Base {
			return refuse("the evidence is about the base %s, which the base judged does not hold", diag.Quote(pr.Base))
		}
	}
	if pr.BaseRef == "" || branch(pr.BaseRef) == branch(base.BaseRef) {
		return nil
	}
	if strings.HasPrefix(base.BaseRef, "refs/") {
		return refuse("the evidence is about a pull request into %s, and %s is the base here", diag.Quote(pr.BaseRef), base.BaseRef)
	}
	// The base was named by its commit: it must lie on the evidence's branch.
	name := branch(pr.BaseRef)
	for _, ref := range []string{"refs/heads/" + name, "refs/remotes/origin/" + name} {
		tip, err := r.Repo.Resolve(ref)
		if err != nil {
			continue
		}
		if at, err := r.Repo.MergeBase(tip, base.Base); err == nil && at == base.Base {
			return nil
		}
	}
	return refuse("the evidence is about a pull request into %s, which the base judged is not known to lie on", diag.Quote(pr.BaseRef))
}

// sameRepository holds the evidence's repository against what the law says
// this one is (T37).
func (r *run) sameRepository() diag.List {
	if r.Evidence == nil || r.Evidence.Repository == "" {
		return nil
	}
	for _, here := range []string{r.law.Config.Repository, r.Repository} {
		if here != "" && field.Fold(here) != field.Fold(r.Evidence.Repository) {
			return diag.List{diag.New("MS612", source.Range{}, "the evidence is about the repository %s, and this is %s", diag.Quote(r.Evidence.Repository), here).
				WithHint("gather the evidence of this repository")}
		}
	}
	return nil
}

// branch is a branch's name without where it is kept.
func branch(ref string) string {
	if name, ok := strings.CutPrefix(ref, "refs/remotes/"); ok {
		_, name, _ = strings.Cut(name, "/")
		return name
	}
	return strings.TrimPrefix(ref, "refs/heads/")
}

// cleanHead takes a working tree without changes for the commit it shows.
func (r *run) cleanHead() error {
	if r.ground.subject.Head != Worktree {
		return nil
	}
	id, err := r.Repo.Resolve("HEAD")
	if err != nil {
		return fmt.Errorf("find HEAD: %w", err)
	}
	t, err := r.Repo.Tree(id)
	if err != nil {
		return fmt.Errorf("read HEAD: %w", err)
	}
	changes, err := r.Repo.Diff(t, r.ground.head)
	if err != nil {
		return fmt.Errorf("compare HEAD and the working tree: %w", err)
	}
	if len(changes) == 0 {
		r.ground.subject.Head, r.ground.head = id, t
	}
	return nil
}

// trailers are the accounts that a commit's message names as co-authors or
// signers by the forge's own addresses.
func trailers(message string) []field.Login {
	var out []field.Login
	for _, address := range evidence.Bylines(message) {
		if who, ok := evidence.Noreply(address); ok {
			out = append(out, who)
		}
	}
	return out
}

// question is what approval is asked about some requirements.
func (r *run) question(needed []approval.Requirement, f *facts) (approval.Question, error) {
	q := approval.Question{Requirements: needed, Groups: r.law.Groups, Evidence: r.Evidence, At: r.Now, Codeowners: r.owners}
	kinds, err := approval.ParseKinds(r.law.Config.Approvals.Exclude)
	if err != nil {
		return q, fmt.Errorf("read approvals.exclude: %w", err)
	}
	q.Exclude = kinds
	if f != nil && f.input != nil {
		q.Owner, q.Implementers = f.record.Owner, f.record.Implementers
		if f.input.Risk != nil {
			q.Level = f.input.Risk.Level
		}
		for _, s := range f.input.Services {
			q.Services = append(q.Services, s.Name)
		}
	}
	if r.people == nil {
		return q, nil
	}
	q.CoAuthors, q.Added, q.Left = r.people.coAuthors, r.people.added, r.people.left
	q.Binding = r.binding
	return q, nil
}

// binding says what a review given for a commit is worth at the head: all of
// it for the head itself, and as much where every file that the change touches,
// then or now, is the same in both, as after a pure update from the base. No
// parent and no date is looked at.
func (r *run) binding(commit string) approval.Binding {
	if commit == r.ground.subject.Head {
		return approval.AtHead
	}
	if b, ok := r.people.bound.Load(commit); ok {
		return b.(approval.Binding)
	}
	b := approval.Stale
	if same, err := r.sameWork(commit); err == nil && same {
		b = approval.Unchanged
	}
	r.people.bound.Store(commit, b)
	return b
}

func (r *run) sameWork(commit string) (bool, error) {
	then, err := r.Repo.Tree(commit)
	if err != nil {
		return false, err
	}
	parted, err := r.Repo.MergeBase(r.ground.subject.Base, commit)
	if err != nil {
		return false, err
	}
	from, err := r.Repo.Tree(parted)
	if err != nil {
		return false, err
	}
	before, err := r.Repo.Diff(from, then)
	if err != nil {
		return false, err
	}
	for _, c := range slices.Concat(before, r.ground.diff) {
		a, errA := then.Entry(c.Path)
		b, errB := r.ground.head.Entry(c.Path)
		gone := errors.Is(errA, tree.ErrNotFound) && errors.Is(errB, tree.ErrNotFound)
		if !gone && (errA != nil || errB != nil || a.Blob != b.Blob || a.Mode != b.Mode) {
			return false, nil
		}
	}
	return true, nil
}

// membership compares the groups in force with those of the head, and with
// those where the branch began: people whom this change adds do not count, and
// people who left since are told so.
func (r *run) membership() error {
	if r.people == nil || r.ground.old == nil {
		return nil
	}
	head, err := groupsOf(r.ground.head)
	if err != nil {
		return err
	}
	began, err := groupsOf(r.ground.old)
	if err != nil {
		return err
	}
	r.people.added, r.people.left = more(r.law.Groups, head), more(r.law.Groups, began)
	return nil
}

func groupsOf(t tree.Tree) (*law.Groups, error) {
	l, _, err := law.Load(&treeFiles{tree: t, read: map[string][]byte{}})
	if errors.Is(err, law.ErrNoConfig) || err == nil && l == nil {
		return nil, nil //nolint:nilnil // no groups at all
	}
	if err != nil {
		return nil, fmt.Errorf("read groups: %w", err)
	}
	return l.Groups, nil
}

// more are the people of other's groups who are not in ours.
func more(ours, other *law.Groups) map[string][]field.Login {
	out := map[string][]field.Login{}
	for _, name := range other.Names() {
		have, _, _ := ours.Members(name)
		theirs, _, _ := other.Members(name)
		for _, p := range theirs {
			if !slices.ContainsFunc(have, p.Same) {
				out[name] = append(out[name], p)
			}
		}
	}
	return out
}

// pullRequest is what policies see of it.
func (r *run) pullRequest() *verdict.PullRequest {
	out := &verdict.PullRequest{Base: r.ground.subject.Base, Head: r.ground.subject.Head, Labels: []string{}}
	if d := r.Evidence; d != nil {
		out.Number, out.Author, out.Draft = int(d.PullRequest.Number), string(d.PullRequest.Author), d.PullRequest.Draft
		out.Labels = nonNil(d.PullRequest.Labels)
	}
	return out
}

// reviews are what policies see of them, each with the reviewer's groups.
func (r *run) reviews() []verdict.Review {
	out := []verdict.Review{}
	if r.Evidence == nil {
		return out
	}
	for _, v := range r.Evidence.Reviews {
		in := []string{}
		for _, name := range r.law.Groups.Names() {
			if members, _, _ := r.law.Groups.Members(name); slices.ContainsFunc(members, v.By.Same) {
				in = append(in, name)
			}
		}
		out = append(out, verdict.Review{By: string(v.By), State: v.State.String(), Commit: v.Commit, Groups: in})
	}
	return out
}

// granted marks the freezes whose exception has its approval.
func granted(hits []schedule.FreezeHit, requirements []approval.Status) []schedule.FreezeHit {
	out := slices.Clone(hits)
	for i := range out {
		met := slices.ContainsFunc(requirements, func(s approval.Status) bool {
			return s.Code == "MS312" && s.Missing == 0 && s.Group == out[i].Owners && strings.Contains(s.Reason, out[i].ID)
		})
		if out[i].Exception == "asked" && met {
			out[i].Exception = "granted"
		}
	}
	return nonNil(out)
}

// delegationEdge is when a delegation begins or ends.
func delegationEdge(at time.Time) []schedule.Edge {
	if at.IsZero() {
		return nil
	}
	return []schedule.Edge{{At: at, Why: "a delegation begins or ends"}}
}
