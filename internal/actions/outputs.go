package actions

import (
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Output is a value that later steps of a job read.
type Output struct{ Name, Value string }

var outputForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Outputs are values in the form of the file that GITHUB_OUTPUT names, to be
// appended to it. Each stands between delimiters drawn at random, so that no
// value can end itself and begin another one. A value of several lines is an
// error:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
func Outputs(random io.Reader, list []Output) ([]byte, error) {
	var b strings.Builder
	for _, o := range list {
		if !outputForm.MatchString(o.Name) {
			return nil, fmt.Errorf("write output: %q is no name", clip(o.Name))
		}
		if strings.ContainsFunc(o.Value, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' }) {
			return nil, fmt.Errorf("write output %s: its value has more than one line", o.Name)
		}
		var raw [16]byte
		if _, err := io.ReadFull(random, raw[:]); err != nil {
			return nil, fmt.Errorf("write output %s: draw a delimiter: %w", o.Name, err)
		}
		end := "mergeseal_" + hex.EncodeToString(raw[:])
		if strings.Contains(o.Value, end) {
			return nil, fmt.Errorf("write output %s: its value holds the delimiter", o.Name)
		}
		fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", o.Name, end, o.Value, end)
	}
	return []byte(b.String()), nil
}

// MostSummary bounds what a step writes to its summary, in bytes: GitHub shows
// nothing of a larger one.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
const MostSummary = 1 << 20

// Summary is what to append to a step's summary, which holds so many bytes
// already. What does not fit is left out whole, with a line that says so where
// even that has room.
func Summary(held int64, text []byte) []byte {
	const note = "\nThe summary has no room for this verdict; it stands in the log.\n"
	room := int64(MostSummary) - held
	switch {
	case int64(len(text))+2 <= room:
		return append(append([]byte("\n"), text...), '\n')
	case int64(len(note)) <= room:
		return []byte(note)
	}
	return nil
}
