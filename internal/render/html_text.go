package render

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/change"
)

// htmlLongest is how many characters of one text a page shows: a title of
// 200 kB would hide all others.
const htmlLongest = 1500

// htmlText makes foreign text fit for a page: what a reader cannot see, or what
// turns the direction of other text, is shown as its number, and nothing that
// looks like a secret is copied. The template escapes it; this is not for raw
// HTML.
func htmlText(s string) string {
	s = strings.ToValidUTF8(change.Redact(s), "\ufffd")
	if n := utf8.RuneCountInString(s); n > htmlLongest {
		s = string([]rune(s)[:htmlLongest]) + fmt.Sprintf(" … (%d more characters)", n-htmlLongest)
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u00a0':
			b.WriteByte(' ')
		case hidden(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// htmlTexts is htmlText of each, without those that are empty.
func htmlTexts(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = htmlText(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// htmlList is a list in one line.
func htmlList(list []string) string { return strings.Join(htmlTexts(list), ", ") }

// linkView is a text that leads somewhere when URL is not "".
type linkView struct{ URL, Text string }

// htmlLink leads to an address only if that is https, names a host and no
// user: everything else is shown and leads nowhere.
func htmlLink(address string) linkView {
	v := linkView{Text: htmlText(address)}
	u, err := url.Parse(address)
	// A text that was altered to be shown leads elsewhere than it says.
	if err == nil && strings.EqualFold(u.Scheme, "https") && u.Host != "" && u.User == nil && v.Text == address {
		v.URL = u.String()
	}
	return v
}

// instantView is an instant as it is read, and as a script reads it.
type instantView struct {
	Lead string // what happened then
	At   string // RFC 3339 in UTC
	Text string
}

// spanView is a stretch of time, the same.
type spanView struct{ FromAt, ToAt, Text string }

func (k clock) view(lead string, t time.Time) instantView {
	return instantView{Lead: lead, At: t.UTC().Format(time.RFC3339), Text: k.at(t)}
}

// spanOf is a window; one without dates says so.
func (k clock) spanOf(from, to time.Time) spanView {
	if from.IsZero() || to.IsZero() {
		return spanView{Text: "no window stated"}
	}
	return spanView{
		FromAt: from.UTC().Format(time.RFC3339), ToAt: to.UTC().Format(time.RFC3339),
		Text: k.span(from.Format(time.RFC3339Nano), to.Format(time.RFC3339Nano)),
	}
}

// readersClock shows instants in the options' zone, else in the one that the
// model was made for.
func readersClock(o Options, made time.Time, model *time.Location) clock {
	zone := o.Zone
	if zone == nil {
		zone = model
	}
	return clock{zone: zone, year: made.In(zone).Year()}
}

// zoneNames is the zone as Intl knows it, "" where it has no such name, and as
// a reader does.
func (k clock) zoneNames(at time.Time) (script, text string) {
	name := k.zone.String()
	offset := k.offset(at)
	switch {
	case name == "UTC":
		return name, name
	case strings.Contains(name, "/"):
		return name, name + " (" + offset + ")"
	}
	return "", offset
}

// riskView is a level as word and shape, so that no colour is needed.
type riskView struct{ Level, LevelName, Sign, Score string }

// levelViews are the levels, the highest first, and that of a change whose risk
// is not known. Level is a class of the style and a value of the filter.
func levelViews() []riskView {
	return []riskView{
		{Level: "very_high", LevelName: "very high", Sign: "■"}, {Level: "high", LevelName: "high", Sign: "▲"},
		{Level: "moderate", LevelName: "moderate", Sign: "◆"}, {Level: "low", LevelName: "low", Sign: "●"},
		{Level: "unscored", LevelName: "not known", Sign: "○"},
	}
}

// riskOf never passes a word on that is not one of ours.
func riskOf(level string, score int) riskView {
	all := levelViews()
	for _, v := range all[:len(all)-1] {
		if v.Level == level {
			v.Score = fmt.Sprint(score)
			return v
		}
	}
	return all[len(all)-1]
}
