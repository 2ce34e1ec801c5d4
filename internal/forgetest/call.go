package forgetest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// route is an operation with what a token needs for it.
type route struct {
	scope string // permission of an App, several with |; "" is looked after by the handler
	level string // read or write
	do    func(*call) answer
}

func ok(body any) answer      { return answer{status: http.StatusOK, body: body} }
func created(body any) answer { return answer{status: http.StatusCreated, body: body} }
func none() answer            { return answer{status: http.StatusNoContent} }

func listed(items []any, wrap func([]any) any) answer {
	if items == nil {
		items = []any{}
	}
	return answer{status: http.StatusOK, list: items, wrap: wrap}
}

func failed(status int, message string) answer {
	return answer{status: status, body: problem(status, message)}
}

func notFound() answer { return failed(http.StatusNotFound, "Not Found") }

// invalid is a 422 with the reason in its list of errors.
func invalid(resource, field, message string) answer {
	return answer{status: http.StatusUnprocessableEntity, body: problem(http.StatusUnprocessableEntity, "Validation Failed",
		map[string]any{"resource": resource, "field": field, "code": "custom", "message": message})}
}

// enter finds the repository, holds the token's permissions against the route
// and calls its handler.
func (c *call) enter(rt route) answer {
	if owner, has := c.params["owner"]; has {
		c.repo = c.st.Repo(owner + "/" + c.params["repo"])
		if c.repo == nil {
			return notFound()
		}
		if rt.scope != "" {
			if a := c.need(rt.scope, rt.level); a != nil {
				return *a
			}
		}
	}
	return rt.do(c)
}

// forbidden is what a token of Actions or of an App is told.
const forbidden = "Resource not accessible by integration"

// need refuses a token that lacks a permission. What a private repository
// hides is not found, rather than forbidden:
// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource
func (c *call) need(scope, level string) *answer {
	refuse := func(a answer) *answer { return &a }
	w := c.who
	switch w.kind {
	case "":
		if c.repo.Private {
			return refuse(notFound())
		}
		if level == "write" || scope == "administration" {
			return refuse(failed(http.StatusUnauthorized, "Requires authentication"))
		}
		return nil
	case "jwt":
		return refuse(failed(http.StatusForbidden, forbidden))
	case "user":
		_, p := c.repo.role(w.login)
		if p == "none" {
			return refuse(notFound())
		}
		wanted := level
		switch scope {
		case "administration":
			wanted = "admin"
		case "comments":
			wanted = "read" // whoever sees a pull request may speak
		case "checks":
			// https://docs.github.com/en/rest/checks/runs#create-a-check-run:
			// "OAuth apps and authenticated users ... are not able to create a check suite."
			if level == "write" {
				return refuse(failed(http.StatusForbidden, "You must authenticate via a GitHub App."))
			}
		}
		if rank(p) < rank(wanted) {
			return refuse(failed(http.StatusForbidden, "Must have "+wanted+" rights to Repository."))
		}
		if w.permissions == nil {
			return nil
		}
	case "installation":
		if !w.installation.covers(c.repo.Name) {
			if c.repo.Private {
				return refuse(notFound())
			}
			if level == "write" {
				return refuse(failed(http.StatusForbidden, forbidden))
			}
		}
	case "workflow":
		if w.repo != "" && !strings.EqualFold(w.repo, c.repo.Name) && c.repo.Private {
			return refuse(notFound())
		}
		// https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflows-in-forked-repositories
		if w.readOnly && level == "write" {
			return refuse(failed(http.StatusForbidden, forbidden))
		}
	}
	if !c.repo.Private && level == "read" && scope != "administration" {
		return nil
	}
	if scope == "comments" {
		scope = "issues|pull_requests"
	}
	for s := range strings.SplitSeq(scope, "|") {
		if rank(w.permissions[s]) >= rank(level) {
			return nil
		}
	}
	if w.kind == "user" {
		return refuse(failed(http.StatusForbidden, "Resource not accessible by personal access token"))
	}
	return refuse(failed(http.StatusForbidden, forbidden))
}

// into reads the body; the description has already been held against it.
func (c *call) into(v any) {
	if len(c.raw) > 0 {
		_ = json.Unmarshal(c.raw, v) // the description was held against it
	}
}

// number is a parameter; 0 finds nothing.
func (c *call) number(name string) int64 {
	n, err := strconv.ParseInt(c.params[name], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// pull is the pull request of the path.
func (c *call) pull() *Pull {
	if n := c.number("pull_number"); n != 0 {
		return c.repo.Pull(n)
	}
	return c.repo.Pull(c.number("issue_number"))
}

// onPull calls a handler with the pull request of the path.
func onPull(do func(*call, *Pull) answer) func(*call) answer {
	return func(c *call) answer {
		p := c.pull()
		if p == nil {
			return notFound()
		}
		return do(c, p)
	}
}
