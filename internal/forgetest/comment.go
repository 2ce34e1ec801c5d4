package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"
)

// maxCommentBody is the most characters of a comment. GitHub answers a longer
// one with "body is too long (maximum is 65536 characters)":
// https://github.com/orgs/community/discussions/27190
const maxCommentBody = 65536

func (s *Server) commentView(r *Repo, p *Pull, m *Comment) any {
	v := map[string]any{
		"id": m.ID, "body": m.Body, "user": s.userView(m.User), "created_at": m.At, "updated_at": m.Last, "author_association": "NONE",
		"html_url":                 fmt.Sprintf("%s/%s/pull/%d#issuecomment-%d", s.URL(), r.Name, p.Number, m.ID),
		"url":                      fmt.Sprintf("%s/repos/%s/issues/comments/%d", s.API(), r.Name, m.ID),
		"performed_via_github_app": nil,
	}
	if a := s.st.App(m.App); a != nil {
		v["performed_via_github_app"] = s.appView(a)
	}
	return v
}

func listComments(c *call, p *Pull) answer {
	var out []any
	for _, m := range p.Comments {
		out = append(out, c.s.commentView(c.repo, p, m))
	}
	return listed(out, nil)
}

func (c *call) commentBody() (string, *answer) {
	var in struct{ Body string }
	c.into(&in)
	if n := utf8.RuneCountInString(in.Body); n > maxCommentBody {
		a := invalid("IssueComment", "body", fmt.Sprintf("body is too long (maximum is %d characters)", maxCommentBody))
		return "", &a
	}
	if in.Body == "" {
		a := invalid("IssueComment", "body", "body cannot be blank")
		return "", &a
	}
	return in.Body, nil
}

// createComment writes as whoever the token is.
func createComment(c *call, p *Pull) answer {
	body, refused := c.commentBody()
	if refused != nil {
		return *refused
	}
	if p.Locked {
		return failed(http.StatusForbidden, "Unable to create comment because issue is locked.")
	}
	m := &Comment{ID: c.st.id(), User: c.who.login, Body: body, At: c.s.now, Last: c.s.now}
	if c.who.app != nil {
		m.App = c.who.app.ID
	}
	p.Comments = append(p.Comments, m)
	return created(c.s.commentView(c.repo, p, m))
}

func onComment(do func(*call, *Pull, *Comment) answer) func(*call) answer {
	return func(c *call) answer {
		for _, p := range c.repo.Pulls {
			for _, m := range p.Comments {
				if m.ID == c.number("comment_id") {
					return do(c, p, m)
				}
			}
		}
		return notFound()
	}
}

func getComment(c *call, p *Pull, m *Comment) answer { return ok(c.s.commentView(c.repo, p, m)) }

// mayEdit: one's own, or everybody's with the right to write.
func (c *call) mayEdit(m *Comment) bool {
	_, p := c.repo.role(c.who.login)
	return c.who.kind != "user" || m.User == c.who.login || rank(p) >= rank("write")
}

func updateComment(c *call, p *Pull, m *Comment) answer {
	body, refused := c.commentBody()
	if refused != nil {
		return *refused
	}
	if !c.mayEdit(m) {
		return failed(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	m.Body, m.Last = body, c.s.now
	return ok(c.s.commentView(c.repo, p, m))
}

func deleteComment(c *call, p *Pull, m *Comment) answer {
	if !c.mayEdit(m) {
		return failed(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	p.Comments = slices.DeleteFunc(p.Comments, func(x *Comment) bool { return x == m })
	return none()
}
