package github

import (
	"context"
	"encoding/json"
	"net/http"
)

// do sends one request below the API's address and decodes the answer. body is
// sent as JSON unless nil; into is filled unless nil, a *json.RawMessage with
// the bytes as they are. The response's body is read and closed. path has no
// leading slash and may have a query. A refusal is an *Error.
func (c *Client) do(ctx context.Context, method, path string, body, into any) (*http.Response, error) {
	return nil, ErrUnavailable
}

// pages reads a list to its end, a hundred items a page; each gets one page.
func (c *Client) pages(ctx context.Context, path string, each func(page json.RawMessage) error) error {
	return ErrUnavailable
}
