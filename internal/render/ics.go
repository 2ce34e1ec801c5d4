package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/schedule"
)

// ScheduleICS writes the forward schedule as a calendar feed, RFC 5545 and the
// refresh of RFC 7986: https://www.rfc-editor.org/rfc/rfc5545. Instants are in
// UTC, so that no reader needs a definition of zones. A change's UID is its id
// and the repository; its SEQUENCE, DTSTAMP and LAST-MODIFIED come from git, so
// that a commit's feed does not change from one hour to the next.
func ScheduleICS(w io.Writer, f schedule.Forward) error {
	c := &calendar{repository: f.Repository, now: f.Now.Time}
	if c.repository == "" {
		c.repository = "mergeseal"
	}
	c.put("BEGIN", "VCALENDAR")
	c.put("VERSION", "2.0")
	c.put("PRODID", "-//mergeseal//forward schedule//EN")
	c.put("CALSCALE", "GREGORIAN")
	c.put("METHOD", "PUBLISH")
	c.text("NAME", "Changes of "+c.repository)
	c.text("X-WR-CALNAME", "Changes of "+c.repository)
	c.put("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
	for _, e := range f.Entries {
		c.entry(e)
	}
	for _, v := range f.Windows {
		c.window(v)
	}
	c.put("END", "VCALENDAR")
	return write(w, []byte(c.out.String()), nil)
}

// calendar collects content lines.
type calendar struct {
	out        strings.Builder
	repository string
	now        time.Time
}

func (c *calendar) entry(e schedule.Entry) {
	modified := e.Revision.Modified.Time
	if modified.IsZero() {
		modified = c.now // not in git yet
	}
	status := "CONFIRMED"
	switch {
	case e.Status == schedule.Canceled:
		status = "CANCELLED"
	case e.State == schedule.Tentative || e.Status == schedule.OnHold:
		status = "TENTATIVE"
	}
	c.begin(e.ID+"@"+c.repository, modified, e.Start.Time, e.End.Time)
	if !e.Revision.Created.IsZero() {
		c.put("CREATED", utc(e.Revision.Created.Time))
	}
	c.put("LAST-MODIFIED", utc(modified))
	c.put("SEQUENCE", strconv.Itoa(e.Revision.Sequence))
	c.put("STATUS", status)
	c.put("TRANSP", "OPAQUE")
	c.text("SUMMARY", e.ID+" "+e.Title)
	c.text("DESCRIPTION", entryWords(e))
	c.texts("CATEGORIES", []string{"change", e.Type})
	if len(e.Links) > 0 {
		c.put("URL", uri(e.Links[0].URL))
	}
	c.text("X-MERGESEAL-RISK", riskWords(e))
	c.put("END", "VEVENT")
}

func entryWords(e schedule.Entry) string {
	lines := []string{
		"Risk: " + riskWords(e), "State: " + stateWords(timeless(e)),
		"Services: " + strings.Join(e.Services, ", "), "Environments: " + strings.Join(e.Environments, ", "), "Owner: " + e.Owner,
	}
	for _, part := range []struct{ name, text string }{
		{"Implementers", strings.Join(e.Implementers, ", ")}, {"Why", e.Reason}, {"Rollback", e.Rollback},
		{"Collides with", strings.Join(e.Collisions, ", ")}, {"Inside or outside of", strings.Join(e.Frozen, ", ")},
	} {
		if part.text != "" {
			lines = append(lines, part.name+": "+part.text)
		}
	}
	for _, l := range e.Links {
		lines = append(lines, l.Kind+": "+l.URL)
	}
	return strings.Join(lines, "\n")
}

// timeless is an entry without what the clock alone changes.
func timeless(e schedule.Entry) schedule.Entry {
	if e.Status == schedule.InProgress || e.Status == schedule.Ended {
		e.Status = schedule.Scheduled
	}
	return e
}

func (c *calendar) window(v schedule.Window) {
	c.begin("window-"+v.ID+"-"+utc(v.Start.Time)+"@"+c.repository, v.Start.Time, v.Start.Time, v.End.Time)
	c.put("STATUS", "CONFIRMED")
	c.put("TRANSP", "TRANSPARENT") // nobody is busy: it says what may be done
	c.text("SUMMARY", strings.ToUpper(v.Kind[:1])+v.Kind[1:]+": "+v.Title)
	c.text("DESCRIPTION", v.Why)
	c.texts("CATEGORIES", []string{v.Kind})
	c.text("X-MERGESEAL-WINDOW", v.ID)
	c.put("END", "VEVENT")
}

func (c *calendar) begin(uid string, stamp, start, end time.Time) {
	c.put("BEGIN", "VEVENT")
	c.text("UID", uid)
	c.put("DTSTAMP", utc(stamp))
	c.put("DTSTART", utc(start))
	c.put("DTEND", utc(end))
}

// utc is an instant in the form of section 3.3.5, in whole seconds.
func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

func (c *calendar) text(name, value string) { c.put(name, icsText(value)) }

func (c *calendar) texts(name string, values []string) {
	for i, v := range values {
		values[i] = icsText(v)
	}
	c.put(name, strings.Join(values, ","))
}

// put writes one content line, folded so that no line has more than 75 octets
// and none is cut inside a character: section 3.1.
func (c *calendar) put(name, value string) {
	const octets = 75
	line, room := name+":"+value, octets
	for len(line) > room {
		at := room
		for !utf8.RuneStart(line[at]) {
			at--
		}
		c.out.WriteString(line[:at] + "\r\n ")
		line, room = line[at:], octets-1
	}
	c.out.WriteString(line + "\r\n")
}

// icsText is the escaper of iCalendar's TEXT, section 3.3.11: no value ends its
// line, its list or its property. What no calendar can show is made visible.
func icsText(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			fmt.Fprintf(&b, "<0x%02X>", s[i])
		case hidden(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// uri is an address that ends where it ends: anything but visible ASCII is
// percent-encoded.
func uri(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c > unicode.MaxASCII-1 || c == '"' || c == '<' || c == '>' || c == '\\' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
