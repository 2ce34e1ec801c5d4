package forgetest

import "time"

// Event is something that happened to a pull request, oldest first.
type Event struct {
	Kind  string    `json:"kind"` // base_ref_changed, …
	Actor string    `json:"actor,omitempty"`
	At    time.Time `json:"at"`
}

// listEvents has what the timeline has not, the changes of a base among it:
// https://docs.github.com/en/rest/using-the-rest-api/issue-event-types#base_ref_changed
func listEvents(c *call, p *Pull) answer {
	var out []any
	for i, e := range p.Events {
		actor := e.Actor
		orElse(&actor, p.Author)
		out = append(out, map[string]any{
			"id": p.ID*1000 + int64(i), "node_id": "", "url": c.s.API() + c.path, "actor": c.s.userView(actor), "event": e.Kind,
			"commit_id": nil, "commit_url": nil, "created_at": e.At, "performed_via_github_app": nil,
		})
	}
	return listed(out, nil)
}
