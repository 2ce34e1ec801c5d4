package forgetest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
)

func getBranch(c *call) answer {
	b := c.repo.Branch(c.params["branch"])
	if b == nil {
		return failed(http.StatusNotFound, "Branch not found")
	}
	return ok(map[string]any{
		"name": b.Name, "commit": c.s.commitView(c.s.find(c.repo, b.SHA)), "protected": b.Protection != nil,
		"protection": map[string]any{"enabled": b.Protection != nil}, "_links": map[string]any{"html": c.s.URL(), "self": c.s.API()},
	})
}

// getProtection hides classic protection from all but administrators.
func getProtection(c *call) answer {
	b := c.repo.Branch(c.params["branch"])
	if b == nil {
		return failed(http.StatusNotFound, "Branch not found")
	}
	if b.Protection == nil {
		return failed(http.StatusNotFound, "Branch not protected")
	}
	return ok(b.Protection)
}

func (x *Ruleset) covers(branch string) bool {
	return len(x.Branches) == 0 || slices.Contains(x.Branches, branch)
}

func (x *Ruleset) sourceType(r *Repo) string {
	if x.Source == r.Name {
		return "Repository"
	}
	return "Organization"
}

// listRules are those in force for a branch, of all levels.
// https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
func listRules(c *call) answer {
	var out []any
	for _, x := range c.repo.Rulesets {
		if x.Enforcement != "active" || !x.covers(c.params["branch"]) {
			continue
		}
		for _, raw := range x.Rules {
			m := map[string]any{"ruleset_id": x.ID, "ruleset_source": x.Source, "ruleset_source_type": x.sourceType(c.repo)}
			if err := json.Unmarshal(raw, &m); err != nil {
				return failed(http.StatusInternalServerError, err.Error())
			}
			out = append(out, m)
		}
	}
	return listed(out, nil)
}

func rulesetView(r *Repo, x *Ruleset, long bool) any {
	m := map[string]any{"id": x.ID, "name": x.Name, "target": "branch", "source": x.Source, "source_type": x.sourceType(r), "enforcement": x.Enforcement}
	if long {
		rules, include := x.Rules, []string{}
		if rules == nil {
			rules = []json.RawMessage{}
		}
		for _, b := range x.Branches {
			include = append(include, "refs/heads/"+b)
		}
		if len(x.Branches) == 0 {
			include = []string{"~ALL"}
		}
		m["rules"] = rules
		m["conditions"] = map[string]any{"ref_name": map[string]any{"include": include, "exclude": []any{}}}
		if x.BypassActors != nil {
			m["bypass_actors"] = x.BypassActors
		}
	}
	return m
}

func listRulesets(c *call) answer {
	var out []any
	for _, x := range c.repo.Rulesets {
		out = append(out, rulesetView(c.repo, x, false))
	}
	return listed(out, nil)
}

func getRuleset(c *call) answer {
	for _, x := range c.repo.Rulesets {
		if x.ID == c.number("ruleset_id") {
			return ok(rulesetView(c.repo, x, true))
		}
	}
	return notFound()
}

func refView(name, sha string) any {
	return map[string]any{"ref": name, "object": map[string]any{"type": "commit", "sha": sha, "url": "https://api.github.com/x"}}
}

func getRef(c *call) answer {
	name := "refs/" + c.params["ref"]
	if sha := c.s.refs(c.repo)[name]; sha != "" {
		return ok(refView(name, sha))
	}
	return notFound()
}

func listRefs(c *call) answer {
	refs := c.s.refs(c.repo)
	var out []any
	for _, name := range sorted(refs) {
		if strings.HasPrefix(name, "refs/"+c.params["ref"]) {
			out = append(out, refView(name, refs[name]))
		}
	}
	return listed(out, nil)
}

// getContent answers for files; folders come from git alone.
func getContent(c *call) answer {
	ref := c.query.Get("ref")
	orElse(&ref, c.repo.DefaultBranch)
	p := c.params["path"]
	for _, f := range c.repo.Contents {
		if f.Path == p && (f.Ref == ref || f.Ref == "" && ref == c.repo.DefaultBranch) {
			return ok(contentView(p, strings.Repeat("0", 40), []byte(f.Text)))
		}
	}
	sha := c.s.resolve(c.repo, ref)
	if sha == "" {
		return failed(http.StatusNotFound, "No commit found for the ref "+ref)
	}
	if entries := c.s.gitFolder(c.repo, sha, p); entries != nil {
		out := []any{}
		for _, e := range entries {
			out = append(out, map[string]any{"type": e.kind, "size": 0, "name": path.Base(e.path), "path": e.path, "sha": e.sha, "_links": map[string]any{"git": nil, "html": nil, "self": c.s.API()}})
		}
		return ok(out)
	}
	blob, data := c.s.gitFile(c.repo, sha, p)
	if blob == "" {
		return notFound()
	}
	return ok(contentView(p, blob, data))
}

func contentView(p, sha string, data []byte) any {
	return map[string]any{
		"type": "file", "encoding": "base64", "size": len(data), "name": path.Base(p), "path": p, "sha": sha,
		"content": base64.StdEncoding.EncodeToString(data), "_links": map[string]any{"git": nil, "html": nil, "self": "https://api.github.com/x"},
	}
}
