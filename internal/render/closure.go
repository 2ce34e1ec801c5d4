package render

import (
	"fmt"
	"strings"
)

// Closure is what a pull request that closes a change says of it. All of it may
// be hostile text.
type Closure struct {
	ID, Title, Path  string
	Result           string
	Start, End       string // RFC 3339, "" for a change that did not run
	StartFrom, Notes string // where the start is from
	EndFrom          string
	Incidents        []string
	Class            string // of the amendment
}

// ClosureTitle is a pull request's title: one line without the record's prose.
func ClosureTitle(c Closure) string {
	return Plain(fmt.Sprintf("Outcome of %s: %s", c.ID, strings.ReplaceAll(c.Result, "_", " ")))
}

// ClosureBody is a pull request's body in Markdown.
func ClosureBody(c Closure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** %s\n\n", markdown(c.ID), markdown(c.Title))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "- %s: %s\n", name, value)
		}
	}
	from := func(at, source string) string {
		if at == "" {
			return ""
		}
		return code(at) + " (" + markdown(source) + ")"
	}
	row("Result", markdown(strings.ReplaceAll(c.Result, "_", " ")))
	row("Began", from(c.Start, c.StartFrom))
	row("Ended", from(c.End, c.EndFrom))
	for _, i := range c.Incidents {
		row("Incident", markdown(i))
	}
	row("Notes", markdown(c.Notes))
	row("Record", code(c.Path))
	switch c.Class {
	case "closure":
		b.WriteString("\nThis amendment is a closure: it says how the change ended and nothing else, so that it takes the light path of one reviewer who is not its author, unless the rules of this repository ask for more.\n")
	default:
		fmt.Fprintf(&b, "\nThis amendment is %s: it is judged by the rules for that.\n", markdown(c.Class))
	}
	return b.String()
}
