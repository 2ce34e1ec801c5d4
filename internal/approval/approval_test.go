package approval

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/field"
)

func TestCountsAreNumbersAllOrAShare(t *testing.T) {
	for text, want := range map[string]Count{"1": {N: 1}, "12": {N: 12}, "all": {All: true}, "50%": {Percent: 50}, "100%": {Percent: 100}} {
		var c Count
		if err := c.ParseScalar(text); err != nil || c != want || c.String() != text {
			t.Errorf("%q reads as %v (%v)", text, c, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "+1", "01", "1.0", "All", "0%", "101%", "50 %", "%", "1001", "99999999999999999999"} {
		var c Count
		if err := c.ParseScalar(text); err == nil {
			t.Errorf("%q reads as %v", text, c)
		}
	}
	b, err := json.Marshal([]Count{{}, {N: 3}, {All: true}, {Percent: 5}})
	if string(b) != `[1,3,"all","5%"]` || err != nil {
		t.Errorf("%s, %v", b, err)
	}
}

func TestARequirementNamesOneKindOfApprover(t *testing.T) {
	for name, c := range map[string]struct {
		r  Requirement
		ok bool
	}{
		"a group":                       {Requirement{Group: "cab", Count: Count{N: 2}}, true},
		"any of several groups":         {Requirement{AnyOf: []string{"a", "b"}, Count: Count{Percent: 50}}, true},
		"owners":                        {Requirement{OwnersOf: []string{"till"}, Count: Count{All: true}}, true},
		"code owners":                   {Requirement{Codeowners: true, Stage: 2}, true},
		"a peer":                        {Requirement{Peer: true}, true},
		"nobody":                        {Requirement{Count: Count{N: 1}}, false},
		"a group and a peer":            {Requirement{Group: "cab", Peer: true}, false},
		"owners and code owners":        {Requirement{OwnersOf: []string{"till"}, Codeowners: true}, false},
		"a group without a name":        {Requirement{AnyOf: []string{""}}, false},
		"a stage before the first":      {Requirement{Peer: true, Stage: -1}, false},
		"a stage beyond all bounds":     {Requirement{Peer: true, Stage: 1 << 20}, false},
		"all peers":                     {Requirement{Peer: true, Count: Count{All: true}}, false},
		"half of the code owners":       {Requirement{Codeowners: true, Count: Count{Percent: 50}}, false},
		"less than nobody":              {Requirement{Peer: true, Count: Count{N: -1}}, false},
		"more than everybody":           {Requirement{Group: "cab", Count: Count{Percent: 101}}, false},
		"a number and a share":          {Requirement{Group: "cab", Count: Count{N: 1, Percent: 50}}, false},
		"all and a share":               {Requirement{Group: "cab", Count: Count{All: true, Percent: 50}}, false},
		"a share below nothing":         {Requirement{Group: "cab", Count: Count{Percent: -1}}, false},
		"more people than any team has": {Requirement{Group: "cab", Count: Count{N: 1001}}, false},
	} {
		if err := c.r.Validate(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSharesAreRoundedUpAndNeverNothing(t *testing.T) {
	for _, c := range []struct {
		count       Count
		of, want    int
		description string
	}{
		{Count{}, 5, 1, "no count is one"},
		{Count{N: 3}, 1, 3, "a number is a number"},
		{Count{All: true}, 4, 4, "all"},
		{Count{All: true}, 0, 1, "all of nobody is still somebody"},
		{Count{Percent: 50}, 3, 2, "half of three is two"},
		{Count{Percent: 50}, 4, 2, "half of four is two"},
		{Count{Percent: 1}, 100, 1, "exact"},
		{Count{Percent: 1}, 101, 2, "a little over"},
		{Count{Percent: 50}, 0, 1, "half of nobody is still somebody"},
	} {
		if got := Need(c.count, c.of); got != c.want {
			t.Errorf("%s: %d", c.description, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p, n := rapid.IntRange(1, 100).Draw(t, "percent"), rapid.IntRange(1, 1000).Draw(t, "people")
		need := Need(Count{Percent: p}, n)
		if need*100 < n*p || (need-1)*100 >= n*p || need > n {
			t.Fatalf("%d%% of %d is %d", p, n, need)
		}
	})
}

// people is groups as a table; those whose name begins with x are private.
type people struct {
	groups map[string][]field.Login
	teams  map[string][]string
	owners map[string]string
}

func (p people) Members(name string) ([]field.Login, []string, bool) {
	m, ok := p.groups[name]
	return m, p.teams[name], ok
}
func (p people) Private(name string) bool      { return strings.HasPrefix(name, "x") }
func (p people) OwnerOf(service string) string { return p.owners[service] }

func TestWithoutEvidenceEverythingIsMissing(t *testing.T) {
	view := people{
		groups: map[string][]field.Login{"cab": {"rosa", "Ben", "ida"}, "xsecret": {"mo", "ben"}, "empty": {}, "forge": {}},
		teams:  map[string][]string{"forge": {"orchard/board"}},
		owners: map[string]string{"till": "cab", "cellar": "ghosts"},
	}
	for name, c := range map[string]struct {
		r       Requirement
		missing int
		could   string
		refused bool
	}{
		"one of a group":                   {Requirement{Group: "cab"}, 1, "Ben ida rosa", false},
		"all of a group":                   {Requirement{Group: "cab", Count: Count{All: true}}, 3, "Ben ida rosa", false},
		"half of a group":                  {Requirement{Group: "cab", Count: Count{Percent: 50}}, 2, "Ben ida rosa", false},
		"private people are counted only":  {Requirement{Group: "xsecret", Count: Count{All: true}}, 2, "", false},
		"people of two groups count once":  {Requirement{AnyOf: []string{"xsecret", "cab"}, Count: Count{All: true}}, 4, "Ben ida rosa", false},
		"owners of a service":              {Requirement{OwnersOf: []string{"till"}}, 1, "Ben ida rosa", false},
		"a peer":                           {Requirement{Peer: true, Count: Count{N: 2}}, 2, "", false},
		"code owners":                      {Requirement{Codeowners: true}, 1, "", false},
		"a team only the forge knows":      {Requirement{Group: "forge", Count: Count{All: true}}, 1, "", false},
		"one group of two is enough":       {Requirement{AnyOf: []string{"ghosts", "cab"}}, 1, "Ben ida rosa", false},
		"a group nobody defined":           {Requirement{Group: "ghosts"}, 1, "", true},
		"a group with nobody in it":        {Requirement{Group: "empty", Count: Count{All: true}}, 1, "", true},
		"more people than there are":       {Requirement{Group: "cab", Count: Count{N: 4}}, 4, "Ben ida rosa", true},
		"owners of a service without any":  {Requirement{OwnersOf: []string{"ledger"}}, 1, "", true},
		"owners that nobody defined":       {Requirement{OwnersOf: []string{"cellar"}}, 1, "", true},
		"a requirement that names nobody":  {Requirement{}, 1, "", true},
		"owners of two, one of them known": {Requirement{OwnersOf: []string{"cellar", "till"}}, 1, "Ben ida rosa", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, found := Unmet([]Requirement{c.r}, view)
			if len(got) != 1 || got[0].Missing != c.missing || strings.Join(got[0].Could, " ") != c.could || got[0].Have == nil || len(got[0].Have) > 0 || got[0].NotCounted == nil {
				t.Errorf("got %+v", got)
			}
			if diff := cmp.Diff(c.r, got[0].Requirement); diff != "" {
				t.Error(diff)
			}
			if (len(found) == 1) != c.refused {
				t.Errorf("found %v", found)
			}
			for _, f := range found {
				if f.Code != "MS507" || !f.Undecided {
					t.Errorf("found %+v", f)
				}
			}
		})
	}
}
