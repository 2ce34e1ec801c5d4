package gitrepo

import (
	"sort"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

func FuzzParseTree(f *testing.F) {
	id := strings.Repeat("\x01", 20)
	f.Add("100644 a\x00" + id + "40000 b\x00" + id)
	f.Add("40000 b\x00" + id + "100644 a\x00" + id + "160000 ..\x00" + id)
	f.Add("100644 a\x00" + id[:19])
	f.Add("9 a\x00" + id)
	f.Add("100644 \x00" + id)
	f.Fuzz(func(t *testing.T, data string) {
		list, err := parseTree(data)
		if err != nil && list != nil {
			t.Error("entries with an error")
		}
		size := 0
		for _, e := range list {
			size += len(e.name) + 22
			if e.name == "" || strings.Contains(e.name, "\x00") {
				t.Errorf("name %q", e.name)
			}
		}
		if size > len(data) {
			t.Error("entries hold more than the object")
		}
		if !sort.SliceIsSorted(list, func(i, j int) bool { return list[i].key() < list[j].key() }) {
			t.Error("not sorted")
		}
	})
}

func FuzzParseNode(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add("tree " + id + "\nparent " + id + "\nauthor A <a> 1 +0000\ncommitter B <b> 2 -0130\n\nmessage\n")
	f.Add("tree " + id + "\nauthor A <a> 1 +0000\nparent " + id + "\n")
	f.Add("tree " + id + "\nparent x\n")
	f.Add("tree " + id + "\nauthor >< \ncommitter <\n")
	f.Fuzz(func(t *testing.T, data string) {
		n, rest, err := parseNode(plumbing.ZeroHash, data)
		if err != nil {
			if n != nil {
				t.Error("a node with an error")
			}
			return
		}
		if !strings.HasSuffix(data, rest) || len(data)-len(rest) != 46+48*len(n.parents) {
			t.Errorf("%d parents, %d bytes read", len(n.parents), len(data)-len(rest))
		}
	})
}

func FuzzIgnore(f *testing.F) {
	f.Add("*.log\n!keep.log\n/a/**/b/\n[!a-c]\\#[[:alpha:]]", "a/x/b")
	f.Add("[", "[")
	f.Add("a\\", "a")
	f.Fuzz(func(t *testing.T, rules, path string) {
		rs := []ignoreFile{parseIgnore("", []byte(rules))}
		if ignored(rs, path, false) == ignored(append(rs, parseIgnore("", []byte("!**"))), path, false) && ignored(rs, path, false) {
			t.Error("a later rule does not take back an earlier one")
		}
	})
}
