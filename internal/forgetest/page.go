package forgetest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// page cuts the page that is asked for out of a list, never more than the
// server's page size, and says in Link where the others are.
// https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
func (s *Server) page(c *call, a *answer, h http.Header) {
	size := s.opts.PageSize
	if n, err := strconv.Atoi(c.query.Get("per_page")); err == nil && n > 0 && n < size {
		size = n
	}
	last := max((len(a.list)+size-1)/size, 1)
	name, page := "page", 1
	if a.cursor {
		// The activity list has no numbers, only cursors to be taken from Link.
		name = "after"
		if n, err := strconv.Atoi(strings.TrimPrefix(c.query.Get("after"), "cursor-")); err == nil {
			page = n
		}
	} else if n, err := strconv.Atoi(c.query.Get("page")); err == nil && n > 0 {
		page = n
	}
	from := min((page-1)*size, len(a.list))
	part := a.list[from:min(from+size, len(a.list))]
	var links []string
	link := func(rel string, n int) {
		q := url.Values{}
		for k, v := range c.query {
			q[k] = v
		}
		v := fmt.Sprint(n)
		if a.cursor {
			v = "cursor-" + v
		}
		q.Set(name, v)
		links = append(links, fmt.Sprintf(`<%s%s?%s>; rel=%q`, s.API(), c.path, q.Encode(), rel))
	}
	if page > 1 && !a.cursor {
		link("prev", min(page-1, last))
	}
	if page < last {
		link("next", page+1)
		if !a.cursor {
			link("last", last)
		}
	}
	if page > 1 && !a.cursor {
		link("first", 1)
	}
	if len(links) > 0 {
		h.Set("Link", strings.Join(links, ", "))
	}
	a.body = any(part)
	if a.wrap != nil {
		a.body = a.wrap(part)
	}
}
