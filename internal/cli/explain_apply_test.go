package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// TestReplaceRefusesWhatWasNotJudged: another text, or a link in the file's
// place, stays as it is, and nothing is left beside it.
func TestReplaceRefusesWhatWasNotJudged(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "record.yaml"), filepath.Join(dir, "link.yaml")
	if err := os.WriteFile(file, []byte("edited meanwhile\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]string{"another text": file, "a link": link} {
		before := "judged\n"
		if at == link {
			before = "edited meanwhile\n"
		}
		if err := replace(at, []byte(before), []byte("after\n")); err == nil {
			t.Errorf("%s was replaced", name)
		}
		if b, err := os.ReadFile(file); err != nil || string(b) != "edited meanwhile\n" {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
	if err := replace(file, []byte("edited meanwhile\n"), []byte("after\n")); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	info, statErr := os.Stat(file)
	if err != nil || statErr != nil || string(b) != "after\n" || info.Mode().Perm() != 0o600 {
		t.Errorf("%q %v %v", b, err, info.Mode())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("%v %v", left, err)
	}
}
