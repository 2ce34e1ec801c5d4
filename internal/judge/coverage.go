package judge

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// work is the diff besides records: what the change really does.
type work struct {
	facts   verdict.Diff
	touched []law.Touched // services whose paths the diff touches
	covered []string      // changed paths that coverage names
	diff    risk.Diff
}

// diffFacts describes the diff, records left out.
func (r *run) diffFacts() (*work, error) {
	w := &work{facts: verdict.Diff{Given: r.ground.hasBase, Paths: []string{}, Kinds: map[string]int{}}}
	var files []risk.DiffFile
	for _, c := range r.ground.diff {
		if isRecord(r.law, c.Path) {
			continue
		}
		n, err := r.Repo.Lines(c, r.ground.head)
		if err != nil {
			return nil, fmt.Errorf("count lines of %s: %w", c.Path, err)
		}
		w.facts.Files++
		w.facts.Added += n.Added
		w.facts.Deleted += n.Deleted
		w.facts.Paths = append(w.facts.Paths, c.Path)
		files = append(files, risk.DiffFile{Path: c.Path, Added: n.Added,
			Unknown: c.Kind != tree.Deleted && (n.Binary || c.NewMode == tree.ModeSubmodule)})
		if len(r.law.CoverageFor(c.Path)) > 0 {
			w.covered = append(w.covered, c.Path)
		}
	}
	// A head that brings a record and nothing else says nothing about the
	// work: it counts as no diff at all, not as a small one.
	if len(files) > 0 {
		w.diff = risk.Measure(files)
		w.facts.Kinds = w.diff.Kinds
	}
	w.touched = r.law.Services.Derive(w.facts.Paths)
	for _, t := range w.touched {
		w.facts.ServicesDerived = append(w.facts.ServicesDerived, t.Service)
	}
	w.facts.LawTouched = r.law.TouchesLaw(w.facts.Paths)
	models, err := r.modelsTouched(w.facts.Paths)
	if err != nil {
		return nil, err
	}
	w.facts.ModelsTouched = models
	return w, nil
}

// trailer is how a commit names the record that its work belongs to.
var trailer = regexp.MustCompile(`(?m)^Change: *([A-Z][A-Z0-9]*-[0-9A-Za-z-]+)[ \t]*$`)

// named finds the base's open records that trailers of this head's commits
// name, and adds them to what is judged.
func (r *run) named(rec *records) error {
	if !r.ground.hasBase || len(r.law.Config.Coverage) == 0 {
		return nil
	}
	head := r.ground.subject.Head
	if head == Worktree {
		var err error
		if head, err = r.Repo.Resolve("HEAD"); errors.Is(err, tree.ErrNotFound) {
			return nil // a branch without commits has no trailers
		} else if err != nil {
			return fmt.Errorf("find HEAD: %w", err)
		}
	}
	commits, err := r.Repo.Commits(r.ground.subject.MergeBase, head)
	if err != nil {
		return fmt.Errorf("list commits of the change: %w", err)
	}
	ids := map[string]*subject{}
	for _, c := range commits {
		for _, m := range trailer.FindAllStringSubmatch(lastParagraph(c.Message), -1) {
			ids[field.Fold(m[1])] = &subject{}
		}
	}
	if err := r.readFar(rec, func(p string) bool { return couldBe(p, ids) }); err != nil {
		return err
	}
	before := len(rec.subjects)
	defer func() {
		slices.SortFunc(rec.subjects[before:], func(a, b *subject) int { return strings.Compare(a.path, b.path) })
	}()
	for _, o := range rec.others {
		id := field.Fold(o.file.Record.ID)
		if o.tentative || ids[id] == nil || o.file.Found.Errors() || !open(&o.file.Record) || o.file.Record.Type == change.Registration ||
			slices.ContainsFunc(rec.subjects, func(s *subject) bool { return field.Fold(s.id()) == id }) {
			continue
		}
		rec.subjects = append(rec.subjects, &subject{path: o.file.Path, file: o.file, fromBase: true,
			amend: change.Amendment{Class: change.ClassNew}})
	}
	return nil
}

// lastParagraph is where trailers stand: https://git-scm.com/docs/git-interpret-trailers
func lastParagraph(message string) string {
	message = strings.TrimRight(strings.ReplaceAll(message, "\r\n", "\n"), "\n ")
	return message[strings.LastIndex(message, "\n\n")+1:]
}

// open reports whether a record still allows work.
func open(rec *change.Record) bool {
	return rec.Outcome == nil && rec.Canceled == nil && rec.Hold == nil
}

// uncovered lists the changed paths that coverage names and no record covers.
func (r *run) uncovered(rec *records, w *work) []verdict.Uncovered {
	var out []verdict.Uncovered
	for _, p := range w.facts.Paths {
		for _, c := range r.law.CoverageFor(p) {
			touched := servicesOf(p, w.touched)
			if slices.ContainsFunc(rec.subjects, func(s *subject) bool {
				// A record of earlier must name what is touched. One that comes with the
				// work is told when it names too little, by its own rule.
				return covers(s, c) && (!s.fromBase || includes(s.file.Record.Services, touched))
			}) {
				continue
			}
			need := "a record"
			if len(c.Services) > 0 {
				need += " for " + strings.Join(c.Services, ", ")
			}
			if len(c.Environments) > 0 {
				need += " in " + strings.Join(c.Environments, ", ")
			}
			out = append(out, verdict.Uncovered{Path: p, Services: c.Services, Why: "needs " + need})
		}
	}
	return out
}

// servicesOf are the services that a changed path belongs to.
func servicesOf(p string, touched []law.Touched) []string {
	var out []string
	for _, t := range touched {
		if slices.Contains(t.Paths, p) {
			out = append(out, t.Service)
		}
	}
	return out
}

// covers reports whether a judged record stands for work in a covered place. A
// registration never does, nor does a record that is only amended, on hold,
// canceled or closed.
func covers(s *subject, c law.Coverage) bool {
	return s.stands() && includes(s.file.Record.Services, c.Services) && includes(s.file.Record.Environments, c.Environments)
}

// stands reports whether a record stands for work at all: it is judged from the
// start, needs approval of some kind, and still allows work.
func (s *subject) stands() bool {
	return s.file != nil && s.full() && s.file.Record.Type != change.TypeNone && s.file.Record.Type != change.Registration && open(&s.file.Record)
}

// includes reports whether have holds all of want.
func includes(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}
