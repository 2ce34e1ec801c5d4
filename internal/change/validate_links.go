package change

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

var (
	ticketForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*-[0-9A-Za-z-]+$`)
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	schemeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	revForm    = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._/-]*$`)
)

// webURL reports whether a text is a URL that may become a link: https, with a
// host, without a login, white space or control characters.
func webURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && strings.HasPrefix(text, "https://") && u.Hostname() != "" && u.User == nil &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"\\`", r)
		})
}

// links holds each reference to the form of its kind: figures are counted from
// them, and reports turn them into something to click on.
func (c *checker) links() {
	for i, l := range c.r.Links {
		pointer := source.Item("/links", i) + "/ref"
		if !c.readable(pointer) {
			continue
		}
		switch l.Kind {
		case FixesIncident, CausedIncident, FixesProblem:
			c.ticket(pointer, l.Ref)
		case DependsOn, Supersedes:
			if !IsID(l.Ref) {
				c.at("MS112", pointer, "name the other change: CHG-2026-0142", "%s is not the id of a change", diag.Quote(l.Ref))
			}
		case Related, Runbook, Release, LinkNone:
			if !webURL(l.Ref) && !ticketForm.MatchString(l.Ref) && (strings.Contains(l.Ref, " ") || !insidePath(l.Ref, false)) {
				c.at("MS112", pointer, "write an https URL, a path inside the repository, or an id", "%s cannot be followed", diag.Quote(l.Ref))
			}
		}
	}
	if c.r.Emergency != nil && c.readable("/emergency/incident") {
		c.ticket("/emergency/incident", c.r.Emergency.Incident)
	}
	if c.r.Outcome != nil {
		for i, in := range c.r.Outcome.Incidents {
			if pointer := source.Item("/outcome/incidents", i) + "/ref"; c.readable(pointer) {
				c.ticket(pointer, in.Ref)
			}
		}
	}
	if p := c.r.RollbackPlan; p != nil && p.Rehearsed != nil {
		c.harmless("/rollback_plan/rehearsed/evidence", p.Rehearsed.Evidence)
	}
	if c.r.Review != nil {
		for i, a := range c.r.Review.Actions {
			c.harmless(source.Item("/review/actions", i)+"/ref", a.Ref)
		}
	}
	if c.r.Source != nil {
		c.harmless("/source/repository", c.r.Source.Repository)
	}
}

// ticket is an incident's or a problem's reference.
func (c *checker) ticket(pointer, ref string) {
	if !webURL(ref) && !(len(ref) <= maxID && ticketForm.MatchString(ref)) {
		c.at("MS112", pointer, "write an id such as INC-311, or an https URL without a login in it", "%s is neither an id nor an https URL", diag.Quote(ref))
	}
}

// harmless lets any text through but a URL of another kind than https.
func (c *checker) harmless(pointer, text string) {
	if c.readable(pointer) && schemeForm.MatchString(text) && !strings.Contains(strings.TrimSpace(text), " ") && !webURL(text) {
		c.at("MS112", pointer, "write an https URL without a login in it", "%s is not an https URL", diag.Quote(text))
	}
}

// insidePath reports whether a path stays inside the repository, wherever it
// is used: no way up, no absolute or Windows path, nothing of git's own (T76).
// A pattern may hold the characters of a glob.
func insidePath(p string, pattern bool) bool {
	if p == "" || len(p) > 1024 || strings.ContainsFunc(p, unicode.IsControl) || strings.ContainsAny(p, "\\:\"<>|") {
		return false
	}
	if !pattern && strings.ContainsAny(p, "*?") {
		return false
	}
	for _, part := range strings.Split(p, "/") {
		bare := strings.ToLower(strings.TrimRight(part, ". "))
		if bare == "" || bare == ".git" || strings.HasPrefix(bare, "git~") || strings.TrimSpace(part) != part || strings.HasSuffix(part, ".") {
			return false // "", ".", "..", ".git", ".GIT ", "git~1", " x", "x."
		}
	}
	return true
}

// path finds fault with a path that tools will open or match (T76).
func (c *checker) path(pointer, p string, pattern bool) {
	if c.readable(pointer) && !insidePath(p, pattern) {
		c.at("MS012", pointer, "write it from the root of the repository, with slashes and without ..", "%s is not a path inside the repository", diag.Quote(p))
	}
}

func (c *checker) digest(pointer, digest string) {
	if c.readable(pointer) && !digestForm.MatchString(digest) {
		c.at("MS104", pointer, "write sha256: and 64 hexadecimal digits in lower case", "%s is not a digest", diag.Quote(digest))
	}
}

func (c *checker) results() {
	if c.r.TestPlan == nil {
		return
	}
	for i, res := range c.r.TestPlan.Results {
		at := source.Item("/test_plan/results", i)
		path, link := c.f.Index.Has(at+"/path"), c.f.Index.Has(at+"/url")
		switch {
		case path && link:
			c.at("MS114", at, "keep the path: files are read, URLs are only shown", "has both a path and a URL")
		case !path && !link && c.f.Index.Has(at) && !c.spoilt[c.f.Index.Value(at)]:
			c.at("MS114", at, "add path: and a file of this repository", "has neither a path nor a URL")
		}
		c.path(at+"/path", res.Path, false)
		if c.readable(at+"/url") && !webURL(res.URL) {
			c.at("MS112", at+"/url", "write an https URL without a login in it", "%s is not an https URL", diag.Quote(res.URL))
		}
		c.digest(at+"/digest", res.Digest)
	}
}

func (c *checker) sourceFields() {
	s := c.r.Source
	if s == nil {
		return
	}
	for i, p := range s.Paths {
		c.path(source.Item("/source/paths", i), p, true)
	}
	for i, a := range s.Artifacts {
		c.digest(source.Item("/source/artifacts", i)+"/digest", a.Digest)
	}
	if from, to, ok := strings.Cut(s.Commits, ".."); c.readable("/source/commits") && (!ok || !revForm.MatchString(from) || !revForm.MatchString(to) || strings.Contains(to, "..")) {
		c.at("MS104", "/source/commits", "write two revisions with two dots between them: v1.2.0..v1.3.0", "%s is not a range of commits", diag.Quote(s.Commits))
	}
}
