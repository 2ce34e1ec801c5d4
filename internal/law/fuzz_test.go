package law

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unpack is txtar.Parse for bytes that are no archive, on which that panics.
func unpack(data string) memory {
	m, name := memory{}, ""
	for line := range strings.Lines(data) {
		if rest, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(rest, " --\n") {
			name = strings.TrimSuffix(rest, " --\n")
			m[name] = ""
			continue
		}
		m[name] += line
	}
	return m
}

// FuzzLoad reads hostile law, files and all, from one archive. Whatever it
// says: no panic, no error of ours, the same findings twice, and no law that
// is free of errors while a name in it means nothing.
func FuzzLoad(f *testing.F) {
	for _, folder := range []string{"ok", "bad"} {
		files, err := filesOf(folder)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds in testdata/%s: %v", folder, err)
		}
		for _, b := range files {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := unpack(string(data))
		l, found, err := Load(m)
		if err != nil {
			if !errors.Is(err, ErrNoConfig) || l != nil {
				t.Fatalf("%v, %v", l, err)
			}
			return
		}
		_, again, err := Load(m)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lines(found), lines(again)); diff != "" {
			t.Fatal(diff)
		}
		if l == nil && !found.Errors() {
			t.Fatal("no law and nothing wrong")
		}
		if l == nil || found.Errors() {
			return
		}
		for _, s := range l.Services.Names() {
			svc, _ := l.Services.Lookup(s)
			for _, d := range svc.DependsOn {
				if _, ok := l.Services.Lookup(d); !ok {
					t.Fatalf("%s depends on %s, which is not there", s, d)
				}
			}
		}
		for _, w := range l.Windows {
			if w.Kind == WindowNone || w.Rule == nil && !w.End.After(w.Start.Time) || w.Repeat != nil && w.Rule == nil {
				t.Fatalf("the window %+v is in force", w)
			}
		}
		for _, g := range l.Config.Records {
			if CheckGlob(g) != nil {
				t.Fatalf("the pattern %q is in force", g)
			}
		}
	})
}
