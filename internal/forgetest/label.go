package forgetest

import (
	"slices"
	"strings"
)

func labelView(l *Label) any {
	color := l.Color
	orElse(&color, "ededed")
	return map[string]any{"id": l.ID, "name": l.Name, "color": color, "default": false, "description": l.Description}
}

func (s *Server) labelViews(r *Repo, names []string) []any {
	out := []any{}
	for _, n := range names {
		if l := r.Label(n); l != nil {
			out = append(out, labelView(l))
		}
	}
	return out
}

func listPullLabels(c *call, p *Pull) answer { return listed(c.s.labelViews(c.repo, p.Labels), nil) }

func (c *call) labelNames() []string {
	var in struct{ Labels []any }
	c.into(&in)
	var names []string
	for _, l := range in.Labels {
		switch l := l.(type) {
		case string:
			names = append(names, l)
		case map[string]any:
			if n, isText := l["name"].(string); isText {
				names = append(names, n)
			}
		}
	}
	for _, n := range names {
		c.st.label(c.repo, n)
	}
	return names
}

// addLabels wants an object: the description no longer has the bare array that
// go-github v60 sends, so that one is refused before it comes here.
// https://docs.github.com/en/rest/issues/labels#add-labels-to-an-issue
func addLabels(c *call, p *Pull) answer {
	p.Labels = union(p.Labels, c.labelNames())
	return ok(c.s.labelViews(c.repo, p.Labels))
}

func setLabels(c *call, p *Pull) answer {
	p.Labels = union(nil, c.labelNames())
	return ok(c.s.labelViews(c.repo, p.Labels))
}

func removeLabel(c *call, p *Pull) answer {
	n := len(p.Labels)
	p.Labels = slices.DeleteFunc(p.Labels, func(l string) bool { return strings.EqualFold(l, c.params["name"]) })
	if len(p.Labels) == n {
		return failed(404, "Label does not exist")
	}
	return ok(c.s.labelViews(c.repo, p.Labels))
}

func getLabel(c *call) answer {
	l := c.repo.Label(c.params["name"])
	if l == nil {
		return notFound()
	}
	return ok(labelView(l))
}

func createLabel(c *call) answer {
	var in struct{ Name, Color, Description string }
	c.into(&in)
	if c.repo.Label(in.Name) != nil {
		return invalid("Label", "name", "already_exists")
	}
	l := c.st.label(c.repo, in.Name)
	l.Color, l.Description = in.Color, in.Description
	return created(labelView(l))
}
