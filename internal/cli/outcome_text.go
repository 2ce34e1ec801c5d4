package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/mergeseal/mergeseal/internal/render"
)

// commands are what to type once the file is edited.
func (c *closing) commands(git bool) []string {
	if !git {
		return []string{}
	}
	path := shellWord(c.Path)
	return []string{
		"git switch -c " + c.Branch,
		"git add " + path,
		fmt.Sprintf("git commit -m %s -- %s", shellWord(render.ClosureTitle(c.closure())), path),
		"git push -u origin " + c.Branch,
		"gh pr create --fill",
	}
}

// shellWord is a text as one word of a POSIX shell.
func shellWord(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == "" && text[0] != '-' {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func (c *closing) closure() render.Closure {
	return render.Closure{
		ID: c.ID, Title: c.before.Record.Title, Path: c.Path, Result: c.Result, Start: c.Start, End: c.End, StartFrom: c.StartFrom, EndFrom: c.EndFrom,
		Notes: c.notes, Incidents: c.caused, Class: c.Class,
	}
}

func (c *closing) write(w io.Writer, format string) error {
	if format == "json" {
		return writeJSON(w, c)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", render.ClosureTitle(c.closure()))
	fmt.Fprintf(&b, "  record  %s\n", render.Plain(c.Path))
	if c.Start != "" {
		fmt.Fprintf(&b, "  began   %s  (%s)\n", c.Start, render.Plain(c.StartFrom))
	}
	if c.End != "" {
		fmt.Fprintf(&b, "  ended   %s  (%s)\n", c.End, render.Plain(c.EndFrom))
	}
	for _, i := range c.caused {
		fmt.Fprintf(&b, "  caused  %s\n", render.Plain(i))
	}
	fmt.Fprintf(&b, "  class   %s\n", c.Class)
	if p := c.PullRequest; p != nil {
		said := "opened"
		if !p.Opened {
			said = "is open already"
		}
		fmt.Fprintf(&b, "Pull request %d %s: %s\n", p.Number, said, render.Plain(p.URL))
	}
	if len(c.Next) > 0 {
		b.WriteString("Next:\n")
	}
	for _, line := range c.Next {
		fmt.Fprintf(&b, "  %s\n", render.Plain(line))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
