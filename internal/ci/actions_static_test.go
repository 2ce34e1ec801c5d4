package ci

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/doctor"
)

// shipped are the workflows that we use or show, by path.
func shipped(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, dir := range []string{"examples/workflows", ".github/workflows"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.yml"))
		if err != nil || len(files) < 4 {
			t.Fatalf("%d workflows in %s: %v", len(files), dir, err)
		}
		for _, f := range files {
			path := dir + "/" + filepath.Base(f)
			out[path] = []byte(read(t, path))
		}
	}
	return out
}

func TestDoctorFindsNoTrapInTheWorkflowsThatWeUseOrShow_T11_T12_T15_T104(t *testing.T) {
	files := shipped(t)
	guard := doctor.Guard{
		Name: "ruleset", NoForce: true, NoDeletion: true, Queue: true, Bypass: doctor.Known([]doctor.Past{}),
		Checks:  []doctor.Check{{Name: "mergeseal (main)", App: 4242}, {Name: "judge", App: 4242}},
		Reviews: &doctor.Reviews{DismissStale: true, LastPush: true, CodeOwners: true, Count: 1},
	}
	examine := func(files map[string][]byte) doctor.Report {
		return doctor.Examine(doctor.Settings{
			Branch: "main", Check: "mergeseal (main)", Classic: doctor.Known[*doctor.Guard](nil), Rulesets: doctor.Known([]doctor.Guard{guard}),
			Approving: doctor.Known(false), Writing: doctor.Known(true),
			Files: doctor.Known(doctor.Files{Workflows: files, OwnersPath: "CODEOWNERS", Owners: []byte("* @acme/owners\n"), Law: []string{"mergeseal.yaml"}}),
		})
	}
	if r := examine(files); len(r.Findings) > 0 || r.Unknown {
		t.Errorf("found %v", r.Findings)
	}
	files["examples/workflows/mergeseal.yml"] = []byte(strings.Replace(string(files["examples/workflows/mergeseal.yml"]), "    runs-on:", "    if: github.actor != 'x'\n    runs-on:", 1))
	if r := examine(files); len(r.Findings) != 1 || r.Findings[0].Code != "MS812" {
		t.Errorf("a job that may be skipped: found %v", r.Findings)
	}
}

func TestTheExamplesArePinnedToACommitOfOursThatHasTheAction(t *testing.T) {
	git := func(args ...string) (string, error) {
		out, err := exec.Command("git", append([]string{"-C", root}, args...)...).Output()
		return strings.TrimSpace(string(out)), err
	}
	if shallow, err := git("rev-parse", "--is-shallow-repository"); err != nil || shallow != "false" {
		t.Logf("no whole clone here (%s, %v): not looked at", shallow, err)
		return
	}
	pins := map[string]bool{}
	for path, text := range shipped(t) {
		for _, pin := range ours.FindAllString(string(text), -1) {
			_, sha, _ := strings.Cut(pin, "@")
			pins[sha] = true
			if _, err := git("merge-base", "--is-ancestor", sha, "HEAD"); err != nil {
				t.Errorf("%s is pinned to %s, which is none of our commits: %v", path, sha, err)
				continue
			}
			if _, err := git("cat-file", "-e", sha+":action.yml"); err != nil {
				t.Errorf("%s is pinned to %s, which has no action.yml: %v", path, sha, err)
			}
		}
	}
	if len(pins) != 1 {
		t.Errorf("the examples are pinned to %d commits, not to one", len(pins))
	}
}

func TestNothingThatWeShipTrustsForeignFolders_T87(t *testing.T) {
	texts := shipped(t)
	texts["action.yml"] = []byte(read(t, "action.yml"))
	for path, text := range texts {
		if strings.Contains(string(text), "safe.directory") {
			t.Errorf("%s sets safe.directory", path)
		}
	}
}

func TestNoStepOfTheActionHoldsAnExpression_T15(t *testing.T) {
	_, steps, ok := strings.Cut(read(t, "action.yml"), "\nruns:\n")
	scripts := strings.Split(steps, "      run: |\n")
	if !ok || len(scripts) != 3 {
		t.Fatalf("%d scripts in action.yml: this test looks in the wrong place", len(scripts)-1)
	}
	for _, s := range scripts[1:] {
		script, _, _ := strings.Cut(s, "\n    - name:")
		if strings.Contains(script, "${{") {
			t.Errorf("a script holds an expression:\n%s", script)
		}
	}
}
