package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/gate"
	"github.com/mergeseal/mergeseal/internal/ledger"
	"github.com/mergeseal/mergeseal/internal/render"
)

// gateAnswer is the decision and what became of it.
type gateAnswer struct {
	*gate.Decision
	BreakGlass *ledger.Glass `json:"break_glass,omitempty"`
	Recorded   bool          `json:"recorded"`

	zone *time.Location
	name string
}

// code is the exit code: broken glass lets through.
func (a *gateAnswer) code() int {
	if a.BreakGlass != nil {
		return ExitPass
	}
	return a.Answer.ExitCode()
}

func (a *gateAnswer) write(w io.Writer, format string) error {
	if format == "json" {
		return writeJSON(w, a)
	}
	head := fmt.Sprintf("%s@%s → %s: ", a.name, a.Commit[:7], a.Environment)
	lines := []string{a.word() + head + a.because()}
	for _, r := range a.Reasons[min(1, len(a.Reasons)):] {
		lines = append(lines, "          also: "+a.reason(r))
	}
	if len(a.Reasons) > 0 && a.Reasons[0].Hint != "" {
		lines = append(lines, "          try: "+a.Reasons[0].Hint)
	}
	for _, n := range a.Notes {
		lines = append(lines, "          note: "+n)
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(w, render.Plain(l)); err != nil {
			return err
		}
	}
	return nil
}

func (a *gateAnswer) word() string {
	if a.BreakGlass != nil {
		return "BROKEN GLASS   "
	}
	switch a.Answer {
	case gate.Allowed:
		return "ALLOWED   "
	case gate.Denied:
		return "DENIED    "
	case gate.NotYet:
		return "NOT YET   "
	case gate.Cannot:
	}
	return "CANNOT    "
}

// because is the rest of the one line for people.
func (a *gateAnswer) because() string {
	if len(a.Reasons) > 0 {
		return a.reason(a.Reasons[0])
	}
	if len(a.Changes) == 0 {
		return fmt.Sprintf("nothing in %d commits needs a change", a.Commits)
	}
	var said []string
	for _, c := range a.Changes {
		how := c.Type
		if c.Sealed && !c.SealedAt.IsZero() {
			how += ", sealed " + a.moment(c.SealedAt)
		}
		said = append(said, c.ID+" ("+how+")")
	}
	return strings.Join(said, ", ") + " · until " + a.moment(a.Until)
}

func (a *gateAnswer) reason(r gate.Reason) string {
	said := r.Message
	if !r.Until.IsZero() {
		said += ", " + map[bool]string{true: "in " + span(r.Until.Sub(a.At)), false: "until " + a.moment(r.Until)}[r.Code == "MS726"]
	}
	if r.Who != "" {
		said += " · " + r.Who + " can change that"
	}
	return said + " · " + r.Code
}

// moment is an instant in the law's zone, without the day when it is today.
func (a *gateAnswer) moment(t time.Time) string {
	here, now := t.In(a.zone), a.At.In(a.zone)
	if here.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return here.Format("15:04 -07:00")
	}
	return here.Format("2 Jan 15:04 -07:00")
}

// span is a length of time in the two largest units that people think in.
func span(d time.Duration) string {
	minutes := int64((d + time.Minute - 1) / time.Minute)
	days, hours := minutes/(24*60), minutes/60%24
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	}
	return fmt.Sprintf("%d min", minutes)
}
