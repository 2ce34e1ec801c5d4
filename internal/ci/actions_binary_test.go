package ci

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newKit makes what all runs share, nil where there is no runner.
func newKit(t *testing.T) *kit {
	t.Helper()
	k := &kit{act: os.Getenv(runnerVariable)}
	if k.act == "" {
		t.Logf("%s is not set: the workflows were not run", runnerVariable)
		return nil
	}
	k.own, k.thin = projectCopy(t), t.TempDir()
	action, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(k.thin, "action.yml"), action, 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "mergeseal")
	cmd := exec.Command("go", "build", "-trimpath", "-o", program, "./cmd/mergeseal")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	bytes, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(bytes)
	k.sum = hex.EncodeToString(sum[:])
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/changed") {
			_, _ = w.Write(append([]byte{bytes[0] ^ 1}, bytes[1:]...)) // a runner that hangs up says so itself
			return
		}
		_, _ = w.Write(bytes)
	}))
	t.Cleanup(web.Close)
	k.web = web.URL
	return k
}

// prebuilt has a workflow take the program that is built already. Nothing else
// of it is changed.
func (s *stage) prebuilt(workflow string) string {
	if s.builds || s.asIs {
		return workflow
	}
	var out strings.Builder
	lines := strings.Split(workflow, "\n")
	for i, line := range lines {
		out.WriteString(line + "\n")
		indent := strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " -")))
		with := indent + "  binary-url: " + s.web + "/mergeseal\n" + indent + "  binary-sha256: " + s.sum + "\n"
		switch {
		case ours.MatchString(line) && (i+1 == len(lines) || strings.TrimSpace(lines[i+1]) != "with:"):
			out.WriteString(indent + "with:\n" + with)
		case i > 0 && strings.TrimSpace(line) == "with:" && ours.MatchString(lines[i-1]):
			out.WriteString(with)
		}
	}
	return out.String()
}

// projectCopy is the project without what git keeps beside it.
func projectCopy(t *testing.T) string {
	t.Helper()
	list, err := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		to := filepath.Join(dir, name)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o755)
		}
		if err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
