package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// closing is a record on its way to its end, and what a person is told of it.
type closing struct {
	ID          string   `json:"id"`
	Path        string   `json:"path"`
	Result      string   `json:"result"`
	Start       string   `json:"start,omitempty"`
	StartFrom   string   `json:"start_from,omitempty"`
	End         string   `json:"end,omitempty"`
	EndFrom     string   `json:"end_from,omitempty"`
	Class       string   `json:"class"`
	Edited      bool     `json:"edited"` // the file here
	Branch      string   `json:"branch"`
	PullRequest *pullRef `json:"pull_request,omitempty"`
	Next        []string `json:"next"`

	before *change.File
	text   []byte // of the record as it will be
	notes  string
	caused []string
}

// pullRef is a pull request that was opened, or was there.
type pullRef struct {
	Number int64  `json:"number"`
	URL    string `json:"url"`
	Opened bool   `json:"opened"`
}

// close works out the record's new text. Nothing is written; findings are why
// there is none.
func (g *global) close(ctx context.Context, o outcomeOptions, t tree.Tree) (*closing, diag.List, error) {
	now, _, err := g.clock()
	if err != nil {
		return nil, nil, err
	}
	f, found, err := record(t, o.ID)
	if err != nil {
		return nil, nil, err
	}
	c := &closing{before: f}
	if len(found) > 0 {
		return c, found, nil
	}
	c.ID, c.Path, c.Branch, c.Next = f.Record.ID, f.Path, "outcome/"+f.Record.ID, []string{}
	if found = closable(f, o, now); len(found) > 0 {
		return c, found, nil
	}
	if found, err = g.fill(ctx, o, c, now); err != nil || len(found) > 0 {
		return c, found, err
	}
	edits, err := c.edits(o, now)
	if err != nil {
		return c, nil, err
	}
	text, err := splice.Apply(f.Source, edits)
	if err != nil {
		return c, nil, failed(fmt.Errorf("edit %s: %w", c.Path, err))
	}
	c.text = text
	after := change.Parse(f.Path, "", text)
	if after.Found.Errors() {
		return c, slices.DeleteFunc(after.Found, func(x diag.Finding) bool { return x.Severity != diag.Error }), nil
	}
	if found = future(after, now); len(found) > 0 {
		return c, found, nil
	}
	amendment := change.Classify(f, after)
	for _, name := range amendment.Fields {
		if !slices.Contains([]string{"actual", "outcome", "links", "review"}, name) {
			return c, nil, failed(fmt.Errorf("edit %s: %s would change as well", c.Path, name))
		}
	}
	c.Class = amendment.Class.String()
	return c, nil, nil
}

// closable says why a record as it is cannot be closed.
func closable(f *change.File, o outcomeOptions, now time.Time) diag.List {
	bad := slices.DeleteFunc(slices.Clone(f.Found), func(x diag.Finding) bool {
		// What it says of its own end so far may be just what is missing.
		return x.Severity != diag.Error || x.Code == "MS118" && !f.Index.Has("/outcome")
	})
	if len(bad) > 0 {
		return bad
	}
	r := &f.Record
	switch {
	case r.Outcome != nil:
		return diag.List{diag.New("MS118", f.Index.Value("/outcome"), "%s is closed: its outcome is %s", r.ID, r.Outcome.Result).
			WithHint("correct the record by hand if it is wrong")}
	case r.Schedule != nil && now.Before(r.Schedule.Start.Time) && o.Result != change.ResultCanceled.String():
		return diag.List{diag.New("MS118", f.Index.Value("/schedule/start"), "the window of %s has not begun: it begins at %s", r.ID, r.Schedule.Start).
			WithHint("close it afterwards; one that will not happen is --result canceled")}
	}
	return nil
}

// future refuses times that have not come.
func future(f *change.File, now time.Time) diag.List {
	a := f.Record.Actual
	if a == nil || !a.End.After(now) {
		return nil
	}
	return diag.List{diag.New("MS118", f.Index.Value("/actual/end"), "actual.end is %s, and it is %s now", a.End, field.Instant{Time: now.In(a.End.Location())}).
		WithHint("close the change when it is over")}
}

// edits are what the record is to say, in the order in which people write it.
func (c *closing) edits(o outcomeOptions, now time.Time) ([]splice.Edit, error) {
	out := &yamldoc.Node{Kind: yamldoc.Mapping}
	out.Set("result", yamldoc.Text(c.Result))
	if o.Notes != "" {
		out.Set("notes", yamldoc.Text(o.Notes))
		c.notes = o.Notes
	}
	var links []splice.Edit
	caused := &yamldoc.Node{Kind: yamldoc.Sequence}
	for _, text := range o.Incidents {
		i := strings.LastIndexByte(text, ':')
		if i <= 0 || !slices.Contains(change.Severities(), text[i+1:]) {
			return nil, usagef("--incident %q: write REF:SEVERITY, such as INC-7:p2, with a severity of %s", text, listed(change.Severities()))
		}
		entry := &yamldoc.Node{Kind: yamldoc.Mapping}
		entry.Set("ref", yamldoc.Text(text[:i]))
		entry.Set("severity", yamldoc.Text(text[i+1:]))
		caused.Items = append(caused.Items, entry)
		c.caused = append(c.caused, text[:i]+" ("+text[i+1:]+")")
		if l := (change.Link{Kind: change.CausedIncident, Ref: text[:i]}); !slices.Contains(c.before.Record.Links, l) {
			link := &yamldoc.Node{Kind: yamldoc.Mapping}
			link.Set("kind", yamldoc.Text(l.Kind.String()))
			link.Set("ref", yamldoc.Text(l.Ref))
			links = append(links, splice.Edit{Op: splice.Append, Pointer: "/links", Value: link})
		}
	}
	if len(caused.Items) > 0 {
		out.Set("incidents", caused)
	}
	if used := o.RollbackUsed || !o.rollbackStated && c.Result == change.BackedOut.String(); used || c.Result != change.ResultCanceled.String() {
		out.Set("rollback_used", yamldoc.Bare(fmt.Sprint(used)))
	}
	edits := links
	if c.Start != "" || c.End != "" {
		period := &yamldoc.Node{Kind: yamldoc.Mapping}
		period.Set("start", yamldoc.Text(c.Start))
		period.Set("end", yamldoc.Text(c.End))
		edits = append(edits, splice.Edit{Op: splice.Set, Pointer: "/actual", Value: period})
	}
	edits = append(edits, splice.Edit{Op: splice.Set, Pointer: "/outcome", Value: out})
	if o.ObjectivesMet != "" {
		review := &yamldoc.Node{Kind: yamldoc.Mapping}
		review.Set("held", yamldoc.Text(field.DateOf(c.local(now)).String()))
		review.Set("by", yamldoc.List(o.ReviewedBy...))
		review.Set("objectives_met", yamldoc.Bare(fmt.Sprint(o.ObjectivesMet == "yes")))
		edits = append(edits, splice.Edit{Op: splice.Set, Pointer: "/review", Value: review})
	}
	return edits, nil
}

// local is an instant with the offset that the record's plan is written in.
func (c *closing) local(t time.Time) time.Time {
	if p := c.before.Record.Schedule; p != nil && !p.Start.IsZero() {
		return t.In(p.Start.Location())
	}
	return t.UTC()
}

// rewrite replaces a file's content if it is still what was read, and keeps its
// mode.
func rewrite(file string, was, text []byte) error {
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	now, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || !bytes.Equal(now, was) {
		return errors.New("it changed meanwhile: run again")
	}
	err = writeFile(file, func(w io.Writer) error { _, err := w.Write(text); return err })
	if err == nil && info.Mode().Perm() != 0o644 {
		err = os.Chmod(file, info.Mode().Perm())
	}
	return err
}
