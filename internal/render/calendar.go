package render

import (
	"fmt"
	"strings"

	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// windows says which freezes and maintenance windows matter.
func (k clock) windows(c verdict.Judged) []remark {
	var hits, near []remark
	for _, f := range c.Freezes {
		switch {
		case f.Hit || f.Overrun:
			hits = append(hits, k.freezeHit(f))
		default:
			near = append(near, remark{text: "free; the next edge is " + freezeName(f) + ", from " + k.atText(f.From)})
		}
	}
	switch {
	case len(hits) > 0:
	case len(near) > 0:
		hits = near
	default:
		hits = []remark{{text: "no freeze is near"}}
	}
	return append(hits, k.maintenance(c.Maintenance)...)
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

func (k clock) freezeHit(f schedule.FreezeHit) remark {
	parts := []string{fmt.Sprintf("%d min inside %s, %s", f.Minutes, freezeName(f), k.span(f.From, f.To))}
	if f.Minutes == 0 {
		parts[0] = "in scope of " + freezeName(f) + ", " + k.span(f.From, f.To) + ", and without a window of its own"
	}
	free := true
	switch {
	case f.Exempt:
		parts = append(parts, "this type is exempt")
	case f.Overrun:
		parts = append(parts, "work begun before may finish")
	case f.Exception == "granted":
		parts = append(parts, "exception granted")
	case f.Exception == "asked":
		free, parts = false, append(parts, "exception asked for")
	default:
		free = false
	}
	if f.Why != "" {
		parts = append(parts, f.Why)
	}
	if f.Owners != "" {
		parts = append(parts, "owners "+f.Owners)
	}
	return remark{bad: !free, text: strings.Join(parts, "; ")}
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
		text := fmt.Sprintf("%s (%s), %s", what, x.State, kindOfCollision(x.Kind))
		between := ", "
		if x.Kind == "dependency" {
			between = " → "
		}
		if len(x.Via) > 0 {
			text += ": " + strings.Join(x.Via, between)
		}
		text += fmt.Sprintf("; %s, %d min in common", k.span(x.From, x.To), x.Minutes)
		if x.Accepted {
			text += "; accepted"
		}
		out = append(out, remark{bad: !x.Accepted, text: text})
	}
	return out
}

// kindOfCollision says what two changes have in common.
func kindOfCollision(kind string) string {
	if kind == "dependency" {
		return "by dependency"
	}
	return "same " + kind
}
