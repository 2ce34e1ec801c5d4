package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	fence  = regexp.MustCompile("(?ms)^```([a-z]+)(?: file=(\\S+))?\n(.*?)^```$")
	exitIs = regexp.MustCompile(`#.*\bexit (\d)\b`)
)

// TestREADME runs every shell block of the README in the order of the page, in
// a folder called first, with the records that the page shows.
func TestREADME(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, name := range []string{"schedule", "explain_remedy", "policy_backtest"} {
		b, err := os.ReadFile("testdata/script/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, string(b))
	}
	var script strings.Builder
	script.WriteString("mkdir first\ncd first\n")
	ran, tests := 0, false
	for _, m := range fence.FindAllStringSubmatch(string(page), -1) {
		switch lang, file, body := m[1], m[2], m[3]; {
		case lang == "yaml" && file != "":
			// The page's record replaces what was written before.
			script.WriteString("cp $WORK/page/" + filepath.Base(file) + " " + file + "\n")
		case lang == "sh":
			for line := range strings.Lines(body) {
				ran++
				switch line = strings.TrimSpace(line); line {
				case "go test ./...": // what CI runs; running it here would not end
					tests = true
				case "go run ./cmd/mergeseal demo":
					script.WriteString("exits 0 mergeseal demo\nstdout 'PENDING'\n")
				default:
					script.WriteString(command(line))
				}
			}
		case lang == "console":
			// What a script shows of the example is shown here, to the letter.
			_, want, _ := strings.Cut(body, "\n")
			if !slices.ContainsFunc(shown, func(script string) bool { return strings.Contains(script, want) }) {
				t.Errorf("no script shows what the page shows:\n%s", want)
			}
		default:
			t.Errorf("a block of %q is not executed", lang)
		}
	}
	if ran < 8 || !tests {
		t.Fatalf("only %d commands, go test among them: %v", ran, tests)
	}
	for _, m := range fence.FindAllStringSubmatch(string(page), -1) {
		if m[2] != "" {
			script.WriteString("-- page/" + filepath.Base(m[2]) + " --\n" + m[3])
		}
	}
	file := filepath.Join(t.TempDir(), "readme.txtar")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := scripts()
	p.Dir, p.Files = "", []string{file}
	testscript.Run(t, p)
}

// command turns a line of the page into lines of a script.
func command(line string) string {
	want := "0"
	if m := exitIs.FindStringSubmatch(line); m != nil {
		want = m[1]
	}
	line, _, _ = strings.Cut(line, "   #")
	var out strings.Builder
	for part := range strings.SplitSeq(line, " && ") {
		part = strings.ReplaceAll(strings.TrimSpace(part), `"`, `'`)
		if rest, ok := strings.CutPrefix(part, "mergeseal "); ok {
			// The page is read at some day; its test has one of its own.
			part = "mergeseal --now $NOW " + rest
		}
		out.WriteString("exits " + want + " " + part + "\n")
	}
	return out.String()
}
