package risk

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/source"
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
		"locale/de/LC_MESSAGES/shop.po":                   KindDocument,
		"releasenotes/notes/a-1.yaml":                     KindDocument,
		"releasenotes/source/conf.py":                     KindCode,
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

func TestTheDiffFactorCountsLinesAddedAndFilesTouchedInSteps(t *testing.T) {
	file := func(path string, lines int) DiffFile { return DiffFile{Path: path, Added: lines} }
	for _, c := range []struct {
		name         string
		files        []DiffFile
		lines, touch int
		why, lower   string // of both lines, joined by "; "
	}{
		{"nothing", nil, 0, 0, "0 lines added; 0 files touched", "; "},
		{"one line", []DiffFile{file("a.go", 1)}, 1, 0, "1 line added; 1 file touched", "; "},
		{"deleted lines alone", []DiffFile{file("a.go", 0)}, 0, 0, "0 lines added; 1 file touched", "; "},
		{"four lines", []DiffFile{file("a.go", 4)}, 3, 0, "4 lines added; 1 file touched", "split it: fewer than 3 lines added count 2; "},
		{"five lines", []DiffFile{file("a.go", 5)}, 4, 0, "5 lines added; 1 file touched", "split it: fewer than 5 lines added count 3; "},
		{"two files", []DiffFile{file("a.go", 36), file("b.go", 2)}, 9, 1, "38 lines added; 2 files touched", "split it: fewer than 30 lines added count 8; split it: fewer than 2 files count 0"},
		{"tests are lines as any", []DiffFile{file("a_test.go", 20)}, 8, 0, "20 lines added; 1 file touched", "split it: fewer than 20 lines added count 7; "},
		{"documents do not count", []DiffFile{file("a.md", 5000), file("b.md", 1), file("c.po", 9)}, 0, 0, "0 lines added, documents not counted; 0 files touched, 3 documents not counted", "; "},
		{"records do not count", []DiffFile{{Path: "changes/CHG-1.yaml", Added: 5000, Record: true}}, 0, 0, "0 lines added; 0 files touched", "; "},
		{"all of it", []DiffFile{file("a.go", 150), file("b.go", 20), file("c.go", 20), file("d.go", 10)}, 12, 3, "200 lines added; 4 files touched",
			"split it: fewer than 200 lines added count 11; split it: fewer than 4 files count 2"},
		{"lines that nobody can count", []DiffFile{file("a.go", 2), {Path: "b.bin", Unknown: true}}, 12, 1, "2 lines added, and 1 file whose lines nobody can count; 2 files touched",
			"make what is not text a change of its own; split it: fewer than 2 files count 0"},
		{"a document that is not text", []DiffFile{{Path: "b.txt", Added: 7, Unknown: true}}, 0, 0, "0 lines added, documents not counted; 0 files touched, 1 document not counted", "; "},
		{"negative counts are none", []DiffFile{{Path: "a.go", Added: -5}}, 0, 0, "0 lines added; 1 file touched", "; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Measure(c.files).lines(DefaultModel().points["diff"])
			if len(got) != 2 || got[0].Points != c.lines || got[1].Points != c.touch || got[0].Why+"; "+got[1].Why != c.why || got[0].Lower+"; "+got[1].Lower != c.lower {
				t.Errorf("got %+v", got)
			}
			if sum := DefaultModel().DiffPoints(Measure(c.files)); sum != c.lines+c.touch {
				t.Errorf("together %d", sum)
			}
		})
	}
}

func TestTheStepsOfTheDiffFactorRiseAndSumTo15(t *testing.T) {
	lines, files := DiffSteps()
	if len(lines)+len(files) != 15 || !slices.IsSorted(lines) || !slices.IsSorted(files) || lines[0] < 1 || files[0] < 1 {
		t.Errorf("lines %v, files %v", lines, files)
	}
	if got := DefaultModel().DiffPoints(Diff{}); got != 8 {
		t.Errorf("a diff that was not given counts %d", got)
	}
}

func TestPointsOfTheDiffFactorCanBeOverridden(t *testing.T) {
	m, found := DefaultModel().With(law.RiskConfig{Points: map[string]map[string]int{"diff": {"not_given": 15, "lines_step": 2, "files_step": 0}}}, source.Index{})
	if len(found) != 0 {
		t.Fatal(found)
	}
	if got := m.DiffPoints(Diff{}); got != 15 {
		t.Errorf("not given: %d", got)
	}
	got := Measure([]DiffFile{{Path: "a.go", Added: 3}, {Path: "b.go"}}).lines(m.points["diff"])
	if got[0].Points != 6 || got[0].Lower != "split it: fewer than 3 lines added count 4" || got[1].Points != 0 || got[1].Lower != "" {
		t.Errorf("got %+v", got)
	}
}

func TestT84TwentySmallChangesSumUpToOneLargeOne(t *testing.T) {
	sum := Measure(nil)
	for i := range 20 {
		sum = sum.Plus(Measure([]DiffFile{{Path: fmt.Sprintf("f%d.go", i), Added: 50}}))
	}
	together := DefaultModel().DiffPoints(sum)
	if single := DefaultModel().DiffPoints(Measure([]DiffFile{{Path: "f.go", Added: 1000}})); together < single {
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
			Added: rapid.IntRange(0, 300).Draw(t, "added"), Unknown: rapid.IntRange(0, 9).Draw(t, "unknown") == 0, Record: rapid.IntRange(0, 5).Draw(t, "record") == 0,
		}
	}), 0, 15).Draw(t, "files")
}

func TestADiffThatGrowsNeverCountsLessAndOrderNeverMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := drawFiles(t)
		of := func(files []DiffFile) int { return DefaultModel().DiffPoints(Measure(files)) }
		points, again := of(files), of(rapid.Permutation(files).Draw(t, "shuffled"))
		more := of(append(slices.Clone(files), drawFiles(t)...))
		if points < 0 || points > 15 || again != points || more < points {
			t.Fatalf("%d, shuffled %d, with more files %d", points, again, more)
		}
		without := slices.DeleteFunc(slices.Clone(files), func(f DiffFile) bool { return f.Record })
		if bare := of(without); bare != points {
			t.Fatalf("records count: %d with, %d without", points, bare)
		}
	})
}

func TestK6AFileWhoseLinesNobodyCanCountIsNeverCheaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := drawFiles(t)
		if len(files) == 0 {
			return
		}
		before := DefaultModel().DiffPoints(Measure(files))
		hidden := slices.Clone(files)
		hidden[rapid.IntRange(0, len(files)-1).Draw(t, "which")].Unknown = true
		if after := DefaultModel().DiffPoints(Measure(hidden)); after < before {
			t.Fatalf("from %d to %d", before, after)
		}
	})
}
