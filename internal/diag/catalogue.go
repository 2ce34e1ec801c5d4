package diag

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed docs/*.md
var pages embed.FS

// Code is one row of the catalogue of what can be found.
type Code struct {
	Code     string
	Severity Severity // the gravest it is ever reported with
	Title    string   // what is wrong, as a headline
}

// Warns reports whether the code is ever reported as less than an error, so
// that suppressing it can mean something. An error itself is never silenced.
func (c Code) Warns() bool {
	switch c.Code {
	case "MS204", "MS205", "MS302": // errors only where the stakes are high
		return true
	}
	return c.Title != "" && c.Severity != Error
}

// PageURL is where a code's page can be read by somebody without the binary.
func (c Code) PageURL() string {
	return "https://github.com/mergeseal/mergeseal/blob/main/internal/diag/docs/" + c.Code + ".md"
}

// Page is the code's page in Markdown: wrong, right, why, how to suppress.
func (c Code) Page() (string, error) {
	b, err := pages.ReadFile("docs/" + c.Code + ".md")
	if err != nil {
		return "", fmt.Errorf("read page of %s: %w", c.Code, err)
	}
	return string(b), nil
}

// Lookup finds a code. One that is not in the catalogue, such as a user's own,
// comes back as an error without a title.
func Lookup(code string) Code {
	if i, ok := slices.BinarySearchFunc(catalogue, code, func(c Code, s string) int { return strings.Compare(c.Code, s) }); ok {
		return catalogue[i]
	}
	return Code{Code: code}
}

// Known reports whether a code is in the catalogue.
func Known(code string) bool { return Lookup(code).Title != "" }

// Catalogue returns every code, sorted.
func Catalogue() []Code { return slices.Clone(catalogue) }
