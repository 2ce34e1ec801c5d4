package risk

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAPathTellsTheKindOfAFile(t *testing.T) {
	for path, want := range map[string]string{
		"db/migrations/0001_init.sql":                     KindMigration,
		"db/migrate/20260101_add_index.rb":                KindMigration,
		"cinder/db/sqlalchemy/migrate_repo/versions/1.py": KindCode,
		"alembic/versions/1a2b.py":                        KindMigration,
		"sql/V12__orders.sql":                             KindMigration,
		"schema/000004_orders.up.sql":                     KindMigration,
		"app/orders_migration.go":                         KindMigration,
		"DB/Migrations/A.SQL":                             KindMigration,
		"db/migrations/README.md":                         KindDocument,
		"tests/migrations/test_0001.py":                   KindTest,
		"internal/risk/score_test.go":                     KindTest,
		"src/test/java/a/B.java":                          KindTest,
		"src/OrderTest.java":                              KindTest,
		"web/cart.spec.ts":                                KindTest,
		"latest.go":                                       KindCode,
		"contest.py":                                      KindCode,
		"README":                                          KindDocument,
		"docs/guide.rst":                                  KindDocument,
		"docs/conf.py":                                    KindCode,
		"requirements.txt":                                KindConfiguration,
		"test-requirements.txt":                           KindConfiguration,
		"notes.txt":                                       KindDocument,
		"infra/main.tf":                                   KindInfrastructure,
		"Dockerfile":                                      KindInfrastructure,
		"build/api.Dockerfile":                            KindInfrastructure,
		".github/workflows/ci.yml":                        KindInfrastructure,
		".github/CODEOWNERS":                              KindConfiguration,
		"k8s/base/api":                                    KindInfrastructure,
		"deploy/prod/api.yaml":                            KindInfrastructure,
		"deploy/main.go":                                  KindCode,
		"charts/api/templates/_helpers.tpl":               KindInfrastructure,
		"docker-compose.override.yml":                     KindInfrastructure,
		"config/app.yaml":                                 KindConfiguration,
		"package-lock.json":                               KindConfiguration,
		".env.production":                                 KindConfiguration,
		"go.mod":                                          KindConfiguration,
		"cmd/main.go":                                     KindCode,
		"no-ending":                                       KindCode,
		"":                                                KindCode,
		"logo.png":                                        KindCode,
	} {
		t.Run(fmt.Sprintf("%s is %s", path, want), func(t *testing.T) {
			if got := Kind(path); got != want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestTheDiffFactorCountsLinesInFineStepsTestsHalfAndDocumentsNotAtAll(t *testing.T) {
	file := func(path string, lines int) DiffFile { return DiffFile{Path: path, Added: lines} }
	many := make([]DiffFile, 10)
	for i := range many {
		many[i] = file(fmt.Sprintf("a%d.go", i), 200)
	}
	for _, c := range []struct {
		name   string
		files  []DiffFile
		points int
		why    string
	}{
		{"nothing", nil, 0, "0 lines in 0 files"},
		{"one line", []DiffFile{file("a.go", 1)}, 1, "1 line in 1 file"},
		{"four lines", []DiffFile{file("a.go", 4)}, 1, "4 lines in 1 file"},
		{"five lines, deleted ones too", []DiffFile{{Path: "a.go", Added: 2, Deleted: 3}}, 2, "5 lines in 1 file"},
		{"two files", []DiffFile{file("a.go", 36), file("b.go", 2)}, 5, "38 lines in 2 files"},
		{"tests count half", []DiffFile{file("a_test.go", 19)}, 2, "19 lines in 1 file, 19 of them tests"},
		{"twenty lines of tests are ten", []DiffFile{file("a_test.go", 20)}, 3, "20 lines in 1 file, 20 of them tests"},
		{"documents do not count", []DiffFile{file("a.md", 5000), file("b.md", 1)}, 0, "0 lines in 0 files"},
		{"records do not count", []DiffFile{{Path: "changes/CHG-1.yaml", Added: 5000, Record: true}}, 0, "0 lines in 0 files"},
		{"a migration adds", []DiffFile{file("db/migrations/1.sql", 1)}, 3, "1 line in 1 file, 1 migration"},
		{"two thousand lines in ten files", many, 13, "2000 lines in 10 files"},
		{"all of it", append(many, file("db/migrations/1.sql", 1), file("db/migrations/2.sql", 1)), 15, "2002 lines in 12 files, 2 migrations"},
		{"negative counts are none", []DiffFile{{Path: "a.go", Added: -5, Deleted: 1}}, 1, "1 line in 1 file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if points, why := DiffPoints(Measure(c.files)); points != c.points || why != c.why {
				t.Errorf("got %d, %q; want %d, %q", points, why, c.points, c.why)
			}
		})
	}
}

func TestT84TwentySmallChangesSumUpToOneLargeOne(t *testing.T) {
	sum := Measure(nil)
	for i := range 20 {
		sum = sum.Plus(Measure([]DiffFile{{Path: fmt.Sprintf("f%d.go", i), Added: 50}}))
	}
	together, _ := DiffPoints(sum)
	single, _ := DiffPoints(Measure([]DiffFile{{Path: "f.go", Added: 1000}}))
	if together < single {
		t.Errorf("together %d, in one %d", together, single)
	}
	if sum.Plus(Diff{}).Given {
		t.Error("a sum with a diff that was not given is given")
	}
}

func drawFiles(t *rapid.T) []DiffFile {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) DiffFile {
		return DiffFile{
			Path:  rapid.SampledFrom([]string{"a.go", "a_test.go", "a.md", "db/migrations/1.sql", "k8s/a.yaml", "a.toml"}).Draw(t, "path"),
			Added: rapid.IntRange(0, 3000).Draw(t, "added"), Deleted: rapid.IntRange(0, 3000).Draw(t, "deleted"), Record: rapid.IntRange(0, 5).Draw(t, "record") == 0,
		}
	}), 0, 15).Draw(t, "files")
}

func TestADiffThatGrowsNeverCountsLessAndOrderNeverMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := drawFiles(t)
		points, why := DiffPoints(Measure(files))
		again, whyAgain := DiffPoints(Measure(rapid.Permutation(files).Draw(t, "shuffled")))
		more, _ := DiffPoints(Measure(append(slices.Clone(files), drawFiles(t)...)))
		if points < 0 || points > 15 || again != points || why != whyAgain || more < points {
			t.Fatalf("%d %q, shuffled %d %q, with more files %d", points, why, again, whyAgain, more)
		}
		without := slices.DeleteFunc(slices.Clone(files), func(f DiffFile) bool { return f.Record })
		if bare, _ := DiffPoints(Measure(without)); bare != points {
			t.Fatalf("records count: %d with, %d without", points, bare)
		}
	})
}

// TestTheDiffFactorRanksRealCommits holds the steps to what was measured on
// real, labelled commits: no worse than the exact number of lines.
func TestTheDiffFactorRanksRealCommits(t *testing.T) {
	corpus := os.Getenv("MERGESEAL_CORPUS")
	if corpus == "" {
		t.Log("did not run: MERGESEAL_CORPUS is not set")
		return
	}
	data, err := os.ReadFile(filepath.Join(corpus, "jit-diffs/dev/openstack-cinder.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var counts [16][2]float64 // by points: clean, buggy
	for row := range strings.Lines(string(data)) {
		var commit struct {
			Files [][]any
			Buggy int
		}
		if err := json.Unmarshal([]byte(row), &commit); err != nil {
			t.Fatal(err)
		}
		var files []DiffFile
		for _, f := range commit.Files {
			d := DiffFile{Path: fmt.Sprint(f[0])}
			if n, ok := f[1].(float64); ok {
				d.Added = int(n)
			}
			if n, ok := f[2].(float64); ok {
				d.Deleted = int(n)
			}
			files = append(files, d)
		}
		points, _ := DiffPoints(Measure(files))
		counts[points][min(commit.Buggy, 1)]++
	}
	var area, clean, buggy float64
	for _, c := range counts {
		area += c[1] * (clean + c[0]/2)
		clean, buggy = clean+c[0], buggy+c[1]
	}
	if clean == 0 || buggy == 0 {
		t.Fatal("no commits of both labels")
	}
	auc := area / clean / buggy
	t.Logf("AUC %.4f over %.0f commits", auc, clean+buggy)
	if auc < 0.74 {
		t.Errorf("AUC %.4f, want at least 0.74", auc)
	}
}
