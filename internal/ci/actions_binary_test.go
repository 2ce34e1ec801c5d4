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
)

// prebuild builds the program once and serves it, for the runs that follow.
func (s *stage) prebuild() {
	s.t.Helper()
	program := filepath.Join(s.t.TempDir(), "mergeseal")
	cmd := exec.Command("go", "build", "-trimpath", "-o", program, "./cmd/mergeseal")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("build: %v\n%s", err, out)
	}
	bytes, err := os.ReadFile(program)
	if err != nil {
		s.t.Fatal(err)
	}
	sum := sha256.Sum256(bytes)
	s.sum = hex.EncodeToString(sum[:])
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes) // a runner that hangs up says so itself
	}))
	s.t.Cleanup(web.Close)
	s.built = web.URL + "/mergeseal"
}

// prebuilt has a workflow take the program that is built already. Nothing else
// of it is changed.
func (s *stage) prebuilt(workflow string) string {
	if s.built == "" {
		return workflow
	}
	var out strings.Builder
	lines := strings.Split(workflow, "\n")
	for i, line := range lines {
		out.WriteString(line + "\n")
		indent := line[:len(line)-len(strings.TrimLeft(line, " -"))]
		indent = strings.Repeat(" ", len(indent))
		with := indent + "  binary-url: " + s.built + "\n" + indent + "  binary-sha256: " + s.sum + "\n"
		switch {
		case ours.MatchString(line) && (i+1 == len(lines) || strings.TrimSpace(lines[i+1]) != "with:"):
			out.WriteString(indent + "with:\n" + with)
		case i > 0 && strings.TrimSpace(line) == "with:" && ours.MatchString(lines[i-1]):
			out.WriteString(with)
		}
	}
	return out.String()
}
