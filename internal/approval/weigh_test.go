package approval

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

// peers asks for approvals of anybody.
func peers(t *testing.T, n int, reviews ...evidence.Review) Question {
	return Question{
		Requirements: []Requirement{{Peer: true, Count: Count{N: n}, Code: "MS311"}}, Groups: theCast(t), Exclude: AllKinds(),
		Evidence: document(reviews...), At: day(21).Time,
	}
}

func TestWithoutEvidenceItIsAsItWas(t *testing.T) {
	view := theCast(t)
	reqs := []Requirement{{Group: "cab", Count: Count{N: 2}}, {Peer: true}, {Group: "ghosts"}}
	statuses, found := Unmet(reqs, view)
	got := Weigh(Question{Requirements: reqs, Groups: view})
	if diff := cmp.Diff(Result{Statuses: statuses, Findings: found}, got); diff != "" {
		t.Error(diff)
	}
	if got.Met() {
		t.Error("nothing is known, and it is met")
	}
}

func TestT18WithoutAComparisonOnlyTheHeadCounts(t *testing.T) {
	kept := reviewWords(t, 1, "bob approves kept")
	if got := Weigh(peers(t, 1, kept)); got.Met() {
		t.Error("an older commit counts although nobody compared it")
	}
	q := peers(t, 1, kept)
	q.Binding = func(string) Binding { return Stale }
	if Weigh(q).Met() {
		t.Error("a stale review counts")
	}
	q.Binding = func(string) Binding { return Binding(9) }
	if Weigh(q).Met() {
		t.Error("a binding that does not exist counts")
	}
	if q.Binding = func(string) Binding { return Unchanged }; !Weigh(q).Met() {
		t.Error("an update that changed nothing voids a review")
	}
}

// T19: nothing but the commit binds a review. A review that claims to be of
// the far future, or of the past, is worth what its commit is worth.
func TestT19NoClockDecidesWhetherAReviewIsStale(t *testing.T) {
	for _, at := range []field.Instant{day(1), {Time: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)}, {Time: time.Unix(0, 0)}} {
		fresh, old := reviewWords(t, 1, "bob approves"), reviewWords(t, 1, "bob approves older")
		fresh.SubmittedAt, old.SubmittedAt = at, at
		if !Weigh(peers(t, 1, fresh)).Met() || Weigh(peers(t, 1, old)).Met() {
			t.Errorf("at %s the clock decides", at)
		}
	}
}

// T23: the forge's order decides, and of two reviews in one second the later id.
func TestT23TheLatestReviewDecidesWhateverTheOrderOfTheList(t *testing.T) {
	approve, object := reviewWords(t, 1, "bob approves"), reviewWords(t, 2, "bob objects")
	for name, c := range map[string]struct {
		reviews []evidence.Review
		want    bool
	}{
		"the objection is later":       {[]evidence.Review{object, approve}, false},
		"the approval is later":        {[]evidence.Review{sent(approve, 5, 1), sent(object, 3, 2)}, true},
		"one second, objection is 2nd": {[]evidence.Review{sent(object, 5, 2), sent(approve, 5, 1)}, false},
		"one second, approval is 2nd":  {[]evidence.Review{sent(approve, 5, 2), sent(object, 5, 1)}, true},
	} {
		if got := Weigh(peers(t, 1, c.reviews...)); got.Met() != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func sent(r evidence.Review, minute int, id int64) evidence.Review {
	r.ID, r.SubmittedAt = id, field.Instant{Time: day(20).Add(time.Duration(minute) * time.Minute)}
	return r
}

func TestT24AVetoIsFoundAmongManyReviews(t *testing.T) {
	var reviews []evidence.Review
	for i := range 130 {
		text := "p" + strings.Repeat("x", i%30) + string(rune('a'+i/30)) + " approves"
		if i == 6 {
			text = "bob objects"
		}
		reviews = append(reviews, reviewWords(t, i, text))
	}
	got := Weigh(peers(t, 1, reviews...))
	if got.Met() || len(got.Objections) != 1 || got.Objections[0] != (Objection{"bob", headSHA}) {
		t.Errorf("%+v", got.Objections)
	}
}

func TestT26LookAlikesAreOtherPeople(t *testing.T) {
	kelvin := field.Login("\u212aelly")
	q := Question{
		Requirements: []Requirement{{Group: "team"}}, Groups: cast{Groups: []castGroup{{Name: "team", Members: []field.Login{kelvin}}}},
		Exclude: AllKinds(), Evidence: document(reviewWords(t, 1, "kelly approves")),
	}
	if s := Weigh(q).Statuses[0]; s.Missing != 1 {
		t.Error(line(s))
	}
}

// T30: a branch that goes from A to B and back is at A again, and so are the
// reviews of A; those of B are not.
func TestT30AForcePushBackRevivesTheReviewsOfThatCommit(t *testing.T) {
	a, b := reviewWords(t, 1, "bob approves"), reviewWords(t, 2, "carol approves older")
	q := peers(t, 1, a, b)
	if s := Weigh(q).Statuses[0]; strings.Join(s.Have, " ") != "bob" {
		t.Error(line(s))
	}
	q.Evidence.PullRequest.Head = olderSHA
	if s := Weigh(q).Statuses[0]; strings.Join(s.Have, " ") != "carol" {
		t.Error(line(s))
	}
}

// T32: a person's second account cannot be told from another person's. What
// can be told is the type of the account, and that decides.
func TestT32AServiceAccountIsToldByItsTypeAlone(t *testing.T) {
	person, service := reviewWords(t, 1, "bob-service approves"), reviewWords(t, 1, "bob-service approves bot")
	if !Weigh(peers(t, 1, person)).Met() || Weigh(peers(t, 1, service)).Met() {
		t.Error("the type of the account does not decide")
	}
	for _, kind := range []string{"", "user", "Organization", "Mannequin"} {
		person.Type = kind
		if Weigh(peers(t, 1, person)).Met() {
			t.Errorf("an account of type %q counts", kind)
		}
	}
}

func TestEveryReviewThatCountsNowhereHasItsReason(t *testing.T) {
	q := peers(t, 1,
		reviewWords(t, 1, "carol approves"), reviewWords(t, 2, "bob approves older"), reviewWords(t, 3, "alice approves"),
		reviewWords(t, 4, "dave comments"), reviewWords(t, 5, "carol comments"), reviewWords(t, 6, "erin objects"), reviewWords(t, 7, "erin approves"))
	want := []Ignored{
		{102, "bob", "approved 1a2b3c4, the head is 5d6e7f8"}, {103, "alice", "author"}, {104, "dave", "a comment decides nothing"},
		{105, "carol", "a comment decides nothing"}, {106, "erin", "a later review decides"},
	}
	if diff := cmp.Diff(want, Weigh(q).Ignored); diff != "" {
		t.Error(diff)
	}
}

func TestP13TheNextEdgeIsADelegationThatBeginsOrEnds(t *testing.T) {
	view := theCast(t)
	view.Groups = append(view.Groups,
		castGroup{Name: "self", Members: []field.Login{"erin"}, Delegations: []castDelegation{{From: "erin", To: "ERIN", Since: day(1), Until: day(28)}}},
		castGroup{Name: "elsewhere", Members: []field.Login{"erin"}, Delegations: []castDelegation{{From: "erin", To: "hugo", Since: day(1), Until: day(28), Services: []string{"till"}}}})
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		group string
		at    time.Time
		want  time.Time
	}{
		"before one ends and another begins": {"on-leave", noon.Add(-time.Hour), noon},
		"after that the next one":            {"on-leave", noon, day(30).AddDate(0, 0, 1)},
		"long after all of them":             {"on-leave", noon.AddDate(1, 0, 0), time.Time{}},
		"in a group without delegations":     {"cab", noon, time.Time{}},
		"one is to oneself":                  {"self", noon, time.Time{}},
		"one is for other services":          {"elsewhere", noon, time.Time{}},
	} {
		q := Question{Requirements: []Requirement{{Group: c.group}}, Groups: view, Evidence: document(), At: c.at}
		if got := Weigh(q).NextEdge; !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestKindsAreReadFromTheLaw(t *testing.T) {
	got, err := ParseKinds(Kinds())
	if diff := cmp.Diff(AllKinds(), got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if got, err := ParseKinds([]string{"author", "friends"}); err == nil || got != nil {
		t.Errorf("%v is read", got)
	}
	for i, k := range AllKinds() {
		if k.String() != Kinds()[i] {
			t.Errorf("%s is not %s", k, Kinds()[i])
		}
	}
}

func TestWeighingLeavesWhatItIsGivenAlone(t *testing.T) {
	view := theCast(t)
	for _, s := range scenarios(t) {
		q := s.question(t, view)
		before := slices.Clone(q.Evidence.Reviews)
		Weigh(q)
		if diff := cmp.Diff(len(before), len(q.Evidence.Reviews)); diff != "" || !slices.Equal(before, q.Evidence.Reviews) {
			t.Errorf("%s: the reviews have changed", s.Name)
		}
	}
	if diff := cmp.Diff(theCast(t), view, cmp.Comparer(func(a, b field.Instant) bool { return a.Equal(b.Time) })); diff != "" {
		t.Error(diff)
	}
}
