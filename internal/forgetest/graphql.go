package forgetest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// graphPath is where GraphQL is asked, beside /api/v3 of an Enterprise Server.
func (s *Server) graphPath() string { return strings.TrimSuffix(s.mount(), "/v3") + "/graphql" }

// graph answers the two questions that are asked here: whose the token is, and
// who wrote the commits of a pull request, those of Co-authored-by trailers
// among them. GitHub's
// description of its REST API does not know it. The caller holds the lock.
// https://docs.github.com/en/graphql/reference/objects#commit
func (s *Server) graph(raw []byte, who identity) (int, []byte) {
	var in struct {
		Query     string
		Variables struct {
			Owner, Name, After string
			Number             int64
		}
	}
	err := json.Unmarshal(raw, &in)
	if err == nil && in.Query == "query{viewer{login}}" {
		return http.StatusOK, marshal(map[string]any{"data": map[string]any{"viewer": map[string]any{"login": who.login}}})
	}
	if err != nil || !strings.Contains(in.Query, "commits(first:100,after:$after)") || !strings.Contains(in.Query, "authors(") {
		s.violate(http.MethodPost, "/graphql", "the fake does not have this query")
		return http.StatusOK, marshal(map[string]any{"errors": []any{map[string]any{"message": "unknown query"}}})
	}
	c := &call{s: s, st: s.st, who: who, repo: s.st.Repo(in.Variables.Owner + "/" + in.Variables.Name)}
	if c.repo == nil || c.repo.Pull(in.Variables.Number) == nil || c.need("pull_requests", "read") != nil {
		return http.StatusOK, marshal(map[string]any{"data": map[string]any{"repository": nil}, "errors": []any{map[string]any{"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}}})
	}
	var nodes []any
	for _, k := range s.pullCommits(c.repo, c.repo.Pull(in.Variables.Number)) {
		var authors []any
		for line := range strings.Lines(k.Message) {
			if !strings.HasPrefix(strings.ToLower(line), "co-authored-by:") {
				continue
			}
			_, address, _ := strings.Cut(line, "<")
			address, _, _ = strings.Cut(address, ">")
			var user any
			for _, u := range s.st.Users {
				if slices.ContainsFunc(u.Emails, func(e string) bool { return strings.EqualFold(e, address) }) {
					user = map[string]any{"login": u.Login}
				}
			}
			authors = append(authors, map[string]any{"email": address, "user": user})
		}
		nodes = append(nodes, map[string]any{"commit": map[string]any{"authors": map[string]any{"nodes": authors}}})
	}
	commits := map[string]any{"pageInfo": map[string]any{"hasNextPage": false, "endCursor": ""}, "nodes": nodes}
	return http.StatusOK, marshal(map[string]any{"data": map[string]any{"repository": map[string]any{"pullRequest": map[string]any{"commits": commits}}}})
}
