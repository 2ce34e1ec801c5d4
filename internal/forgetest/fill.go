package forgetest

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// fill adds what GitHub's answers must hold and what says nothing: addresses
// of other answers, node ids, avatars. Everything else a handler has to state,
// so that a fake which forgets a fact is caught by the description.
func fill(ref *openapi3.SchemaRef, value any, base string) any {
	s := ref.Value
	switch v := value.(type) {
	case []any:
		for _, c := range append(append(openapi3.SchemaRefs{}, s.OneOf...), s.AnyOf...) {
			if c.Value.Items != nil {
				return fill(c, v, base)
			}
		}
		if s.Items != nil {
			for i := range v {
				v[i] = fill(s.Items, v[i], base)
			}
		}
	case map[string]any:
		if choice := append(append(openapi3.SchemaRefs{}, s.OneOf...), s.AnyOf...); len(choice) > 0 {
			if c := fitting(choice, v); c != nil {
				return fill(c, v, base)
			}
		}
		for _, c := range s.AllOf {
			fill(c, v, base)
		}
		for _, name := range s.Required {
			p := s.Properties[name]
			if _, ok := v[name]; ok || p == nil || !filler(name) {
				continue
			}
			switch {
			case p.Value.Nullable && name != "gravatar_id": // which is always there, and empty
				v[name] = nil
			case strings.HasSuffix(name, "url") || name == "href":
				v[name] = base + "/" + strings.TrimSuffix(strings.TrimSuffix(name, "url"), "_")
			default:
				v[name] = ""
			}
		}
		for name, x := range v {
			if p := s.Properties[name]; p != nil {
				v[name] = fill(p, x, base)
			}
		}
	}
	return value
}

func filler(name string) bool {
	return name == "url" || strings.HasSuffix(name, "_url") || name == "node_id" || name == "gravatar_id" || name == "blob_href"
}

// fitting is the first of a choice all of whose facts a value states.
func fitting(choice openapi3.SchemaRefs, v map[string]any) *openapi3.SchemaRef {
next:
	for _, c := range choice {
		if len(c.Value.Properties) == 0 {
			continue
		}
		for _, name := range c.Value.Required {
			if _, ok := v[name]; !ok && !filler(name) {
				continue next
			}
		}
		return c
	}
	return nil
}
