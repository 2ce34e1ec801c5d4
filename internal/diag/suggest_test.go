package diag_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/diag"
)

func TestSuggest(t *testing.T) {
	fields := []string{"id", "title", "type", "owner", "services", "environments", "rollback_plan", "test_plan", "implementation_plan", "impact"}
	services := []string{"payments-api", "payments-db", "storage", "checkout"}
	for name, tc := range map[string]struct {
		got        string
		candidates []string
		want       string
	}{
		"a beginning with a letter lost":     {"rollbak", fields, "rollback_plan"},
		"a whole beginning":                  {"rollback", fields, "rollback_plan"},
		"two letters changed places":         {"titel", fields, "title"},
		"a plural":                           {"service", fields, "services"},
		"a word short of a letter":           {"enviroments", fields, "environments"},
		"an underscore for a hyphen":         {"payments_api", services, "payments-api"},
		"capitals":                           {"Payments-API", services, "payments-api"},
		"nothing near":                       {"zebra", services, ""},
		"an empty word":                      {"", fields, ""},
		"no candidates":                      {"title", nil, ""},
		"a word longer than any real one":    {strings.Repeat("payments", 9), services, ""},
		"of two equally near, the first one": {"payments-xx", []string{"payments-zz", "payments-aa"}, "payments-aa"},
		"letters beyond ASCII break nothing": {"überweisung", []string{"überweisungen", "ü"}, "überweisungen"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := diag.Suggest(tc.got, tc.candidates); got != tc.want {
				t.Errorf("Suggest(%q) = %q, want %q", tc.got, got, tc.want)
			}
		})
	}
}

func TestSuggestNamesACandidateWhateverTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringN(0, 20, 80).Draw(t, "typed")
		candidates := rapid.SliceOfN(rapid.StringMatching(`[a-zü_-]{1,8}`), 0, 6).Draw(t, "candidates")
		got := diag.Suggest(typed, candidates)
		if got != "" && !slices.Contains(candidates, got) {
			t.Fatalf("%q is no candidate", got)
		}
		if other := diag.Suggest(typed, rapid.Permutation(candidates).Draw(t, "shuffled")); other != got {
			t.Fatalf("%q or %q, by the order of the candidates", got, other)
		}
	})
}

func TestHintsForWhatWasTyped(t *testing.T) {
	if got, want := diag.DidYouMean("norml", []string{"normal", "standard"}), `did you mean "normal"?`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := diag.DidYouMean("zzzzzz", []string{"standard", "normal"}), `allowed: "normal", "standard"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAllowed(t *testing.T) {
	many := strings.Split("n m l k j i h g f e d c b a", " ")
	for name, tc := range map[string]struct {
		candidates []string
		want       string
	}{
		"none":            {nil, "nothing is allowed here"},
		"sorted, quoted":  {[]string{"b", "a"}, `allowed: "a", "b"`},
		"at most twelve":  {many, `allowed: "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l" and 2 more`},
		"quotes are kept": {[]string{`a"b`}, `allowed: "a\"b"`},
	} {
		t.Run(name, func(t *testing.T) {
			before := slices.Clone(tc.candidates)
			if got := diag.Allowed(tc.candidates); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if !slices.Equal(before, tc.candidates) {
				t.Error("the candidates were sorted in place")
			}
		})
	}
}

func TestQuote(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"plain":            {"payments", `"payments"`},
		"a line's end":     {"a\nb", `"a\nb"`},
		"an escape (T59)":  {"\x1b[31mred", `"\x1b[31mred"`},
		"turned text":      {"a\u202eb", `"a\u202eb"`},
		"not UTF-8":        {"a\xffb", `"a\xffb"`},
		"sixty characters": {strings.Repeat("ü", 60), `"` + strings.Repeat("ü", 60) + `"`},
		"one more":         {strings.Repeat("ü", 61), `"` + strings.Repeat("ü", 59) + `…"`},
		"nothing":          {"", `""`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := diag.Quote(tc.in); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func FuzzQuoteIsOneShortPrintableLine(f *testing.F) {
	for _, seed := range []string{"", "a", "\x00\x1b\u202e\u2028", strings.Repeat("\U0001F512", 99), "\xff\xfe", "`${{ x }}`"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := diag.Quote(s)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\x1b\x00\u202e\u2028") {
			t.Errorf("%q shows through", got)
		}
		// The longest escape of one character is \U0001ffff.
		if n := utf8.RuneCountInString(got); n < 2 || n > 60*10+2 {
			t.Errorf("%d characters", n)
		}
	})
}
