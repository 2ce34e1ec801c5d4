package change

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// maxXMLDepth bounds nesting; real files nest testsuites a handful deep.
const maxXMLDepth = 64

// readJUnit counts the test cases of a JUnit report. Totals in attributes are
// not believed; a failure or an error outside a test case, as some runners
// write for a broken setup, counts as a failure too. Skipped cases did not run.
// Document types and their entities are refused.
func readJUnit(b []byte) (tally, error) {
	var n tally
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = true
	depth, cases, roots := 0, 0, 0
	failed, skipped := false, false // of the case being read
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return tally{}, fmt.Errorf("parse its XML: %w", err)
		}
		switch el := token.(type) {
		case xml.Directive:
			return tally{}, errors.New("it declares a document type")
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return tally{}, errors.New("it is nested too deep")
			}
			switch name := el.Name.Local; {
			case depth == 1 && (roots > 0 || name != "testsuites" && name != "testsuite"):
				return tally{}, fmt.Errorf("its root is <%.40s>, not testsuites", name)
			case name == "testcase":
				if cases++; cases > 1 {
					return tally{}, errors.New("a testcase inside a testcase")
				}
				failed, skipped = false, false
			case name == "failure" || name == "error":
				if failed = true; cases == 0 {
					n.failed++
				}
			case name == "skipped":
				skipped = true
			}
			if depth == 1 {
				roots++
			}
		case xml.EndElement:
			if depth--; el.Name.Local != "testcase" {
				continue
			}
			cases--
			if failed {
				n.failed++
			}
			if failed || !skipped {
				n.ran++
			}
		}
	}
	return n, nil
}
