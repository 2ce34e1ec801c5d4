package render

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

const hostileText = "</style><script>alert(1)</script>\x1b[31m\u202e @everyone | `x` <!-- ![](https://evil.example)"

// T54, T60, T64: what a record or a branch says never becomes markup, a mention
// or a command of the terminal.
func TestT64HostileTextOfABacktestStaysText(t *testing.T) {
	r := backtest.NewReport(hostileText, nil)
	p := &backtest.Pair{ID: hostileText, Path: hostileText, Commit: hostileText, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	p.Before.Outcome = verdict.OutcomePass
	p.After.Blocks = []backtest.Block{{Code: hostileText, What: hostileText}}
	r.Add(p, time.UTC)
	r.Not = append(r.Not, backtest.Missing{ID: hostileText, Commit: hostileText, Why: hostileText})
	r.Finish()
	about := BacktestAbout{Repository: hostileText, Verbose: true}
	c := backtest.Compare(hostileText, hostileText, []backtest.Pair{*p, {ID: hostileText, After: backtest.Said{Blocks: p.After.Blocks}}}, []string{hostileText})
	var page, text, diff, comment bytes.Buffer
	for _, err := range []error{
		BacktestHTML(&page, r, about, Options{}), Backtest(&text, r, about, Options{}),
		PolicyDiff(&diff, c, Options{}), PolicyDiffMarkdown(&comment, c),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, out := range map[string]string{"page": page.String(), "text": text.String(), "diff": diff.String(), "comment": comment.String()} {
		for _, bad := range []string{"\x1b", "\u202e"} {
			if strings.Contains(out, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
	for _, bad := range []string{"<script", "</style><"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, bad := range []string{"<script", "@everyone", "![", "<!--"} {
		for line := range strings.Lines(comment.String()) {
			if outside := uncoded(line); strings.Contains(outside, bad) {
				t.Errorf("the comment holds %q: %s", bad, outside)
			}
		}
	}
	if len(c.Flips) != 1 || len(c.Asks) != 1 {
		t.Errorf("%d flips, %d asks", len(c.Flips), len(c.Asks))
	}
}

// uncoded is a line without its code spans.
func uncoded(line string) string {
	var out strings.Builder
	for i, part := range strings.Split(line, "``") {
		if i%2 == 0 {
			out.WriteString(part)
		}
	}
	return out.String()
}

// The bars of a page are of one scale, and what is not nothing is seen.
func TestBarsAreOfOneScale(t *testing.T) {
	for _, c := range []struct{ n, most, want int }{{0, 0, 0}, {0, 9, 0}, {9, 9, 20}, {1, 1000, 1}, {500, 1000, 10}} {
		if got := steps(c.n, c.most); got != c.want {
			t.Errorf("%d of %d is %d high, want %d", c.n, c.most, got, c.want)
		}
	}
}
