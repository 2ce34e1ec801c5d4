package evidence

import (
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
)

var (
	shaForm        = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	repositoryForm = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*(_[A-Za-z0-9]+)?/[A-Za-z0-9._-]+$`)
	teamForm       = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*/[A-Za-z0-9][A-Za-z0-9._-]*$`)
)

// maxExact is the largest whole number that every JSON reader keeps:
// https://www.rfc-editor.org/rfc/rfc8259#section-6
const maxExact = 1<<53 - 1

// Read reads a document. Either it comes back whole and settled, or there are
// findings, each of which keeps the judge from judging.
func Read(name string, data []byte) (*Document, diag.List) {
	f := &file{name: name, data: data, kinds: map[string]int{}}
	root, ok := f.tree()
	if !ok {
		return nil, f.found
	}
	var d Document
	if !f.version(root) {
		return nil, f.found
	}
	f.document(root, &d)
	if len(f.found) > 0 {
		f.found.Sort()
		return nil, f.found
	}
	return d.Settled(), nil
}

// version is asked first: another version may have other keys.
func (f *file) version(root node) bool {
	for _, k := range root.keys {
		if k.name == "version" && (k.value.shape != number || k.value.text != strconv.Itoa(Version)) {
			f.add("MS611", "write \"version\": 1, or use a release that knows the other one", k.value.from, k.value.to, "this version of the evidence is unknown; known is %d", Version)
			return false
		}
	}
	return true
}

// fields is how to read the values of an object, by key.
type fields map[string]func(n node, path string)

func (f *file) object(n node, path string, required, optional fields) {
	if n.shape != object {
		f.wrong(n, path, "an object")
		return
	}
	must := slices.Sorted(maps.Keys(required))
	given := map[string]bool{}
	for _, k := range n.keys {
		given[k.name] = true
		read, ok := required[k.name]
		if !ok {
			read, ok = optional[k.name]
		}
		if !ok {
			all := slices.AppendSeq(slices.Clone(must), maps.Keys(optional))
			f.add("MS006", diag.DidYouMean(k.name, all), k.from, k.to, "unknown key %s%s", diag.Quote(k.name), in(path))
			continue
		}
		read(k.value, join(path, k.name))
	}
	for _, name := range must {
		if !given[name] {
			f.add("MS101", "", n.from, n.from+1, "%s is missing", join(path, name))
		}
	}
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (f *file) wrong(n node, path, want string) {
	if path == "" {
		path = "the document"
	}
	f.add("MS007", "", n.from, n.to, "%s must be %s, not %s", path, want, n.shape)
}

func (f *file) list(n node, path string, item func(n node, path string)) {
	if n.shape != array {
		f.wrong(n, path, "a list")
		return
	}
	for i, it := range n.items {
		item(it, path+"["+strconv.Itoa(i)+"]")
	}
}

// into reads a text by its type's own parser.
func (f *file) into(p interface{ ParseScalar(string) error }) func(node, string) {
	return func(n node, path string) {
		if n.shape != text {
			f.wrong(n, path, "a text")
			return
		}
		if err := p.ParseScalar(n.text); err != nil {
			code, hint := "MS007", ""
			if problem, ok := err.(*diag.Problem); ok { //nolint:errorlint // a Problem is never wrapped
				code, hint = problem.Code, problem.Hint
			}
			f.add(code, hint, n.from, n.to, "%s: %v", path, err)
		}
	}
}

func (f *file) text(into *string, form *regexp.Regexp, want string) func(node, string) {
	return func(n node, path string) {
		switch {
		case n.shape != text:
			f.wrong(n, path, "a text")
		case form != nil && !form.MatchString(n.text):
			f.add("MS104", want, n.from, n.to, "%s: %s is not allowed here", path, diag.Quote(n.text))
		case n.text == "":
			f.add("MS104", "", n.from, n.to, "%s is empty", path)
		default:
			*into = n.text
		}
	}
}

func (f *file) sha(into *string) func(node, string) {
	return f.text(into, shaForm, "a commit is 40 or 64 hexadecimal digits in lower case")
}

func (f *file) number(into *int64, least int64) func(node, string) {
	return func(n node, path string) {
		if n.shape != number {
			f.wrong(n, path, "a number")
			return
		}
		i, err := strconv.ParseInt(n.text, 10, 64)
		if err != nil || i < least || i > maxExact {
			f.add("MS010", "", n.from, n.to, "%s must be a whole number from %d to %d, not %s", path, least, int64(maxExact), diag.Quote(n.text))
			return
		}
		*into = i
	}
}

func (f *file) truth(into *bool) func(node, string) {
	return func(n node, path string) {
		if n.shape != boolean {
			f.wrong(n, path, "true or false")
			return
		}
		*into = n.text == "true"
	}
}

// account reads a login, or null for somebody without an account.
func (f *file) account(into **field.Login) func(node, string) {
	return func(n node, path string) {
		if n.shape == null {
			return
		}
		*into = new(field.Login)
		f.into(*into)(n, path)
	}
}

func (f *file) logins(into *[]field.Login) func(node, string) {
	return func(n node, path string) {
		f.list(n, path, func(n node, path string) {
			var l field.Login
			f.into(&l)(n, path)
			*into = append(*into, l)
		})
	}
}

func (f *file) texts(into *[]string) func(node, string) {
	return func(n node, path string) {
		f.list(n, path, func(n node, path string) {
			var s string
			f.text(&s, nil, "")(n, path)
			*into = append(*into, s)
		})
	}
}
