package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/ledger"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/seal"
)

type verifyOptions struct {
	Commit    string
	Base      string
	Trust     string
	Recompute bool
	Out       output
}

func newVerify(g *global) *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:     "verify COMMIT",
		GroupID: "deploy",
		Short:   "Hold the seal of a commit against its key, its content and its chain",
		Long: `verify reads the seal of a commit and checks its signature, the time of its
key, the repository, the commit and every governed file in it, the law it was
judged by, and the chain of seals that it stands in. With --recompute it judges
again, at the sealed instant and with the sealed evidence, and compares.
It needs no network.

Exit codes: 0 the seal holds, 1 it does not, and why, 2 wrong use, 4 nothing
could be read.`,
		Example: `  mergeseal verify HEAD
  mergeseal verify 3f2a9c1d --recompute
  mergeseal verify HEAD --trust keys/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Commit = args[0]
			return runVerify(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Base, "base", "", "branch whose law names the keys (default: the remote's default branch, else main or master)")
	f.StringVar(&o.Trust, "trust", "", "folder of public keys, *.pem, to trust in place of the law's")
	f.BoolVar(&o.Recompute, "recompute", false, "judge again and compare the digests")
	o.Out.plainFlags(cmd)
	return cmd
}

func runVerify(ctx context.Context, g *global, o verifyOptions) error {
	if err := o.Out.plain(); err != nil {
		return err
	}
	b, err := g.books(o.Base)
	if err != nil {
		return err
	}
	defer b.close()
	trust, err := b.trust(o.Trust)
	if err != nil {
		return err
	}
	commit, err := b.commit(o.Commit)
	if err != nil {
		return err
	}
	s, err := verified(ctx, b.verifier(trust), commit, o.Recompute)
	why := refused(err)
	if err != nil && why == nil {
		return failed(err)
	}
	said := verifiedJSON{Commit: commit, Holds: err == nil}
	if why != nil {
		said.Code, said.Message, said.Hint = why.Code, why.Message, why.Hint
	} else {
		said.of(s, o.Recompute)
	}
	if err := o.Out.write(g, func(w io.Writer) error {
		if o.Out.format == "json" {
			return writeJSON(w, said)
		}
		return said.text(w)
	}); err != nil {
		return err
	}
	if !said.Holds {
		return ended(ExitFail)
	}
	return nil
}

// verified is the seal of a commit once everything about it holds.
func verified(ctx context.Context, v *ledger.Verifier, commit string, recompute bool) (*seal.Seal, error) {
	v.WholeChain = true
	s, err := v.Seal(ctx, commit)
	if err != nil {
		return nil, err
	}
	if err := v.Chain(); err != nil {
		return nil, err
	}
	if recompute {
		if err := v.Recompute(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// verifiedJSON is what verify prints.
type verifiedJSON struct {
	Commit     string    `json:"commit"`
	Holds      bool      `json:"holds"`
	Code       string    `json:"code,omitempty"` // why it does not hold
	Message    string    `json:"message,omitempty"`
	Hint       string    `json:"hint,omitempty"`
	Key        string    `json:"key,omitempty"` // "" for a seal that nobody signed
	KeyName    string    `json:"key_name,omitempty"`
	Mode       string    `json:"mode,omitempty"`
	Outcome    string    `json:"outcome,omitempty"`
	Digest     string    `json:"digest,omitempty"` // of the verdict
	SealedAt   time.Time `json:"sealed_at,omitzero"`
	Changes    []string  `json:"changes"`
	Files      int       `json:"files"`
	Recomputed bool      `json:"recomputed"`
}

func (v *verifiedJSON) of(s *seal.Seal, recomputed bool) {
	v.Mode, v.Outcome, v.Digest, v.SealedAt = s.Mode.String(), s.Verdict.Outcome, s.Verdict.Digest, s.SealedAt.UTC()
	v.Files, v.Recomputed, v.Changes = len(s.Blobs), recomputed, []string{}
	for _, c := range s.Verdict.Changes {
		v.Changes = append(v.Changes, c.ID)
	}
	if s.Key != nil {
		v.Key, v.KeyName = s.Key.ID(), s.Key.Name
	}
}

func (v *verifiedJSON) text(w io.Writer) error {
	if !v.Holds {
		_, err := fmt.Fprintf(w, "REFUSED   %s  %s · %s\n          %s\n          mergeseal explain %s\n", short(v.Commit), v.Code, render.Plain(v.Message), render.Plain(v.Hint), v.Code)
		return err
	}
	by := "signed by nobody"
	if v.Key != "" {
		by = "signed by " + strings.TrimSpace(v.KeyName+" "+v.Key)
	}
	lines := []string{
		fmt.Sprintf("HOLDS     %s  %s, verdict %s, sealed %s", short(v.Commit), v.Mode, v.Outcome, v.SealedAt.Format(time.RFC3339)),
		"          " + by,
		fmt.Sprintf("          changes: %s; %d governed files as they were judged", strings.Join(v.Changes, ", "), v.Files),
	}
	if len(v.Changes) == 0 {
		lines[2] = fmt.Sprintf("          no change; %d governed files as they were judged", v.Files)
	}
	if v.Recomputed {
		lines = append(lines, "          judged again: the same verdict, "+v.Digest)
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(w, render.Plain(l)); err != nil {
			return err
		}
	}
	return nil
}
