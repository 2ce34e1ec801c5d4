package change

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// TestFacts is the test plan in facts.
type TestFacts struct {
	Before   bool `json:"before"`
	After    bool `json:"after"`
	Attached int  `json:"attached"` // results that could be read
	Passed   int  `json:"passed"`   // of those
	Failed   int  `json:"failed"`   // of those
}

// maxResult bounds a result file in bytes; larger ones are cut by nobody's hand.
const maxResult = 16 << 20

// Tests works out the facts of a test plan. Files are read through read, which
// must not leave the repository; its error is shown. Results behind a URL are
// never fetched and do not count as attached, and neither do those of kind
// other, whose meaning nobody knows: they must exist and match their digest.
//
// A file that cannot be read, that holds another format than it should, or in
// which no test ran is a finding and never a pass. The findings carry the JSON
// pointer of the result in At.File, for the caller to place: the record may be
// one that a model's values were filled into.
func Tests(r *Record, read func(path string) ([]byte, error)) (TestFacts, diag.List) {
	var out TestFacts
	var found diag.List
	if r.TestPlan == nil {
		return out, nil
	}
	out.Before, out.After = anyContent(r.TestPlan.Before), anyContent(r.TestPlan.After)
	for i, res := range r.TestPlan.Results {
		if res.Path == "" || res.Kind == ResultNone || !insidePath(res.Path, false) {
			continue // a URL, or a finding of Validate
		}
		passed, counted, err := judgeResult(res, read)
		switch {
		case err != nil:
			at := source.InFile(source.Item("/test_plan/results", i))
			found = append(found, diag.New("MS114", at, "the %s result %s cannot be used: %s", res.Kind, diag.Quote(res.Path), oneLine(err)).
				WithHint("commit the file that the tests wrote, and name its format and digest"))
		case counted && passed:
			out.Attached++
			out.Passed++
		case counted:
			out.Attached++
			out.Failed++
		}
	}
	return out, found
}

func anyContent(texts []string) bool {
	for _, t := range texts {
		if !contentless(t) {
			return true
		}
	}
	return false
}

// judgeResult reads one file. Counted is false for a kind without a verdict.
func judgeResult(res TestResult, read func(string) ([]byte, error)) (passed, counted bool, err error) {
	b, err := read(res.Path)
	if err != nil {
		return false, false, fmt.Errorf("read it: %w", err)
	}
	if len(b) > maxResult {
		return false, false, fmt.Errorf("it has %d bytes, more than the %d allowed", len(b), maxResult)
	}
	if sum := sha256.Sum256(b); res.Digest != "" && res.Digest != "sha256:"+hex.EncodeToString(sum[:]) {
		return false, false, fmt.Errorf("its digest is sha256:%s", hex.EncodeToString(sum[:]))
	}
	var n tally
	switch res.Kind {
	case JUnit:
		n, err = readJUnit(b)
	case SARIF:
		n, err = readSARIF(b)
	case OtherResult:
		return false, false, nil
	case ResultNone:
		return false, false, errors.New("it has no kind")
	}
	if err == nil && n.ran == 0 {
		err = errors.New("no test ran")
	}
	return n.failed == 0, true, err
}

// tally is what a result file says: how much ran, and how much of it failed.
type tally struct {
	ran, failed int
}

// oneLine is an error's text, short enough for a message.
func oneLine(err error) string {
	r := []rune(err.Error())
	if len(r) > 160 {
		r = append(r[:159], '…')
	}
	for i, c := range r {
		if c < ' ' {
			r[i] = ' '
		}
	}
	return string(r)
}
