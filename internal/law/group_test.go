package law

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/field"
)

var _ approval.GroupView = (*Groups)(nil)

func TestMembersOfNestedGroupsCountOnceWhateverTheirCase(t *testing.T) {
	g := newGroups([]Group{
		{Name: "cab", Members: []field.Login{"rosa", "Ben"}, Groups: []string{"pickers", "nobody"}, Teams: []string{"orchard/board"}},
		{Name: "pickers", Members: []field.Login{"ben", "mo"}, Private: true, Teams: []string{"orchard/board"}},
	})
	people, teams, ok := g.Members("cab")
	if diff := cmp.Diff([]field.Login{"Ben", "mo", "rosa"}, people); diff != "" || !ok {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"orchard/board"}, teams); diff != "" {
		t.Error(diff)
	}
	if !g.Private("cab") || !g.Private("pickers") {
		t.Error("a private group's people show through the group around it")
	}
}

func TestAGroupThatNobodyDefinedIsUnknownAndPrivate(t *testing.T) {
	for _, g := range []*Groups{nil, {}, newGroups(nil)} {
		if _, _, ok := g.Members("cab"); ok || g.Defined("cab") || !g.Private("cab") || g.OwnerOf("till") != "" {
			t.Error("an undefined group is known")
		}
	}
}

func TestCirclesOfGroupsEndAndHaveOnePeople(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "groups")
		var list []Group
		for i := range n {
			g := Group{Name: fmt.Sprintf("g%d", i), Members: []field.Login{field.Login(fmt.Sprintf("m%d", i))}}
			for range rapid.IntRange(0, 3).Draw(t, "nested") {
				g.Groups = append(g.Groups, fmt.Sprintf("g%d", rapid.IntRange(0, n-1).Draw(t, "inner")))
			}
			list = append(list, g)
		}
		groups := newGroups(list)
		for _, g := range list {
			people, _, ok := groups.Members(g.Name)
			if !ok || !slices.Contains(people, g.Members[0]) || len(people) > n {
				t.Fatalf("%s has %v", g.Name, people)
			}
			for _, inner := range g.Groups {
				more, _, _ := groups.Members(inner)
				for _, p := range more {
					if !slices.Contains(people, p) {
						t.Fatalf("%s lacks %s of %s", g.Name, p, inner)
					}
				}
			}
		}
	})
}

// Every circle of groups is found, and nothing else is.
func TestCirclesAreReportedExactlyWhenAGroupReachesItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "groups")
		text := "version: 1\ngroups:\n"
		edges := map[int][]int{}
		for i := range n {
			text += fmt.Sprintf("  - {name: g%d, groups: [", i)
			for j := range n {
				if rapid.IntRange(0, 3).Draw(t, "edge") == 0 {
					text += fmt.Sprintf("g%d, ", j)
					edges[i] = append(edges[i], j)
				}
			}
			text += "]}\n"
		}
		_, found, err := Load(memory{ConfigPath: text})
		if err != nil {
			t.Fatal(err)
		}
		circular := slices.ContainsFunc([]int{0, 1, 2, 3, 4, 5}, func(i int) bool { return reachesItself(edges, i) })
		if found.Errors() != circular {
			t.Fatalf("circular %v:\n%s\n%s", circular, text, lines(found))
		}
	})
}

func reachesItself(edges map[int][]int, start int) bool {
	seen := map[int]bool{}
	todo := slices.Clone(edges[start])
	for len(todo) > 0 {
		n := todo[0]
		todo = todo[1:]
		if n == start {
			return true
		}
		if !seen[n] {
			seen[n] = true
			todo = append(todo, edges[n]...)
		}
	}
	return false
}
