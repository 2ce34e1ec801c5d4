package remedy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestDiffIsOneThatGitApplies: git makes the new text of the old one and of the
// diff, whatever the lines are.
func TestDiffIsOneThatGitApplies(t *testing.T) {
	dir := t.TempDir()
	text := rapid.Custom(func(t *rapid.T) string {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c: d", "", "- x", "+ y", "e\r"}), 0, 14).Draw(t, "lines")
		end := rapid.SampledFrom([]string{"\n", "\n", ""}).Draw(t, "end")
		if len(lines) == 0 {
			return "only\n"
		}
		return "first\n" + strings.Join(lines, "\n") + end
	})
	for seed := range 60 {
		a, b := text.Example(seed), text.Example(seed+1000)
		d := Diff("f", []byte(a), []byte(b))
		if (d == "") != (a == b) {
			t.Fatalf("%q to %q: %q", a, b, d)
		}
		if d == "" {
			continue
		}
		for name, content := range map[string]string{"f": a, "d.patch": d} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("git", "apply", "--unidiff-zero", "--whitespace=nowarn", "d.patch")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s\n%q to %q\n%s", err, out, a, b, d)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "f")); err != nil || string(got) != b {
			t.Fatalf("%q to %q gives %q\n%s", a, b, got, d)
		}
	}
}
