package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// windows says which freezes and maintenance windows matter.
func (k clock) windows(c verdict.Judged) []remark {
	var hits, near []remark
	for _, f := range c.Freezes {
		if f.Hit {
			hits = append(hits, k.freezeHit(c, f))
			continue
		}
		near = append(near, remark{text: "free; " + k.freezeNear(c, f)})
	}
	if len(hits) == 0 && len(near) == 0 {
		near = []remark{{text: "no freeze is near"}}
	}
	if len(hits) > 0 {
		near = nil
	}
	return append(append(hits, near...), k.maintenance(c.Maintenance)...)
}

// freezeNear says on which side of the change a freeze lies.
func (k clock) freezeNear(c verdict.Judged, f schedule.FreezeHit) string {
	start, err1 := time.Parse(time.RFC3339, c.Start)
	from, err2 := time.Parse(time.RFC3339, f.From)
	if err1 == nil && err2 == nil && from.Before(start) {
		return "before it is " + freezeName(f) + ", until " + k.atText(f.To)
	}
	return "the next edge is " + freezeName(f) + ", from " + k.atText(f.From)
}

func freezeName(f schedule.FreezeHit) string {
	switch {
	case f.Title == "" || f.Title == f.ID:
		return f.ID
	case f.ID == "":
		return f.Title
	}
	return f.Title + " (" + f.ID + ")"
}

func (k clock) freezeHit(c verdict.Judged, f schedule.FreezeHit) remark {
	start, err1 := time.Parse(time.RFC3339, c.Start)
	from, err2 := time.Parse(time.RFC3339, f.From)
	begunBefore := f.Overrun && err1 == nil && err2 == nil && start.Before(from)
	parts := []string{fmt.Sprintf("%d min inside %s, %s", f.Minutes, freezeName(f), k.span(f.From, f.To))}
	switch {
	case f.Exempt:
		parts = append(parts, "this type is exempt")
	case f.Exception == "granted":
		parts = append(parts, "exception granted")
	case begunBefore:
		parts = append(parts, "work begun before it may finish")
	case f.Exception == "asked":
		parts = append(parts, "exception asked for, not granted")
	}
	if f.Owners != "" {
		parts = append(parts, "owners "+f.Owners)
	}
	return remark{bad: !f.Exempt && f.Exception != "granted" && !begunBefore, text: strings.Join(parts, "; ")}
}

func (k clock) maintenance(m schedule.Maintenance) []remark {
	if len(m.Required) == 0 {
		return nil
	}
	names := strings.Join(m.Required, ", ")
	if m.Inside {
		return []remark{{text: "inside the maintenance window " + names}}
	}
	text := "outside the maintenance window " + names
	if m.Next != "" {
		text += "; the next one it fits opens " + k.atText(m.Next)
	}
	return []remark{{bad: true, text: text}}
}

// collisions says which changes are in the way.
func (k clock) collisions(c verdict.Judged) []remark {
	if len(c.Collisions) == 0 {
		return []remark{{text: "nothing else at that time"}}
	}
	var out []remark
	for _, x := range c.Collisions {
		what := x.With
		if x.Title != "" {
			what += " " + x.Title
		}
		text := fmt.Sprintf("%s (%s), same %s", what, x.State, x.Kind)
		if len(x.Via) > 0 {
			text += ": " + strings.Join(x.Via, " → ")
		}
		text += fmt.Sprintf("; %s, %d min in common", k.span(x.From, x.To), x.Minutes)
		if x.Accepted {
			text += "; accepted"
		}
		out = append(out, remark{bad: !x.Accepted, text: text})
	}
	return out
}
