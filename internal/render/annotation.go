package render

import (
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
)

const (
	// mostAnnotations is how many findings are shown at their lines: ten requests.
	mostAnnotations = 500
	// mostMessage and mostDetails are how long an annotation's texts may get, in
	// code points. GitHub takes 64 KB of each, and 255 characters of a title:
	// https://docs.github.com/en/rest/checks/runs#create-a-check-run
	mostMessage  = 2_000
	mostDetails  = 8_000
	mostHeadline = 255
	// mostPath is how long a path may be to be annotated.
	mostPath = 1_000
)

// Annotation is a finding at its lines, in the words of GitHub's checks.
type Annotation struct {
	Path        string `json:"path"`
	StartLine   int    `json:"start_line"` // from 1; the first line for a finding about a whole file
	EndLine     int    `json:"end_line"`
	StartColumn int    `json:"start_column,omitempty"` // only where all is on one line
	EndColumn   int    `json:"end_column,omitempty"`   // the last column inside
	Level       string `json:"annotation_level"`       // failure, warning or notice
	Message     string `json:"message"`
	Title       string `json:"title,omitempty"`
	RawDetails  string `json:"raw_details,omitempty"`
}

// annotations shows findings at their lines, and counts those beyond the limit
// or in a file whose name cannot be given. What has no file stands in the
// summary alone.
func annotations(r Report) (list []Annotation, omitted int) {
	for _, f := range r.Findings {
		switch {
		case f.At.File == "":
		case len(list) == mostAnnotations, len(f.At.File) > mostPath, strings.Contains(f.At.File, "\n"), visible(change.Redact(f.At.File)) != f.At.File:
			omitted++
		default:
			list = append(list, annotation(f))
		}
	}
	return list, omitted
}

func annotation(f diag.Finding) Annotation {
	a := Annotation{Path: f.At.File, Level: "failure", StartLine: max(f.At.Start.Line, 1)}
	switch f.Severity {
	case diag.Warning:
		a.Level = "warning"
	case diag.Note:
		a.Level = "notice"
	case diag.Error:
	}
	a.EndLine = max(f.At.End.Line, a.StartLine)
	if f.At.Start.Line > 0 && a.EndLine == a.StartLine && f.At.Start.Col > 0 {
		a.StartColumn = f.At.Start.Col
		// The end column counts its own character, ours does not.
		a.EndColumn = max(f.At.End.Col-1, f.At.Start.Col)
	}
	title := f.Severity.String() + " " + f.Code
	if f.Change != "" {
		title += " · " + f.Change
	}
	a.Title = clippedWords(plainLine(title), mostHeadline)
	message := f.Message
	if f.Hint != "" {
		message += "\n" + f.Hint
	}
	a.Message = plainClipped(message, mostMessage)
	var details []string
	if f.Label != "" {
		details = append(details, f.Label)
	}
	for _, x := range f.Asides {
		details = append(details, x.Label+": "+x.Text)
	}
	if diag.Known(f.Code) {
		details = append(details, "mergeseal explain "+f.Code)
	}
	a.RawDetails = plainClipped(strings.Join(details, "\n"), mostDetails)
	return a
}
