package change

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// tokens are the shapes of secrets that announce themselves. Sources:
// https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
// https://api.slack.com/authentication/token-types
// https://docs.gitlab.com/security/tokens/#token-prefixes
//
// Every text that has a shape holds one of its marks: looking for those first
// spares most texts the expressions, which cost a third of reading a record.
var tokens = []struct {
	what  string
	marks []string
	shape *regexp.Regexp
}{
	{"a GitHub token", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}, regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})`)},
	{"an AWS access key", []string{"AKIA", "ASIA"}, regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{"a private key", []string{"-----BEGIN"}, regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY`)},
	{"a Slack token", []string{"xox", "xapp-"}, regexp.MustCompile(`\b(xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})`)},
	{"a GitLab token", []string{"glpat-"}, regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{20,}`)},
	{"a Google API key", []string{"AIza"}, regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}`)},
	{"a signed token", []string{"eyJ"}, regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.`)},
	{"a password in a URL", []string{"://"}, regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]{3,}@`)},
}

// assignment is a word for a secret, followed by a value.
var assignment = regexp.MustCompile(`(?i)(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)["']?\s*[:=]\s*["']?([^\s"']{20,})`)

// secretIn says what kind of secret a text holds, "" for none. The name of the
// text's field counts as what stands before it.
func secretIn(name, text string) string {
	for _, t := range tokens {
		if containsAny(text, t.marks) && t.shape.MatchString(text) {
			return t.what
		}
	}
	if longestWord(text) < minSecret {
		return ""
	}
	for _, m := range assignment.FindAllStringSubmatch(name+": "+text, -1) {
		if random(m[1]) {
			return "a password or key"
		}
	}
	return ""
}

// minSecret is the shortest value that assignment takes for a secret, in bytes.
const minSecret = 20

func containsAny(text string, marks []string) bool {
	return slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(text, m) })
}

// longestWord is the length in bytes of the longest run without ASCII white
// space, the only one that assignment's value ends at besides quotes.
func longestWord(text string) int {
	longest, run := 0, 0
	for i := range len(text) {
		switch text[i] {
		case ' ', '\t', '\n', '\f', '\r':
			run = 0
		default:
			run++
			longest = max(longest, run)
		}
	}
	return longest
}

// minEntropy in bits a character parts random strings of twenty characters
// (about 4) from words and paths, together with the demand for a digit.
const minEntropy = 3.5

func random(s string) bool {
	if strings.Contains(s, "://") || strings.HasPrefix(s, "$") || strings.HasPrefix(s, "<") || strings.HasPrefix(s, "sha256:") {
		return false // a place where the secret is kept, or no secret
	}
	count, letters, digits := map[rune]float64{}, false, false
	n := 0.0
	for _, r := range s {
		count[r]++
		n++
		letters = letters || unicode.IsLetter(r)
		digits = digits || unicode.IsDigit(r)
	}
	bits := 0.0
	for _, r := range s { // in the text's order, so that rounding never differs
		bits -= math.Log2(count[r]/n) / n
	}
	return letters && digits && bits >= minEntropy
}

// Secrets are told from pieces here, since messages cut long values short.
var redacted = regexp.MustCompile(`\b(?:gh[pousr]_|github_pat_|AKIA|ASIA|xox[abeoprs]-|xapp-|glpat-|AIza)[A-Za-z0-9_-]{4,}` +
	`|-----BEGIN [A-Z0-9 ]*PRIVATE KEY[^"]*` +
	`|\beyJ[A-Za-z0-9_-]{10,}[A-Za-z0-9_.-]*` +
	`|(?i:\b[a-z][a-z0-9+.-]*://)[^\s/:@]+:[^\s/@]{3,}(?:@|…)` +
	`|(?i:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)` +
	`(?:\\?["'])?(?:\s|\\[nrt])*[:=](?:\s|\\[nrt]|\\?["'])*[^\s"'\\]{8,}`) // quotes and line ends may be escaped

// Redact takes out of a text what looks like a secret or the beginning of one.
// It goes further than the finding MS117: what is shown loses nothing by it.
// Everything that prints lines of a record passes them through here.
func Redact(text string) string {
	if !strings.ContainsAny(text, ":=_-") && !containsAny(text, []string{"AKIA", "ASIA", "AIza", "eyJ"}) {
		return text // no shape does without
	}
	return redacted.ReplaceAllString(text, "[secret]")
}

func (c *checker) secrets() {
	seen := map[string]bool{}
	for pointer, text := range c.r.Text() {
		name := pointer[strings.LastIndexByte(pointer, '/')+1:]
		if what := secretIn(name, text); what != "" && !seen[pointer] {
			seen[pointer] = true
			c.add(diag.New("MS117", c.f.Index.Value(pointer), "%s holds what looks like %s", yamldoc.FieldName(pointer), what).
				WithHint("take it out and revoke it: what was pushed is known"))
		}
	}
}

// redact keeps secrets out of what any finding says, whoever made it.
func redact(found diag.List) {
	for i := range found {
		f := &found[i]
		f.Message, f.Label, f.Hint = Redact(f.Message), Redact(f.Label), Redact(f.Hint)
		for j := range f.Asides {
			f.Asides[j].Text = Redact(f.Asides[j].Text)
		}
	}
}
