package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// badDir holds one archive or more for each code, named CODE-what-is-wrong.txtar.
//
// An archive begins with a sentence or two on why this is bad, then lines:
//
//	command: check ARG…        or lint; run in the folder with --format json
//	exit: N                    the exit code, exactly
//	now: 2026-11-21T09:00:00Z  the clock of check, this one unless given
//	severity: warning          of the finding, the catalogue's unless given; an approval
//	                           that is asked for is a "requirement"
//	at: FILE:LINE              where the finding points, FILE for one about all of it,
//	                           none where the code has no place in a file
//	also: MS434                further codes that are found; none unless given
//	symlink: PATH -> TARGET    a link among the files
//	shallow: true              judged in a clone of depth 1, and the good version in a whole one
//	good: OLD => NEW           what to write instead of OLD, which stands in one file, once
//	good-command: check ARG…   what to type instead
//
// Files below before/, base/ and head/ are two commits of main and one of the
// branch change, each laid over the one before; PATH.delete deletes PATH. Files
// below beside/ lie beside the repository; <head> in them is the branch's commit. Files
// without these prefixes simply lie in a folder. Files below good/ replace those
// of the same name. The good version must not yield the code, nor any error that
// the bad one has not.
const badDir = "testdata/bad"

// unreached are the codes that no user can come by today, and why. An archive
// for one of them fails the test until its line here goes.
func unreached() map[string]string {
	return map[string]string{
		"MS505": "the rules that come with the binary are always loaded",
		"MS617": "only a merge queue's commit comes by it: see the script github_merge_group",
		"MS618": "only a forge tells another time: see the script github_clock",
		"MS701": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS702": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS703": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS704": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS705": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS706": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS711": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS712": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS713": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS714": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS715": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS716": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS717": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS718": "only a seal comes by it: see package seal and the scripts seal_*",
		"MS721": "only the gate says it: see the scripts gate*",
		"MS722": "only the gate says it: see the scripts gate*",
		"MS723": "only the gate says it: see the scripts gate*",
		"MS724": "only the gate says it: see the scripts gate*",
		"MS725": "only the gate says it: see the scripts gate*",
		"MS726": "only the gate says it: see the scripts gate*",
		"MS727": "only the gate says it: see the scripts gate*",
		"MS801": "only a forge has settings: see the scripts doctor*",
		"MS802": "only a forge has settings: see the scripts doctor*",
		"MS803": "only a forge has settings: see the scripts doctor*",
		"MS804": "only a forge has settings: see the scripts doctor*",
		"MS805": "only a forge has settings: see the scripts doctor*",
		"MS806": "only a forge has settings: see the scripts doctor*",
		"MS807": "only a forge has settings: see the scripts doctor*",
		"MS808": "only a forge has settings: see the scripts doctor*",
		"MS811": "only a forge has settings: see the scripts doctor*",
		"MS812": "only a forge has settings: see the scripts doctor*",
		"MS813": "only a forge has settings: see the scripts doctor*",
		"MS814": "only a forge has settings: see the scripts doctor*",
		"MS815": "only a forge has settings: see the scripts doctor*",
		"MS816": "only a forge has settings: see the scripts doctor*",
		"MS817": "only a forge has settings: see the scripts doctor*",
		"MS818": "only a forge has settings: see the scripts doctor*",
		"MS821": "only a forge has settings: see the scripts doctor*",
		"MS822": "only a forge has settings: see the scripts doctor*",
		"MS831": "only a forge has settings: see the scripts doctor*",
	}
}

func TestEveryCodeHasABadExampleThatYieldsIt(t *testing.T) {
	files, err := filepath.Glob(badDir + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives in %s: %v", badDir, err)
	}
	shown := map[string]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		code, what, _ := strings.Cut(name, "-")
		if !diag.Known(code) || what == "" {
			t.Errorf("%s is not named by a code of the catalogue and what is wrong", name)
			continue
		}
		shown[code] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := readBad(t, file, code)
			bad := b.judge(t, b.files, b.command, "--depth=1")
			b.mustYield(t, bad)
			if b.good != nil {
				b.mustBeGone(t, bad, b.judge(t, b.good, b.goodCommand, "--no-tags"))
			}
		})
	}
	why := unreached()
	for _, c := range diag.Catalogue() {
		switch {
		case shown[c.Code] && why[c.Code] != "":
			t.Errorf("%s has an archive and is said to be out of reach", c.Code)
		case !shown[c.Code] && why[c.Code] == "":
			t.Errorf("%s (%s) has no archive in %s", c.Code, c.Title, badDir)
		}
	}
}

// badExample is one archive.
type badExample struct {
	code, now, severity, at string
	command                 []string
	goodCommand             []string
	exit                    int
	shallow                 bool
	also                    []string
	links                   map[string]string
	files, good             map[string]string // good is nil without a good version
}

func readBad(t *testing.T, file, code string) *badExample {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b := &badExample{code: code, exit: -1, severity: diag.Lookup(code).Severity.String(),
		now: "2026-11-21T09:00:00Z", links: map[string]string{}, files: map[string]string{}}
	overlay := map[string]string{}
	for _, f := range a.Files {
		if name, good := strings.CutPrefix(f.Name, "good/"); good {
			overlay[name] = string(f.Data)
		} else {
			b.files[f.Name] = string(f.Data)
		}
	}
	var edits [][2]string
	prose := 0
	for line := range strings.Lines(string(a.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "command":
			b.command = strings.Fields(value)
		case "good-command":
			b.goodCommand = strings.Fields(value)
		case "exit":
			b.exit, err = strconv.Atoi(value)
		case "now":
			b.now = value
		case "severity":
			b.severity = value
		case "at":
			b.at = value
		case "also":
			b.also = strings.Fields(value)
		case "shallow":
			b.shallow = value == "true"
		case "symlink":
			from, to, _ := strings.Cut(value, " -> ")
			b.links[from] = to
		case "good":
			old, instead, _ := strings.Cut(value, " =>")
			edits = append(edits, [2]string{old, strings.TrimPrefix(instead, " ")})
		default:
			prose += len(line)
		}
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	if prose < 30 || b.exit < 0 || b.at == "" || len(b.command) == 0 || len(b.files)+len(b.links) == 0 {
		t.Fatal("an archive says why it is bad, what to type, what the exit code is and where the finding is, and holds files")
	}
	if len(edits)+len(overlay)+len(b.goodCommand) > 0 || b.shallow {
		b.good = maps.Clone(b.files)
		maps.Copy(b.good, overlay)
	}
	for _, e := range edits {
		edit(t, b.good, e[0], e[1])
	}
	if b.goodCommand == nil {
		b.goodCommand = b.command
	}
	return b
}

func edit(t *testing.T, files map[string]string, old, instead string) {
	t.Helper()
	n := 0
	for name, text := range files {
		n += strings.Count(text, old)
		files[name] = strings.Replace(text, old, instead, 1)
	}
	if n != 1 {
		t.Fatalf("%q stands in the files %d times, want once", old, n)
	}
}

// badRun is what a run said: findings, and requirements put as such.
type badRun struct {
	exit     int
	findings []badFinding
	output   string
}

type badFinding struct{ Code, Severity, Message, At string }

func (b *badExample) judge(t *testing.T, files map[string]string, command []string, depth string) badRun {
	t.Helper()
	dir := b.layOut(t, files, depth)
	args := append(slices.Clone(command), "--format", "json", "--now", b.now)
	if command[0] == "check" {
		args = append(args, "--policy-timeout", "1m") // a busy machine is no mistake
	}
	exit, out, errs := run(t, dir, args...)
	r := badRun{exit: exit, output: string(out) + string(errs)}
	var d struct {
		Findings     []badFinding
		Requirements []struct{ Code, Reason string }
		Changes      []struct {
			Requirements []struct{ Code, Reason string }
		}
	}
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, r.output)
	}
	r.findings = d.Findings
	for _, c := range d.Changes {
		d.Requirements = append(d.Requirements, c.Requirements...)
	}
	for _, q := range d.Requirements {
		r.findings = append(r.findings, badFinding{Code: q.Code, Severity: "requirement", Message: q.Reason})
	}
	return r
}

// codes are those of the findings that are no requirements, and of errors alone if wanted.
func (r badRun) codes(errorsOnly bool) []string {
	var out []string
	for _, f := range r.findings {
		if f.Severity == "error" || f.Severity != "requirement" && !errorsOnly {
			out = append(out, f.Code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (b *badExample) mustYield(t *testing.T, r badRun) {
	t.Helper()
	found := false
	for _, f := range r.findings {
		if f.Code != b.code {
			continue
		}
		found = found || f.At == b.at || lineOf(f.At) == b.at || f.At == "" && b.at == "none"
		if strings.TrimSpace(f.Message) == "" {
			t.Errorf("%s says nothing", f.Code)
		}
		if f.Severity != b.severity {
			t.Errorf("%s is of severity %s, want %s", f.Code, f.Severity, b.severity)
		}
		if placed := f.At != ""; placed == (b.at == "none") {
			t.Errorf("%s is at %q, want %s", f.Code, f.At, b.at)
		}
	}
	want := b.also
	if b.severity != "requirement" {
		want = append([]string{b.code}, want...)
	}
	slices.Sort(want)
	diff := cmp.Diff(want, r.codes(false), cmpopts.EquateEmpty())
	if !found || diff != "" || r.exit != b.exit {
		t.Errorf("%s found at %s: %v; exit %d, want %d; other codes (-want +got):\n%s%s", b.code, b.at, found, r.exit, b.exit, diff, r.output)
	}
}

// lineOf is a place without its column.
func lineOf(at string) string {
	i := strings.LastIndexByte(at, ':')
	return at[:max(i, 0)]
}

func (b *badExample) mustBeGone(t *testing.T, bad, good badRun) {
	t.Helper()
	if slices.ContainsFunc(good.findings, func(f badFinding) bool { return f.Code == b.code }) {
		t.Errorf("the good version yields %s too:\n%s", b.code, good.output)
	}
	for _, code := range good.codes(true) {
		if !slices.Contains(bad.codes(true), code) {
			t.Errorf("the good version has a mistake of its own, %s:\n%s", code, good.output)
		}
	}
}

// layOut writes the files into a new folder, as a repository where they say so.
func (b *badExample) layOut(t *testing.T, files map[string]string, depth string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if !slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(name string) bool { return strings.HasPrefix(name, "head/") }) {
		for name, text := range files {
			writeBad(t, filepath.Join(dir, name), text)
		}
		for from, to := range b.links {
			if _, replaced := files[from]; replaced {
				continue
			}
			at := filepath.Join(dir, from)
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(to, at); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	git(t, "", "init", "-q", "-b", "main", "--template=", dir)
	git(t, importOf(files), "-C", dir, "fast-import", "--quiet")
	git(t, "", "-C", dir, "checkout", "-q", "change")
	head := strings.TrimSpace(git(t, "", "-C", dir, "rev-parse", "change"))
	for name, text := range files {
		if rest, ok := strings.CutPrefix(name, "beside/"); ok {
			writeBad(t, filepath.Join(filepath.Dir(dir), rest), strings.ReplaceAll(text, "<head>", head))
		}
	}
	if !b.shallow {
		return dir
	}
	clone := filepath.Join(filepath.Dir(dir), "clone")
	git(t, "", "clone", "-q", "--template=", depth, "--no-single-branch", "file://"+dir, clone)
	return clone
}

func writeBad(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// importOf is the history in the words of git fast-import.
func importOf(files map[string]string) string {
	var s strings.Builder
	for i, layer := range []string{"before/", "base/", "head/"} {
		branch := "main"
		if layer == "head/" {
			branch = "change"
		}
		fmt.Fprintf(&s, "commit refs/heads/%s\nmark :%d\ncommitter ada <ada@example.com> %d +0000\ndata <<EOT\n%s\nEOT\n", branch, i+1, 1795168800+i, path.Base(layer))
		if i > 0 {
			fmt.Fprintf(&s, "from :%d\n", i)
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			rest, ok := strings.CutPrefix(name, layer)
			if !ok {
				continue
			}
			gone, deleted := strings.CutSuffix(rest, ".delete")
			if _, back := files[layer+gone]; !deleted {
				fmt.Fprintf(&s, "M 100644 inline %s\ndata %d\n%s\n", rest, len(files[name]), files[name])
			} else if !back {
				fmt.Fprintf(&s, "D %s\n", gone)
			}
		}
		s.WriteString("\n")
	}
	return s.String()
}

// git runs git without the machine's configuration.
func git(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "TZ=UTC", "LC_ALL=C"}
	cmd.Stdin = strings.NewReader(stdin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out.String())
	}
	return out.String()
}
