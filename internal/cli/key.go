package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/seal"
)

func newKey(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "key",
		GroupID: "deploy",
		Short:   "Make keys that sign seals, and list those that are trusted",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKeyNew(g), newKeyList(g))
	return cmd
}

func newKeyNew(g *global) *cobra.Command {
	var kind, file string
	cmd := &cobra.Command{
		Use:   "new -o FILE",
		Short: "Make a key: FILE, which only you can read, and FILE.pub",
		Long: `key new writes a private key to FILE, readable by you alone, and its public
half to FILE.pub, and prints the key's id. Keep FILE where jobs of pull requests
cannot reach it; put FILE.pub on the base branch and name it in keys.`,
		Example: `  mergeseal key new -o release.key
  mergeseal key new --type ecdsa -o release.key`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			types := map[string]seal.KeyType{"ed25519": seal.Ed25519, "ecdsa": seal.ECDSA}
			if types[kind] == seal.NoKey {
				return usagef("--type %q: use ed25519 or ecdsa", kind)
			}
			if file == "" {
				return usagef("name the file: key new -o release.key")
			}
			return g.newKey(types[kind], file)
		},
	}
	cmd.Flags().StringVar(&kind, "type", "ed25519", "ed25519 or ecdsa (P-256)")
	cmd.Flags().StringVarP(&file, "output", "o", "", "file of the private key; the public one goes beside it, with .pub")
	return cmd
}

// newKey writes both halves. A file that exists is never replaced: seals may
// hang on it.
func (g *global) newKey(kind seal.KeyType, file string) error {
	for _, f := range []string{file, file + ".pub"} {
		if _, err := os.Lstat(g.abs(f)); err == nil {
			return usagef("%s exists: keys are never overwritten", f)
		}
	}
	k, err := seal.NewPrivate(kind, g.env.Random)
	if err != nil {
		return failed(err)
	}
	private, public, err := k.PEM()
	if err != nil {
		return failed(err)
	}
	if err := writeSecret(g.abs(file), private); err != nil {
		return failed(fmt.Errorf("write %s: %w", file, err))
	}
	if err := writeFile(g.abs(file+".pub"), func(w io.Writer) error { _, err := w.Write(public); return err }); err != nil {
		return failed(errors.Join(fmt.Errorf("write %s.pub: %w", file, err), os.Remove(g.abs(file))))
	}
	_, err = fmt.Fprintln(g.env.Stdout, k)
	return err
}

// writeSecret makes a file that only its owner can read, from the first byte.
func writeSecret(path string, content []byte) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

type listedKey struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Type      string    `json:"type"`
	State     string    `json:"state"` // trusted, not yet, ended or revoked
	NotBefore time.Time `json:"not_before,omitzero"`
	NotAfter  time.Time `json:"not_after,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

func newKeyList(g *global) *cobra.Command {
	var base string
	var out output
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the keys whose seals are trusted, and from when to when",
		Example: `  mergeseal key list`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := out.plain(); err != nil {
				return err
			}
			b, err := g.books(base)
			if err != nil {
				return err
			}
			defer b.close()
			trust, err := b.trust("")
			if err != nil {
				return err
			}
			list := []listedKey{}
			for _, k := range trust.Keys {
				list = append(list, listedKey{k.ID(), k.Name, k.Type().String(), stateOf(k, b.now), k.NotBefore, k.NotAfter, k.RevokedAt})
			}
			return out.write(g, func(w io.Writer) error {
				if out.format == "json" {
					return writeJSON(w, map[string]any{"keys": list})
				}
				return keysText(w, list)
			})
		},
	}
	cmd.Flags().StringVar(&base, "base", "", "branch whose law names the keys (default: the remote's default branch, else main or master)")
	out.plainFlags(cmd)
	return cmd
}

// stateOf says whether a seal that is made now with a key would be trusted.
func stateOf(k *seal.Key, now time.Time) string {
	switch {
	case !k.RevokedAt.IsZero() && !now.Before(k.RevokedAt):
		return "revoked"
	case !k.NotAfter.IsZero() && !now.Before(k.NotAfter):
		return "ended"
	case now.Before(k.NotBefore):
		return "not yet"
	}
	return "trusted"
}

func keysText(w io.Writer, list []listedKey) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "no keys: name public keys in mergeseal.yaml, below keys")
		return err
	}
	for _, k := range list {
		line := fmt.Sprintf("%-8s  %s  %s %s", k.State, k.Name, k.Type, k.ID)
		for _, edge := range []struct {
			word string
			at   time.Time
		}{{"from", k.NotBefore}, {"until", k.NotAfter}, {"revoked", k.RevokedAt}} {
			if !edge.at.IsZero() {
				line += "  " + edge.word + " " + edge.at.UTC().Format(time.RFC3339)
			}
		}
		if _, err := fmt.Fprintln(w, render.Plain(line)); err != nil {
			return err
		}
	}
	return nil
}
