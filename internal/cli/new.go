package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// newOptions are the flags of new.
type newOptions struct {
	ID, Model, Type, Title string
	Services, Environments []string
	Start, End             string
	Set                    []string
	Edit                   bool
}

func newNew(g *global) *cobra.Command { return newNewWith(g, runNew) }

func newNewWith(g *global, run func(context.Context, *global, newOptions) error) *cobra.Command {
	var o newOptions
	cmd := &cobra.Command{
		Use:     "new",
		GroupID: "author",
		Short:   "Write a new change record: a form on a terminal, flags otherwise",
		Long: `new writes a change record and prints its path. On a terminal it asks; with
flags, or without a terminal, it takes what the flags say and lists on stderr
what the record still owes before it can be approved. It never fills a plan
with words nobody meant.`,
		Example: `  mergeseal new
  mergeseal new --title "Renew the edge certificate" --model certificate-renewal --service edge
  mergeseal new --title "Raise the pool size" --service payments-db --set /impact/users=none`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.ID, "id", "", "id of the record (default: CHG, today's date and four random characters)")
	f.StringVar(&o.Model, "model", "", "standard-change model to follow, name or name@version")
	f.StringVar(&o.Type, "type", "", "standard, normal, emergency or registration (default normal, standard with --model)")
	f.StringVar(&o.Title, "title", "", "what changes, in one line")
	f.StringArrayVar(&o.Services, "service", nil, "affected service; may be repeated")
	f.StringArrayVar(&o.Environments, "environment", nil, "affected environment; may be repeated")
	f.StringVar(&o.Start, "start", "", "planned start, RFC 3339 with an offset")
	f.StringVar(&o.End, "end", "", "planned end, RFC 3339 with an offset")
	f.StringArrayVar(&o.Set, "set", nil, "any other field, as JSON pointer=value; may be repeated")
	f.BoolVar(&o.Edit, "edit", false, "open the record in $VISUAL or $EDITOR afterwards")
	return cmd
}

func runNew(ctx context.Context, g *global, o newOptions) error {
	now, _, err := g.clock()
	if err != nil {
		return err
	}
	w, t, err := g.here()
	if err != nil {
		return err
	}
	defer w.close()
	l, found, err := judge.ReadLaw(t)
	if err != nil {
		return failed(err)
	}
	if found.Errors() {
		return failed(fmt.Errorf("the configuration cannot be used: %s: %s", found[0].At, found[0].Message))
	}
	if o.ID == "" {
		if o.ID, err = newID(g.env.Random, now); err != nil {
			return failed(err)
		}
	}
	d, err := o.draft(g, l, now)
	if err != nil {
		return err
	}
	if g.env.Terminals.In && g.env.Terminals.Out && !o.given() {
		if err := ask(ctx, g, l, d, now); err != nil {
			return err
		}
	}
	path, err := newPath(l, o.ID, now)
	if err != nil {
		return err
	}
	text := d.bytes()
	if path, err = g.keep(w, path, text); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(g.env.Stdout, path); err != nil {
		return failed(err)
	}
	if o.Edit {
		if err := g.edit(ctx, filepath.Join(w.root, path)); err != nil {
			return failed(err)
		}
	}
	return g.owed(w, path)
}

// given reports whether flags say what the form would ask.
func (o newOptions) given() bool {
	return o.Title != "" || o.Model != "" || o.Type != "" || len(o.Services)+len(o.Environments)+len(o.Set) > 0 || o.Start != "" || o.End != ""
}

// draft is the record that the flags describe.
func (o newOptions) draft(g *global, l *law.Law, now time.Time) (*draft, error) {
	d := newDraft()
	d.text("/id", o.ID)
	d.text("/title", o.Title)
	model, err := o.model(l)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Type != "":
		var t change.Type
		if err := t.ParseScalar(o.Type); err != nil {
			return nil, usagef("--type: %w; allowed: %s", err, strings.Join(change.Types(), ", "))
		}
		d.text("/type", o.Type)
	case model != nil:
		d.text("/type", change.Standard.String())
	default:
		d.text("/type", change.Normal.String())
	}
	d.text("/owner", g.login())
	if model != nil {
		d.text("/model", model.Name+"@"+strconv.Itoa(model.Version))
		if len(o.Services) == 0 && len(model.Applies.Services) == 1 {
			o.Services = model.Applies.Services
		}
		if len(o.Environments) == 0 && len(model.Applies.Environments) == 1 {
			o.Environments = model.Applies.Environments
		}
	}
	if len(o.Environments) == 0 && len(l.Config.Environments) == 1 {
		o.Environments = l.Config.Environments
	}
	d.list("/services", o.Services)
	d.list("/environments", o.Environments)
	d.text("/schedule/start", o.Start)
	d.text("/schedule/end", o.End)
	for _, s := range o.Set {
		pointer, value, ok := strings.Cut(s, "=")
		if !ok || pointer == "" {
			return nil, usagef("--set %q: write pointer=value, such as /impact/users=some", s)
		}
		v, bad := yamldoc.ParseValue(value)
		if bad.Errors() {
			return nil, usagef("--set %s: %s", pointer, bad[0].Message)
		}
		if err := d.set(pointer, v); err != nil {
			return nil, usagef("--set: %w", err)
		}
	}
	return d, nil
}

func (o newOptions) model(l *law.Law) (*law.Model, error) {
	if o.Model == "" {
		return nil, nil
	}
	var newest *law.Model
	var names []string
	for i, m := range l.Models {
		ref := m.Name + "@" + strconv.Itoa(m.Version)
		names = append(names, ref)
		if (ref == o.Model || m.Name == o.Model) && m.Status == law.Approved && (newest == nil || m.Version > newest.Version) {
			newest = &l.Models[i]
		}
	}
	if newest == nil {
		return nil, usagef("--model %s: no such approved model; %s", o.Model, diag.DidYouMean(o.Model, names))
	}
	return newest, nil
}

// newPath is where a record of this id belongs: below the first records
// pattern's folder, in the year's folder.
func newPath(l *law.Law, id string, now time.Time) (string, error) {
	for _, g := range l.Config.Records {
		folder, _, _ := strings.Cut(g, "*")
		folder = strings.TrimSuffix(folder, "/")
		for _, p := range []string{folder + "/" + now.Format("2006") + "/" + id + ".yaml", folder + "/" + id + ".yaml", folder + "/" + id + ".yml"} {
			if p = strings.TrimPrefix(p, "/"); law.Match(g, p) {
				return p, nil
			}
		}
	}
	return "", usagef("no pattern in records of mergeseal.yaml takes a new file: %s", strings.Join(l.Config.Records, ", "))
}

// keep writes the record to a file that does not exist yet.
func (g *global) keep(w *place, path string, text []byte) (string, error) {
	if strings.ContainsAny(path, "\\\x00") || slices.Contains(strings.Split(path, "/"), "..") {
		return "", usagef("--id: %s cannot be a file's name", diag.Quote(path))
	}
	full := filepath.Join(w.root, filepath.FromSlash(path))
	if _, err := os.Lstat(full); err == nil {
		return "", usagef("%s exists already: choose another --id", path)
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", failed(err)
	}
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return "", failed(fmt.Errorf("make folder: %w", err))
	}
	err := writeFile(full, func(out io.Writer) error { _, err := out.Write(text); return err })
	if err != nil {
		return "", failed(fmt.Errorf("write record: %w", err))
	}
	return path, nil
}

// owed says on stderr what the record still needs before it can be approved.
func (g *global) owed(w *place, path string) error {
	t, err := w.freshWorktree()
	if err != nil {
		return failed(err)
	}
	lo, err := g.lintOptions([]string{path})
	if err != nil {
		return err
	}
	res, err := judge.Lint(t, lo)
	if err != nil {
		return failed(err)
	}
	if len(res.Findings) == 0 || g.quiet {
		return nil
	}
	fmt.Fprintf(g.env.Stderr, "%s still owes:\n", path)
	for _, f := range res.Findings {
		hint := ""
		if f.Hint != "" {
			hint = "  (" + f.Hint + ")"
		}
		fmt.Fprintf(g.env.Stderr, "  %s  %s%s\n", f.Code, render.Plain(f.Message), render.Plain(hint))
	}
	return nil
}

// edit opens the user's editor.
func (g *global) edit(ctx context.Context, path string) error {
	editor := g.env.Getenv("VISUAL")
	if editor == "" {
		editor = g.env.Getenv("EDITOR")
	}
	words := strings.Fields(editor)
	if len(words) == 0 {
		return errors.New("open editor: neither VISUAL nor EDITOR is set")
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], path)...) //nolint:gosec // the user's own editor
	cmd.Stdin, cmd.Stdout, cmd.Stderr = g.env.Stdin, g.env.Stderr, g.env.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("open editor: %w", err)
	}
	return nil
}
