package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

const tableHead = "_id,date,bug,la,nf,ns,nd,entrophy,ld,lt,ndev,age,nuc,exp,rexp,sexp\n"

// tableOf makes a table of lines added; a * marks a change that was later fixed.
func tableOf(ids, numbers string) string {
	var b strings.Builder
	b.WriteString(tableHead)
	for i, c := range labelled(numbers) {
		bug := 0
		if c.Fixed {
			bug = 2
		}
		fmt.Fprintf(&b, "%s%d,%d,%d,%d,1,1,1,0,0,9,1,2.5,1,1,1,1\n", ids, i, 1500000000+i, bug, c.Added)
	}
	return b.String()
}

const kamei = `"kamei":{"ns":1,"nd":1,"entrophy":0,"ld":0,"lt":9,"ndev":1,"age":2.5,"nuc":1,"exp":1,"rexp":1,"sexp":1}`

func diffRow(id, date, files string, buggy int) string {
	return fmt.Sprintf(`{"sha":%q,"commit_date":%q,"files":%s,%s,"buggy":%d}`+"\n", id, date, files, kamei, buggy)
}

// small is data in the right form and with the wrong figures.
func small() fstest.MapFS {
	files := fstest.MapFS{}
	for _, name := range tables {
		files["jit-issta21/dev/"+name+".csv"] = &fstest.MapFile{Data: []byte(tableOf(name, "1 2 3* 4 1 2 3* 4* 5* 1"))}
	}
	var b strings.Builder
	for i := range 10 {
		b.WriteString(diffRow(fmt.Sprint("d", i), fmt.Sprintf("2016-01-%02dT20:03:45+01:00", i+1), `[["a/b.py",3,1],["a/tests/test_b.py",4,0],["README.md",50,0],["po/de.po",60,0],["logo.gif",null,null]]`, i%2))
	}
	files["jit-diffs/dev/openstack-cinder.jsonl"] = &fstest.MapFile{Data: []byte(b.String())}
	return files
}

func TestTablesAndListsOfFilesFillTheSameFacts(t *testing.T) {
	sets, err := load(small())
	if err != nil {
		t.Fatal(err)
	}
	if len(sets) != 4 || len(sets[0].Changes) != 10 || !sets[3].Real {
		t.Fatalf("got %+v", sets)
	}
	table, real := sets[0].Changes[2], sets[3].Changes[1]
	if !table.Fixed || table.Added != 3 || table.Diff.Added != 3 || table.Diff.Files != 1 || !table.Diff.Given || table.Columns["age"] != 2.5 {
		t.Errorf("of the table: %+v", table)
	}
	if d := real.Diff; !real.Fixed || real.Added != 117 || d.Added != 7 || d.Files != 3 || d.Unknown != 1 {
		t.Errorf("of the list: %+v", real)
	}
	if e, p, h := real.Other[everyFile], real.Other[translations], real.Other[testsHalf]; e.Added != 117 || e.Files != 5 || p.Added != 67 || p.Files != 4 || h.Added != 5 {
		t.Errorf("in other ways: %+v %+v %+v", e, p, h)
	}
}

func TestDataThatIsNotAsExpectedIsRefused(t *testing.T) {
	jdt, cinder := "jit-issta21/dev/jdt.csv", "jit-diffs/dev/openstack-cinder.jsonl"
	row := func(files string) string { return diffRow("d", "2016-01-01T20:03:45+01:00", files, 1) }
	for _, c := range []struct {
		name, file, text, want string
	}{
		{"no such file", jdt, "", "read jdt"},
		{"an empty file", jdt, "\n", "it is empty"},
		{"a column is missing", jdt, strings.Replace(tableOf("j", "1 2*"), ",nf,", ",files,", 1), `there is no column "nf"`},
		{"a word for a number", jdt, tableHead + "j0,1,0,many,1,1,1,0,0,9,1,2.5,1,1,1,1\n", `row 2: la is "many", not a number`},
		{"not a number", jdt, tableHead + "j0,1,0,1,1,1,1,0,0,9,1,NaN,1,1,1,1\n", `age is "NaN"`},
		{"a short row", jdt, tableHead + "j0,1,0\n", "wrong number of fields"},
		{"less than nothing", jdt, tableOf("j", "1 -2*"), "counts less than nothing"},
		{"an id twice", jdt, tableOf("j", "1 2*") + "j1,1500000009,0,1,1,1,1,0,0,9,1,2.5,1,1,1,1\n", `"j1" of row 3`},
		{"out of order", jdt, tableOf("j", "1 2*") + "j7,1400000009,0,1,1,1,1,0,0,9,1,2.5,1,1,1,1\n", "j7 stands after a later one"},
		{"labels all the same", jdt, tableOf("j", "1 2 3 4 5 6"), "labels are all the same"},
		{"not JSON", cinder, "{", "row 1: unexpected EOF"},
		{"no label", cinder, strings.Replace(row(`[["a",1,1]]`), `,"buggy":1`, "", 1), "there is no label"},
		{"no files", cinder, row(`[]`), "there are no files"},
		{"a file in two parts", cinder, row(`[["a",1]]`), "2 parts"},
		{"a file without a name", cinder, row(`[[7,1,1]]`), "not a path with lines"},
		{"lines in words", cinder, row(`[["a","many",1]]`), "not a path with lines"},
		{"a day alone", cinder, strings.Replace(row(`[["a",1,1]]`), "T20:03:45+01:00", "", 1), "commit_date"},
		{"a metric is missing", cinder, strings.Replace(row(`[["a",1,1]]`), `"age":2.5,`, "", 1), "there is no kamei.age"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := small()
			if delete(files, c.file); c.text != "" {
				files[c.file] = &fstest.MapFile{Data: []byte(c.text)}
			}
			if c.text == "\n" {
				files[c.file].Data = nil
			}
			if _, err := load(files); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}

func TestSetsThatShareAChangeAreOneProject(t *testing.T) {
	a, b, c := &Set{Name: "a", Changes: labelled("1 2*")}, &Set{Name: "b", Changes: labelled("7* 9 3")}, &Set{Name: "c", Changes: []Change{{ID: "other"}}}
	if got := kin([]*Set{a, b, c}, a); len(got) != 2 || !got["a"] || !got["b"] {
		t.Errorf("got %v", got)
	}
}
