package render

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/microcosm-cc/bluemonday"
)

// likeGitHub renders Markdown as GitHub shows it: GFM, then its list of allowed
// elements: https://github.com/gjtorikian/html-pipeline/blob/main/lib/html_pipeline/sanitization_filter.rb
func likeGitHub(t *testing.T, source string) string {
	t.Helper()
	allowed := bluemonday.UGCPolicy()
	allowed.AllowElements("details", "summary", "sub", "sup", "input")
	allowed.AllowAttrs("align").OnElements("td", "th")
	allowed.AllowStyles("text-align").OnElements("td", "th")
	return allowed.Sanitize(gfm(t, source))
}

// style is near enough to GitHub's to see how a page breaks and what stands out.
const style = `:root{color-scheme:light dark;--fg:#1f2328;--bg:#fff;--soft:#59636e;--line:#d1d9e0;--head:#f6f8fa;--code:#818b981f}
@media (prefers-color-scheme:dark){:root{--fg:#f0f6fc;--bg:#0d1117;--soft:#9198a1;--line:#3d444d;--head:#151b23;--code:#656c7633}}
*{box-sizing:border-box}body{margin:0;padding:16px;background:var(--bg);color:var(--fg);font:14px/1.5 -apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif,"Noto Color Emoji"}
.card{max-width:860px;margin:0 auto;border:1px solid var(--line);border-radius:6px}.who{padding:8px 16px;background:var(--head);border-bottom:1px solid var(--line);border-radius:6px 6px 0 0;color:var(--soft)}
.who b{color:var(--fg)}.body{padding:16px;overflow-wrap:break-word}.body>:first-child{margin-top:0}.body>:last-child{margin-bottom:0}p,ul,table,details{margin:0 0 16px}
h3{font-size:1.25em;line-height:1.25;margin:24px 0 16px}ul{padding-left:2em}li+li{margin-top:.25em}table{display:block;width:max-content;max-width:100%;overflow:auto;border-collapse:collapse}
td,th{padding:6px 13px;border:1px solid var(--line)}th{font-weight:600}tr:nth-child(2n) td{background:var(--head)}code{padding:.2em .4em;font:85% ui-monospace,"DejaVu Sans Mono",monospace;background:var(--code);border-radius:6px}
summary{cursor:pointer}sub{font-size:75%;line-height:0;vertical-align:baseline;bottom:-.25em;position:relative}p:has(>sub){line-height:1.3}sub{line-height:1.3;bottom:0}`

func lookPage(title, body string) string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + title + `</title><style>` + style +
		`</style></head><body><div class="card"><div class="who"><b>github-actions</b> bot commented</div><div class="body">` + body + "</div></div></body></html>\n"
}

// Pages go to the folder that MERGESEAL_LOOK names: internal/ci/browser/comments.sh
// opens them.
func TestPostsHoldNothingLiveAsGitHubShowsThem_T54_T55_T56_T57(t *testing.T) {
	folder := os.Getenv("MERGESEAL_LOOK")
	live := regexp.MustCompile(`(?i)<(?:a|img|script|iframe|form|input|style|svg|video)\b|<[^>]*\s(?:href|src|on\w+)=`)
	for name, r := range samples() {
		text, err := Comment(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := checkOf(t, r)
		for kind, source := range map[string]string{"comment": text, "check": c.Summary + "\n\n" + c.Text} {
			shown := likeGitHub(t, source)
			if m := live.FindString(shown); m != "" {
				t.Errorf("%s of %s: %s in\n%s", kind, name, m, shown)
			}
			inert(t, shown, "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong", "br", "code", "details", "summary", "sub")
			if open, shut := strings.Count(shown, "<details>"), strings.Count(shown, "</details>"); open != shut {
				t.Errorf("%s of %s: %d folds, %d ends", kind, name, open, shut)
			}
			for _, table := range regexp.MustCompile(`(?s)<table>.*?</table>`).FindAllString(shown, -1) {
				columns := strings.Count(table, "<th") - strings.Count(table, "<thead")
				if cells, rows := strings.Count(table, "<td"), strings.Count(table, "<tr>")-1; cells != columns*rows {
					t.Errorf("%s of %s: %d cells in %d rows of %d", kind, name, cells, rows, columns)
				}
			}
			if folder != "" {
				if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%s.html", kind, name)), []byte(lookPage(kind+" "+name, shown)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
