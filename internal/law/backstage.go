package law

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// backstageKinds are the entities that count as services, the one whose word
// weighs most first: a component and its API often share a name.
// https://backstage.io/docs/features/software-catalog/descriptor-format
func backstageKinds() []string { return []string{"Component", "Resource", "API"} }

// entity is a Backstage entity read as a service.
type entity struct {
	item[Service]
	kind int // index in backstageKinds
	key  string
}

// backstage reads services from catalog-info.yaml files. Each may hold several
// documents, and keys that mean nothing to us.
func (ld *loader) backstage(b Backstage) ([]item[Service], string, error) {
	tier, ok := fieldPath(b.Tier)
	if !ok {
		ld.add("MS401", ld.docs.at("services", "tier"), `write the path of a field, such as metadata.annotations["example.com/tier"]`,
			"%s is not the path of a field", diag.Quote(b.Tier))
	}
	paths, err := ld.named(ld.docs.at("services", "backstage"), b.Glob)
	if err != nil {
		return nil, "", err
	}
	files := map[string][]byte{}
	var all []entity
	for _, p := range paths {
		data, err := ld.files.Read(p)
		if ok, err := ld.readable(p, data, err); err != nil {
			return nil, "", err
		} else if !ok {
			continue
		}
		files[p] = data
		docs, found := yamldoc.ParseAll(p, data, yamldoc.Standard())
		ld.found = append(ld.found, found...)
		for _, doc := range docs {
			if e, ok := ld.entity(doc, tier); ok {
				all = append(all, e)
			}
		}
	}
	return capped(ld, "services", merged(all)), digestOf(files), nil
}

func (ld *loader) entity(doc *yamldoc.Doc, tier []string) (entity, bool) {
	p := place{doc.Index, doc.Root}
	kind := text(doc.Root, "kind")
	if kind == "" {
		ld.add("MS421", doc.Root.At, "leave files that are no Backstage catalogues out of the pattern", "the document has no kind")
		return entity{}, false
	}
	e := entity{kind: slices.Index(backstageKinds(), kind)}
	if e.kind < 0 {
		return entity{}, false
	}
	name := text(doc.Root, "metadata", "name")
	if name == "" {
		ld.found = append(ld.found, yamldoc.Missing(p.at("metadata"), "/metadata", "name"))
		return entity{}, false
	}
	e.key = kind + "/" + cmp.Or(text(doc.Root, "metadata", "namespace"), "default") + "/" + name
	e.value = Service{Name: name, Owner: lastOf(text(doc.Root, "spec", "owner"))}
	if n := at(doc.Root, "spec", "dependsOn"); n != nil {
		var d yamldoc.Decoder
		d.Into(n, &e.value.DependsOn)
		ld.found = append(ld.found, d.Found...)
		for i, ref := range e.value.DependsOn {
			e.value.DependsOn[i] = lastOf(ref)
		}
	}
	ld.backstageTier(&e.value, doc.Root, p, tier)
	e.place = entityPlace(doc)
	return e, true
}

var tierForm = regexp.MustCompile(`^(?i:t|tier)?[-_ ]?([0-4])$`)

// backstageTier reads 1, t1, tier1, tier-1 and the like; a service without it
// is reported with all others that have none.
func (ld *loader) backstageTier(s *Service, root *yamldoc.Node, p place, tier []string) {
	n := at(root, tier...)
	if len(tier) == 0 || n == nil {
		return
	}
	m := tierForm.FindStringSubmatch(n.Text)
	if n.Kind != yamldoc.Scalar || m == nil {
		ld.add("MS421", p.at(tier...), "write 0 for the most critical to 4 for the least", "%s is not a tier", diag.Quote(n.Text))
		return
	}
	level := int(m[1][0] - '0')
	s.Tier = &level
}

// entityPlace shows an entity in the shape of our own services, so that checks
// find the places of name, owner, tier and depends_on.
func entityPlace(doc *yamldoc.Doc) place {
	index := source.NewIndex(doc.File)
	index.Add("", source.Span{Value: doc.Root.At})
	node := &yamldoc.Node{Kind: yamldoc.Mapping, At: doc.Root.At}
	for _, k := range []struct {
		ours   string
		theirs []string
	}{{"name", []string{"metadata", "name"}}, {"owner", []string{"spec", "owner"}}, {"depends_on", []string{"spec", "dependsOn"}}} {
		n := at(doc.Root, k.theirs...)
		if n == nil {
			continue
		}
		node.Keys = append(node.Keys, yamldoc.Key{Name: k.ours, At: n.At, Value: n})
		index.Add("/"+k.ours, source.Span{Value: n.At})
		for i, it := range n.Items {
			index.Add(source.Item("/"+k.ours, i), source.Span{Value: it.At})
		}
	}
	return place{index, node}
}

// merged makes one service of the entities that share a name: the gravest tier,
// all dependencies, the owner of the first kind. Two of one kind stay two.
func merged(all []entity) []item[Service] {
	slices.SortStableFunc(all, func(a, b entity) int {
		return cmp.Or(strings.Compare(a.value.Name, b.value.Name), a.kind-b.kind, strings.Compare(a.key, b.key))
	})
	var out []item[Service]
	var last entity
	for i, e := range all {
		if i == 0 || last.value.Name != e.value.Name || last.kind == e.kind {
			out, last = append(out, e.item), e
			continue
		}
		into := &out[len(out)-1].value
		if e.value.Tier != nil && (into.Tier == nil || *e.value.Tier < *into.Tier) {
			into.Tier = e.value.Tier
		}
		into.Owner = cmp.Or(into.Owner, e.value.Owner)
		for _, d := range e.value.DependsOn {
			if !slices.Contains(into.DependsOn, d) {
				into.DependsOn = append(into.DependsOn, d)
			}
		}
		last.kind = e.kind
	}
	for i := range out {
		s := &out[i].value
		s.DependsOn = slices.DeleteFunc(s.DependsOn, func(d string) bool { return d == s.Name })
	}
	return out
}

// lastOf is the name in a reference kind:namespace/name.
func lastOf(ref string) string {
	if i := strings.LastIndexAny(ref, ":/"); i >= 0 {
		return ref[i+1:]
	}
	return ref
}

// at walks a document; nil when there is no such node.
func at(n *yamldoc.Node, path ...string) *yamldoc.Node {
	for _, token := range path {
		if n == nil {
			return nil
		}
		n = n.Get(token)
	}
	return n
}

func text(n *yamldoc.Node, path ...string) string {
	if n = at(n, path...); n == nil || n.Kind != yamldoc.Scalar || n.IsNull() {
		return ""
	}
	return n.Text
}

var pathToken = regexp.MustCompile(`^(?:\.?([A-Za-z_][A-Za-z0-9_-]*)|\["([^"\]]+)"\])`)

// fieldPath reads metadata.annotations["example.com/tier"]; "" is no path.
func fieldPath(expr string) ([]string, bool) {
	var out []string
	for rest := expr; rest != ""; {
		m := pathToken.FindStringSubmatch(rest)
		if m == nil || len(out) == 0 && strings.HasPrefix(rest, ".") || len(out) > 0 && rest[0] != '.' && rest[0] != '[' {
			return nil, false
		}
		out, rest = append(out, cmp.Or(m[1], m[2])), rest[len(m[0]):]
	}
	return out, true
}
