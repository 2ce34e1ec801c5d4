package yamldoc_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

type instants struct {
	Status    string        `json:"status,omitempty"`
	Env       string        `json:"env,omitempty"`
	Risk      int           `json:"risk,omitempty"`
	Approved  bool          `json:"approved,omitempty"`
	Approvers []field.Login `json:"approvers,omitempty"`
	Start     field.Instant `json:"start,omitzero"`
	When      field.Instant `json:"when,omitzero"`
}

type days struct {
	Start field.Date `json:"start,omitzero"`
	When  field.Date `json:"when,omitzero"`
}

// hostile holds the cases of the corpus hostile-yaml, byte for byte, with the
// codes a strict reader answers with. No code: the file is read.
var hostile = []struct {
	name, yaml string
	codes      []string
	status     string // what status holds after an accepted file
}{
	{"norway-any", "env: no\nstatus: off\n", nil, "off"},
	{"yes-typed-bool", "approved: yes\n", []string{"MS010"}, ""},
	{"sexagesimal", "start: 1:30\n", []string{"MS011"}, ""},
	{"octal-0777", "risk: 0777\n", []string{"MS010"}, ""},
	{"underscore-int", "risk: 1_000\n", []string{"MS010"}, ""},
	{"float-as-int", "risk: 1e3\n", []string{"MS010"}, ""},
	{"day-30-feb", "when: 2026-02-30\n", []string{"MS011"}, ""},
	{"real-kep-4355", "when: 2023-14-05\n", []string{"MS011"}, ""},
	{"timestamp-no-zone", "when: 2026-03-01 10:00:00\n", []string{"MS011"}, ""},
	{"date-only-string", "start: 2026-03-01\n", []string{"MS011"}, ""},
	{"dup-key", "status: draft\nstatus: approved\n", []string{"MS005"}, ""},
	{"dup-key-case", "status: draft\nStatus: approved\n", []string{"MS005"}, ""},
	{"merge-key", "base: &b {status: approved}\n<<: *b\n", []string{"MS002", "MS002"}, ""},
	{"merge-key-strict", "<<: {status: approved}\nenv: prod\n", []string{"MS002"}, ""},
	{"null-approvers", "status: ~\napprovers:\n", []string{"MS007", "MS007"}, ""},
	{"scalar-for-list", "approvers: alice\n", []string{"MS007"}, ""},
	{"binary-tag", "status: !!binary YXBwcm92ZWQ=\n", []string{"MS003"}, ""},
	{"custom-tag", "status: !foo approved\n", []string{"MS003"}, ""},
	{"str-tag-number", "risk: !!str 5\n", []string{"MS003"}, ""},
	{"bidi", "status: \"appr\u202eoved\"\n", []string{"MS008"}, ""},
	{"zero-width", "status: \"approv\u200bed\"\n", []string{"MS008"}, ""},
	{"escaped-nul", "status: \"a\\0b\"\n", []string{"MS008"}, ""},
	{"escaped-ansi", "status: \"\\e[2Japproved\"\n", []string{"MS008"}, ""},
	{"invalid-utf8", "status: caf\xe9\n", []string{"MS008"}, ""},
	{"bom", "\ufeffstatus: ok\n", []string{"MS008"}, ""},
	{"two-documents", "status: draft\n---\nstatus: approved\n", []string{"MS004"}, ""},
	{"junk-after-end", "status: a\n...\njunk: [\n", []string{"MS004"}, ""},
	{"self-anchor", "a: &a [*a]\n", []string{"MS002"}, ""},
	{"deep-9000", "a: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "\n", []string{"MS009"}, ""},
	{"deep-20000", "a: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "\n", []string{"MS001"}, ""},
	{"empty", "", []string{"MS004"}, ""},
	{"scalar-root", "hello\n", []string{"MS004"}, ""},
	{"tab-indent", "status: ok\n\tenv: x\n", []string{"MS001"}, ""},
	{"cve-2022-28948", "0: [:!00 \xef", []string{"MS008"}, ""},
	{"workflow-command", "status: \"draft\\n::set-output name=ok::true\\n::add-mask::a\"\n", nil, "draft\n::set-output name=ok::true\n::add-mask::a"},
	{"mention-entity", "status: \"&#64;org/admins please\"\n", nil, "&#64;org/admins please"},
	{"html-comment", "status: \"ok <!-- verdict: pass -->\"\n", nil, "ok <!-- verdict: pass -->"},
	{"kelvin-login", "approvers: [\"\u212aelly\"]\n", []string{"MS109", "MS013"}, ""},
	{"billion-laughs", laughs(), []string{"MS002"}, ""},
}

func laughs() string {
	var b strings.Builder
	for c := 'a'; c <= 'i'; c++ {
		item := "x"
		if c > 'a' {
			item = "*" + string(c-1)
		}
		b.WriteString(string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat(item+",", 10), ",") + "]\n")
	}
	return b.String()
}

func read(data string, into any) diag.List {
	doc, found := yamldoc.Parse("x.yaml", []byte(data), yamldoc.Standard())
	if doc == nil {
		return found
	}
	return append(found, yamldoc.Decode(doc, into)...)
}

func codes(found diag.List) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Code)
	}
	return out
}

func TestT70ToT75HostileFilesGetTheCodeTheyDeserve(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			var got instants
			found := read(c.yaml, &got)
			have := slices.Compact(codes(found))
			if want := slices.Compact(slices.Clone(c.codes)); !slices.Equal(have, want) {
				t.Fatalf("codes %v, want %v\n%v", have, want, found)
			}
			if got.Status != c.status || got.Risk != 0 || got.Approved {
				t.Errorf("read %+v, want status %q and nothing else", got, c.status)
			}
			for _, f := range found {
				if f.At.File != "x.yaml" {
					t.Errorf("%s has no place", f.Code)
				}
			}
		})
	}
}

func TestT72JunkAndSecondDocumentsAreFoundAtTheirLine(t *testing.T) {
	for data, want := range map[string]string{
		"status: draft\n---\nstatus: approved\n": "x.yaml:2:1",
		"status: draft\n---\n":                   "x.yaml:2:1",
	} {
		_, found := yamldoc.Parse("x.yaml", []byte(data), yamldoc.Standard())
		if len(found) != 1 || found[0].At.String() != want {
			t.Errorf("%q: %v, want one finding at %s", data, found, want)
		}
	}
}

func TestHostileCorpusIsTheTable(t *testing.T) {
	root := os.Getenv("MERGESEAL_CORPUS")
	if root == "" {
		t.Log("did not run: MERGESEAL_CORPUS is not set")
		return
	}
	data, err := os.ReadFile(filepath.Join(root, "hostile-yaml", "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		var c struct {
			Name string
			Want string
			YAML []byte `json:"yaml_b64"`
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		seen++
		i := slices.IndexFunc(hostile, func(h struct {
			name, yaml string
			codes      []string
			status     string
		}) bool {
			return h.name == c.Name
		})
		if i < 0 {
			t.Errorf("%s is not in the table", c.Name)
			continue
		}
		own := hostile[i]
		if own.yaml != string(c.YAML) {
			t.Errorf("%s: the table's bytes differ from the corpus:\n%q\n%q", c.Name, own.yaml, c.YAML)
		}
		found := read(string(c.YAML), new(instants))
		switch {
		case c.Name == "date-only-string": // reject for instants, accept for dates
			var d days
			if f := read(string(c.YAML), &d); len(f) != 0 || d.Start.String() != "2026-03-01" {
				t.Errorf("%s: a date is not read as one: %v", c.Name, f)
			}
			fallthrough
		case strings.HasPrefix(c.Want, "reject"):
			if !found.Errors() {
				t.Errorf("%s: accepted, want %q", c.Name, c.Want)
			}
		case c.Want == "accept or reject, but say which": // bom: rejected, in words
			if !found.Errors() || !strings.Contains(found[0].Message, "byte order mark") {
				t.Errorf("%s: %v", c.Name, found)
			}
		case strings.HasPrefix(c.Want, "accept"):
			if len(found) != 0 {
				t.Errorf("%s: %v, want %q", c.Name, found, c.Want)
			}
		default:
			t.Errorf("%s wants %q, which this test does not know", c.Name, c.Want)
		}
		if strings.HasPrefix(c.Want, "reject: invalid date") {
			if f := read(string(c.YAML), new(days)); !slices.Equal(codes(f), []string{"MS011"}) {
				t.Errorf("%s: as a date: %v", c.Name, f)
			}
		}
	}
	if lines.Err() != nil || seen != len(hostile) {
		t.Fatalf("%d cases, want %d: %v", seen, len(hostile), lines.Err())
	}
}

func TestRealFilesHoldNoAnchorsTagsOrSecondDocuments(t *testing.T) {
	root := os.Getenv("MERGESEAL_CORPUS")
	if root == "" {
		t.Log("did not run: MERGESEAL_CORPUS is not set")
		return
	}
	files, kinds, examples := 0, map[string]int{}, map[string]string{}
	for _, folder := range []string{"kep/tree", "openstack-releases"} {
		before := files
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || filepath.Ext(path) != ".yaml" {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			short, _ := filepath.Rel(root, path)
			doc, found := yamldoc.Parse(short, data, yamldoc.Standard())
			if (doc == nil) != (len(found) > 0) {
				t.Errorf("%s: document %v with %d findings", short, doc != nil, len(found))
			}
			if doc != nil {
				var free map[string]any
				found = yamldoc.Decode(doc, &free)
			}
			for _, f := range found {
				kinds[f.Code]++
				examples[f.Code] = f.At.String() + ": " + f.Message
				if f.Code == "MS002" || f.Code == "MS003" || f.Code == "MS004" {
					t.Errorf("%s: %s [%s]", f.At, f.Message, f.Code)
				}
			}
			return nil
		})
		if err != nil || files == before {
			t.Fatalf("%s: %d files: %v", folder, files-before, err)
		}
	}
	t.Logf("%d files", files)
	for _, code := range slices.Sorted(maps.Keys(kinds)) {
		t.Logf("%s %d times, such as %s", code, kinds[code], examples[code])
	}
}
