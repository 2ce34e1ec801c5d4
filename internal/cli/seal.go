package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/ledger"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/seal"
	"github.com/mergeseal/mergeseal/internal/tree"
)

type sealOptions struct {
	What     string // commit or range, "" for what is not sealed yet
	Base     string
	Key      string
	Push     string
	Evidence string
	Strict   bool
	Forge    forgeFlags
	Out      output
}

func newSeal(g *global) *cobra.Command {
	var o sealOptions
	cmd := &cobra.Command{
		Use:     "seal [COMMIT|RANGE]",
		GroupID: "deploy",
		Short:   "Write down for good what was merged, by whose approval, under which law",
		Long: `seal judges what landed on the base branch once more, at the moment it was
merged, and writes the verdict with its evidence as a signed note of the commit,
below refs/notes/mergeseal. Stock git shows it: git notes --ref mergeseal show.

Without an argument it seals HEAD and the first parents before it that have no
seal yet. Who approved is asked of the forge where there is a token, else read
from --evidence, else the seal says that nobody could be asked.

Exit codes: 0 all is sealed, 1 a merge went against its verdict (with --strict),
2 wrong use, 4 a seal could not be written.`,
		Example: `  mergeseal seal --key release.key --push origin
  mergeseal seal HEAD --evidence evidence.json
  mergeseal seal v1.0..main --key release.key`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.What = args[0]
			}
			return runSeal(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Base, "base", "", "branch that was merged into (default: the remote's default branch, else main or master)")
	f.StringVar(&o.Key, "key", "", "private key to sign with, PEM (default: MERGESEAL_KEY, a path or the PEM itself)")
	f.StringVar(&o.Push, "push", "", "remote to push the seals to")
	f.StringVar(&o.Evidence, "evidence", "", "file that says who reviewed and committed, for one merge")
	f.BoolVar(&o.Strict, "strict", false, "exit 1 when a merge went against its verdict")
	o.Forge.flags(cmd)
	o.Out.plainFlags(cmd)
	return cmd
}

func runSeal(ctx context.Context, g *global, o sealOptions) error {
	if err := o.Out.plain(); err != nil {
		return err
	}
	b, err := g.books(o.Base)
	if err != nil {
		return err
	}
	defer b.close()
	key, err := g.signingKey(o.Key)
	if err != nil {
		return err
	}
	if key == nil && !b.law.Config.Gate.AllowUnsigned {
		g.warn("no key: these seals are unsigned, and the law does not accept them (gate.allow_unsigned)")
	}
	w := ledger.Writer{Repo: b.repo, Key: key, Judge: b.judge, By: gitrepo.Signature{Name: "mergeseal", Mail: "mergeseal@localhost", At: b.now}}
	if o.Push != "" {
		remote, err := b.remoteNamed(o.Push)
		if err != nil {
			return err
		}
		w.Remote = &remote
	}
	merges, err := b.merges(ctx, o)
	if err != nil {
		return err
	}
	done, err := w.Append(ctx, merges)
	if err != nil {
		return failed(err)
	}
	if err := o.Out.write(g, func(out io.Writer) error { return writeSealed(out, o.Out.format, done, key) }); err != nil {
		return err
	}
	return ended(b.bypassed(done, o.Strict))
}

// bypassed says which merges went against their verdicts.
func (b *books) bypassed(done []ledger.Written, strict bool) int {
	code := ExitPass
	for _, d := range done {
		if d.Nothing || d.Already || d.Mode != seal.Bypassed {
			continue
		}
		who := string(d.MergedBy)
		if who == "" {
			who = "somebody"
		}
		b.g.warn("%s merged %s, and its verdict was %s", who, short(d.Commit), d.Outcome)
		if strict {
			code = ExitFail
		}
	}
	return code
}

func short(id string) string { return id[:min(len(id), 12)] }

// merges finds out what landed, and what is known of it.
func (b *books) merges(ctx context.Context, o sealOptions) ([]ledger.Merge, error) {
	notes, err := b.repo.Notes(seal.Ref)
	if err != nil {
		return nil, failed(err)
	}
	from, to, ranged := strings.Cut(o.What, "..")
	if ranged && (from == "" || to == "" || strings.HasPrefix(to, ".")) {
		return nil, usagef("%s: a range is FROM..TO", o.What)
	}
	var since string
	if ranged {
		if since, err = b.commit(from); err != nil {
			return nil, err
		}
	} else {
		to = o.What
	}
	tip, err := b.commit(to)
	if err != nil {
		return nil, err
	}
	if o.What != "" && !ranged {
		c, err := b.repo.Commit(tip)
		if err != nil {
			return nil, failed(err)
		}
		return b.known(ctx, o, []tree.Commit{c})
	}
	commits, err := ledger.Commits(b.repo, notes, since, tip)
	if errors.Is(err, tree.ErrNotFound) {
		return nil, &exit{code: ExitUsage, err: err}
	}
	if err != nil {
		return nil, failed(err)
	}
	return b.known(ctx, o, commits)
}

// known asks who approved: the forge, else the file, else nobody.
func (b *books) known(ctx context.Context, o sealOptions, commits []tree.Commit) ([]ledger.Merge, error) {
	var merges []ledger.Merge
	for _, c := range commits {
		m, err := ledger.Of(c)
		if err != nil {
			return nil, failed(err)
		}
		m.BaseRef = b.baseRef
		merges = append(merges, m)
	}
	switch {
	case o.Evidence != "":
		d, found, err := b.g.evidence(o.Evidence)
		if err != nil {
			return nil, err
		}
		if d == nil {
			return nil, usagef("--evidence %s: %s", found[0].At, found[0].Message)
		}
		return withEvidence(merges, d)
	case len(merges) > 0 && b.mayAsk(o.Forge):
		return b.asked(ctx, o, merges)
	}
	return merges, nil
}

// withEvidence takes all commits for what one pull request brought.
func withEvidence(merges []ledger.Merge, d *evidence.Document) ([]ledger.Merge, error) {
	if len(merges) == 0 {
		return nil, nil
	}
	return []ledger.Merge{joined(merges, d.PullRequest.Head, d)}, nil
}

// joined is what one pull request brought in several commits, the oldest first.
func joined(merges []ledger.Merge, head string, d *evidence.Document) ledger.Merge {
	m := merges[len(merges)-1]
	m.Base, m.Head, m.Evidence, m.Number = merges[0].Base, head, d, d.PullRequest.Number
	for i := len(merges) - 2; i >= 0; i-- {
		m.Covers = append(m.Covers, merges[i].Commit)
	}
	return m
}

// signingKey reads the key that signs, nil where none was given.
func (g *global) signingKey(file string) (*seal.Private, error) {
	text := g.env.Getenv("MERGESEAL_KEY")
	if file == "" && text == "" {
		return nil, nil //nolint:nilnil // unsigned, which the caller says
	}
	if file == "" && !strings.Contains(text, "-----BEGIN") {
		file = text
	}
	data := []byte(text)
	if file != "" {
		var err error
		if data, err = os.ReadFile(g.abs(file)); err != nil {
			return nil, usagef("read the signing key: %w", err)
		}
	}
	k, err := seal.ParsePrivate(data, g.env.Random)
	if err != nil {
		return nil, usagef("the signing key: %w", err)
	}
	return k, nil
}

// writeSealed says what became of each merge, one line each.
func writeSealed(w io.Writer, format string, done []ledger.Written, key *seal.Private) error {
	if format == "json" {
		return writeJSON(w, map[string]any{"seals": sealedJSON(done, key)})
	}
	if len(done) == 0 {
		_, err := fmt.Fprintln(w, "nothing to seal")
		return err
	}
	for _, d := range done {
		said := fmt.Sprintf("%s as %s, verdict %s", strings.Join(d.Changes, ", "), d.Mode, d.Outcome)
		if len(d.Changes) == 0 {
			said = fmt.Sprintf("without a change, as %s, verdict %s", d.Mode, d.Outcome)
		}
		word := "SEALED "
		switch {
		case d.Nothing:
			word, said = "NOTHING", "nothing in it is governed"
		case d.Already:
			word, said = "KEPT   ", "it has a seal"
		}
		if _, err := fmt.Fprintf(w, "%s   %s  %s\n", word, short(d.Commit), render.Plain(said)); err != nil {
			return err
		}
	}
	return nil
}

type sealedOne struct {
	Commit  string      `json:"commit"`
	Covers  []string    `json:"covers"`
	State   string      `json:"state"` // sealed, kept or nothing
	Mode    string      `json:"mode,omitempty"`
	Outcome string      `json:"outcome,omitempty"`
	Digest  string      `json:"digest,omitempty"`
	Changes []string    `json:"changes"`
	By      field.Login `json:"merged_by,omitempty"`
	Key     string      `json:"key,omitempty"`
}

func sealedJSON(done []ledger.Written, key *seal.Private) []sealedOne {
	out := []sealedOne{}
	for _, d := range done {
		s := sealedOne{Commit: d.Commit, Covers: append([]string{}, d.Covers...), State: "sealed", Mode: d.Mode.String(), Outcome: d.Outcome, Digest: d.Digest, Changes: append([]string{}, d.Changes...), By: d.MergedBy}
		if key != nil {
			s.Key = key.String()
		}
		if d.Nothing || d.Already {
			s.State, s.Mode, s.Outcome, s.Key = "kept", "", "", ""
			if d.Nothing {
				s.State = "nothing"
			}
		}
		out = append(out, s)
	}
	return out
}
