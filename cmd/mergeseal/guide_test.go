package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestGuide runs every shell block of the guide to writing rules, with the files
// that the page shows written where it says so, in the order of the page.
func TestGuide(t *testing.T) {
	page, err := os.ReadFile("../../policy/GUIDE.md")
	if err != nil {
		t.Fatal(err)
	}
	var script, files strings.Builder
	ran := 0
	for _, m := range fence.FindAllStringSubmatch(string(page), -1) {
		switch lang, file, body := m[1], m[2], m[3]; {
		case file != "":
			name := "page/" + filepath.Base(file)
			script.WriteString("cp $WORK/" + name + " " + file + "\n")
			files.WriteString("-- " + name + " --\n" + body)
		case lang == "sh":
			for line := range strings.Lines(body) {
				ran++
				if line = strings.TrimSpace(line); line == "mergeseal demo --dir shop && cd shop" {
					script.WriteString("exits 0 mergeseal --now $NOW demo --dir shop\ncd shop\n")
					continue
				}
				script.WriteString(command(line))
			}
		case lang == "console": // of the command above
			for line := range strings.Lines(body) {
				script.WriteString("stdout '" + regexp.QuoteMeta(strings.TrimSpace(line)) + "'\n")
			}
		default:
			t.Errorf("a block of %q is not executed", lang)
		}
	}
	if ran < 12 {
		t.Fatalf("only %d commands", ran)
	}
	file := filepath.Join(t.TempDir(), "guide.txtar")
	if err := os.WriteFile(file, []byte(script.String()+files.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := scripts()
	p.Dir, p.Files = "", []string{file}
	testscript.Run(t, p)
}
