package approval

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

// crowd is small enough for brute force.
var crowd = []field.Login{"ann", "ben", "cleo", "dora", "emil"}

// drawGroups draws up to three groups of the crowd, some with delegations.
func drawGroups(t *rapid.T) cast {
	var c cast
	for i := range rapid.IntRange(1, 3).Draw(t, "groups") {
		g := castGroup{Name: string(rune('a' + i)), Members: rapid.SliceOfNDistinct(rapid.SampledFrom(crowd), 1, 4, rapid.ID).Draw(t, "members")}
		if rapid.Bool().Draw(t, "delegates") {
			from := rapid.SampledFrom(g.Members).Draw(t, "from")
			to := rapid.SampledFrom(crowd).Draw(t, "to")
			g.Delegations = append(g.Delegations, castDelegation{From: from, To: to, Since: day(1), Until: day(28)})
		}
		c.Groups = append(c.Groups, g)
	}
	return c
}

func day(n int) field.Instant {
	return field.Instant{Time: time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC)}
}

func drawRequirement(t *rapid.T, c cast) Requirement {
	r := Requirement{Code: "MS311", Stage: rapid.IntRange(0, 2).Draw(t, "stage"), Reason: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "reason")}
	name := func() string { return rapid.SampledFrom(c.Groups).Draw(t, "group").Name }
	switch rapid.IntRange(0, 4).Draw(t, "form") {
	case 0:
		r.Peer, r.Count = true, Count{N: rapid.IntRange(1, 2).Draw(t, "count")}
	case 1:
		r.Group, r.Count = name(), Count{All: true}
	case 2:
		r.Group, r.Count = name(), Count{Percent: rapid.SampledFrom([]int{30, 50, 100}).Draw(t, "percent")}
	case 3:
		r.AnyOf, r.Count = []string{name(), name()}, Count{N: rapid.IntRange(1, 3).Draw(t, "count")}
	default:
		r.Group, r.Count = name(), Count{N: rapid.IntRange(1, 3).Draw(t, "count")}
	}
	return r
}

func drawReviews(t *rapid.T, people []field.Login) (out []evidence.Review) {
	for i, who := range rapid.SliceOfN(rapid.SampledFrom(people), 0, 6).Draw(t, "reviewers") {
		r := reviewWords(t, i, string(who)+" approves")
		r.State = rapid.SampledFrom([]evidence.State{evidence.Approved, evidence.Approved, evidence.Approved, evidence.ChangesRequested, evidence.Commented, evidence.Dismissed}).Draw(t, "state")
		r.Commit = rapid.SampledFrom([]string{headSHA, headSHA, headSHA, keptSHA, olderSHA}).Draw(t, "commit")
		out = append(out, r)
	}
	return out
}

func drawQuestion(t *rapid.T) Question {
	c := drawGroups(t)
	q := Question{Groups: c, Exclude: AllKinds(), At: day(20).Time, Binding: binding}
	for range rapid.IntRange(1, 3).Draw(t, "requirements") {
		q.Requirements = append(q.Requirements, drawRequirement(t, c))
	}
	if rapid.Bool().Draw(t, "owned") {
		q.Owner = rapid.SampledFrom(crowd).Draw(t, "owner")
	}
	if rapid.IntRange(0, 3).Draw(t, "owners of paths") == 0 {
		q.Requirements = append(q.Requirements, Requirement{Codeowners: true, Code: "MS311"})
		for range rapid.IntRange(1, 2).Draw(t, "rules") {
			q.Codeowners = append(q.Codeowners, OwnerSet{People: rapid.SliceOfNDistinct(rapid.SampledFrom(crowd), 1, 3, rapid.ID).Draw(t, "owners")})
		}
	}
	q.Evidence = document(drawReviews(t, crowd)...)
	return q
}

// with is the question with other reviews.
func with(q Question, reviews []evidence.Review) Question {
	d := *q.Evidence
	d.Reviews = reviews
	q.Evidence = &d
	return q
}

func TestAnApprovalMoreNeverTakesAnythingAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		before := Weigh(q)
		who := rapid.SampledFrom(crowd).Draw(t, "who")
		after := Weigh(with(q, append(slices.Clone(q.Evidence.Reviews), reviewWords(t, 50, string(who)+" approves"))))
		for i := range before.Statuses {
			if before.Statuses[i].Missing < after.Statuses[i].Missing {
				t.Fatalf("%s approves, and of %s\n%s\nbecomes\n%s", who, before.Statuses[i].Who(), line(before.Statuses[i]), line(after.Statuses[i]))
			}
		}
		if before.Met() && !after.Met() {
			t.Fatalf("%s approves, and what was met is not", who)
		}
	})
}

func TestT27TheOrderOfAnythingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		c := q.Groups.(cast)
		other := with(q, rapid.Permutation(q.Evidence.Reviews).Draw(t, "reviews"))
		other.Requirements = rapid.Permutation(q.Requirements).Draw(t, "requirements")
		other.Codeowners = rapid.Permutation(q.Codeowners).Draw(t, "rules")
		other.Exclude = rapid.Permutation(q.Exclude).Draw(t, "kinds")
		d := cast{Owners: c.Owners}
		for _, g := range rapid.Permutation(c.Groups).Draw(t, "groups") {
			g.Members = rapid.Permutation(g.Members).Draw(t, "members")
			d.Groups = append(d.Groups, g)
		}
		other.Groups = d
		if diff := cmp.Diff(sorted(Weigh(q)), sorted(Weigh(other))); diff != "" {
			t.Fatalf("(-one +other):\n%s", diff)
		}
	})
}

// sorted is a result as text, its statuses in an order of their own.
func sorted(r Result) []string {
	var out []string
	for _, s := range r.Statuses {
		out = append(out, fmt.Sprintf("%s %s %d %s: %s", s.Who(), s.Count, s.Stage, s.Reason, line(s)))
	}
	slices.Sort(out)
	out = append(out, fmt.Sprint(r.Objections, r.Ignored, r.NextEdge))
	for _, f := range r.Findings {
		out = append(out, f.Code+" "+f.Message)
	}
	return out
}

func TestNamesDecideNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		perm := rapid.Permutation(crowd).Draw(t, "new names")
		alias := func(l field.Login) field.Login {
			if i := slices.Index(crowd, l); i >= 0 {
				return perm[i]
			}
			return l
		}
		other := q
		var d cast
		for _, g := range q.Groups.(cast).Groups {
			g.Members = slices.Clone(g.Members)
			for i, m := range g.Members {
				g.Members[i] = alias(m)
			}
			g.Delegations = slices.Clone(g.Delegations)
			for i, one := range g.Delegations {
				g.Delegations[i].From, g.Delegations[i].To = alias(one.From), alias(one.To)
			}
			d.Groups = append(d.Groups, g)
		}
		other.Groups, other.Owner, other.Codeowners = d, alias(q.Owner), slices.Clone(q.Codeowners)
		for i, set := range q.Codeowners {
			other.Codeowners[i].People = nil
			for _, p := range set.People {
				other.Codeowners[i].People = append(other.Codeowners[i].People, alias(p))
			}
		}
		reviews := slices.Clone(q.Evidence.Reviews)
		for i, r := range reviews {
			reviews[i].By = alias(r.By)
		}
		one, two := Weigh(q), Weigh(with(other, reviews))
		for i := range one.Statuses {
			var renamed []string
			for _, h := range one.Statuses[i].Have {
				renamed = append(renamed, string(alias(field.Login(h))))
			}
			slices.Sort(renamed)
			if diff := cmp.Diff(strings.Join(renamed, " "), strings.Join(two.Statuses[i].Have, " ")); diff != "" {
				t.Fatalf("have (-renamed +got): %s", diff)
			}
			if one.Statuses[i].Missing != two.Statuses[i].Missing {
				t.Fatalf("%d missing, after renaming %d", one.Statuses[i].Missing, two.Statuses[i].Missing)
			}
		}
		if one.Met() != two.Met() || len(one.Findings) != len(two.Findings) || len(one.Objections) != len(two.Objections) {
			t.Fatal("another answer after renaming")
		}
	})
}

func TestEveryReviewOfALeastSetIsNeeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		if !Weigh(q).Met() {
			return
		}
		least := q.Evidence.Reviews
		for i := 0; i < len(least); {
			fewer := slices.Delete(slices.Clone(least), i, i+1)
			if !Weigh(with(q, fewer)).Met() {
				i++
				continue
			}
			least = fewer
		}
		full := Weigh(with(q, least))
		for i, r := range least {
			got := Weigh(with(q, slices.Delete(slices.Clone(least), i, i+1)))
			if got.Met() || gives(got) != "pending" {
				t.Fatalf("without %s it gives %s", r.By, gives(got))
			}
		}
		counted := map[string]bool{}
		for _, s := range full.Statuses {
			for _, h := range s.Have {
				counted[field.Fold(h)] = true
			}
		}
		for _, r := range least {
			if r.State == evidence.Approved && !counted[r.By.Fold()] {
				t.Fatalf("%s is needed and does not count", r.By)
			}
		}
	})
}

// least is the fewest missing people by brute force: every way to give each
// approver one chair or none. Stages and code owners are left out.
func least(need []int, circles []circle, approvers []string) int {
	chairs := 0
	for _, c := range circles {
		chairs = max(chairs, len(c.chairs))
	}
	taken := make([]map[string]bool, len(circles))
	for i := range taken {
		taken[i] = map[string]bool{}
	}
	best := 1 << 20
	var try func(p int)
	try = func(p int) {
		if p == len(approvers) {
			sum := 0
			for i := range need {
				sum += max(need[i]-len(taken[i]), 0)
			}
			best = min(best, sum)
			return
		}
		try(p + 1)
		for i, c := range circles {
			seats := []string{"self " + approvers[p]}
			if !c.open {
				seats = nil
				for _, ch := range c.chairs {
					if slices.Contains(ch.who, approvers[p]) {
						seats = append(seats, ch.member)
					}
				}
			}
			for _, s := range seats {
				if !taken[i][s] {
					taken[i][s] = true
					try(p + 1)
					delete(taken[i], s)
				}
			}
		}
	}
	try(0)
	return best
}

func TestT27NoOtherSeatingWouldLeaveFewerMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawGroups(t)
		q := Question{Groups: c, Exclude: AllKinds(), At: day(20).Time, Evidence: document()}
		for range rapid.IntRange(1, 3).Draw(t, "requirements") {
			r := drawRequirement(t, c)
			r.Stage = 1
			q.Requirements = append(q.Requirements, r)
		}
		subset := rapid.IntRange(0, 1<<len(crowd)-1).Draw(t, "approvers")
		var approvers []string
		for i := range bits.Len(uint(subset)) {
			if subset&(1<<i) != 0 {
				q.Evidence.Reviews = append(q.Evidence.Reviews, reviewWords(t, i, string(crowd[i])+" approves"))
				approvers = append(approvers, string(crowd[i]))
			}
		}
		a := q.asker()
		var circles []circle
		var need []int
		for _, r := range q.Requirements {
			x := a.circle(r)
			circles, need = append(circles, x), append(need, Need(r.Count, len(x.chairs)))
		}
		sum := 0
		for _, s := range Weigh(q).Statuses {
			sum += s.Missing
			if s.Missing+len(s.Have) != Need(s.Count, len(a.circle(s.Requirement).chairs)) {
				t.Fatalf("%s: numbers do not add up", line(s))
			}
		}
		if want := least(need, circles, approvers); sum != want {
			t.Fatalf("%d missing, brute force leaves %d", sum, want)
		}
	})
}
