package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// Bounds of a list. A hundred items a page is the most GitHub gives:
// https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
const (
	perPage  = 100
	maxPages = 100
)

// nextLink is the address of the next page in a Link header.
var nextLink = regexp.MustCompile(`<([^<>]*)>\s*;(?:[^,<]*;)?\s*rel="?next"?`)

// pages reads a list to its end, a hundred items a page; each gets one page.
// A list without an end is ErrTooMany.
func (c *Client) pages(ctx context.Context, path string, each func(page json.RawMessage) error) error {
	first := withQuery(path, fmt.Sprintf("per_page=%d", perPage))
	next := first
	for n := 1; next != ""; n++ {
		if n > maxPages {
			return fmt.Errorf("GET /%s: %w: the list goes on after %d pages", c.hide(path), ErrTooMany, maxPages)
		}
		var page json.RawMessage
		res, err := c.do(ctx, http.MethodGet, next, nil, &page)
		if err != nil {
			return err
		}
		if err := each(page); err != nil {
			return err
		}
		next = ""
		if m := nextLink.FindStringSubmatch(strings.Join(res.Header.Values("Link"), ", ")); m != nil {
			next = m[1]
		} else if res.Header.Get("Link") == "" && full(page) {
			// Somebody on the way may drop the header: a full page proves nothing.
			next = withQuery(first, fmt.Sprintf("page=%d", n+1))
		}
	}
	return nil
}

// full reports whether a page holds as many items as were asked for.
func full(page json.RawMessage) bool {
	var items []json.RawMessage
	return json.Unmarshal(page, &items) == nil && len(items) >= perPage
}

func withQuery(path, query string) string {
	if strings.Contains(path, "?") {
		return path + "&" + query
	}
	return path + "?" + query
}

// list reads a list of one kind to its end.
func list[T any](ctx context.Context, c *Client, path string) ([]T, error) {
	var out []T
	err := c.pages(ctx, path, func(page json.RawMessage) error {
		var items []T
		if err := json.Unmarshal(page, &items); err != nil {
			return fmt.Errorf("GET /%s: read the list: %w: %s", c.hide(path), ErrUnavailable, c.hide(err.Error()))
		}
		out = append(out, items...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
