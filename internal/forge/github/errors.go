package github

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// What went wrong, for errors.Is.
var (
	ErrNotFound    = errors.New("not found, or the token may not see it")
	ErrForbidden   = errors.New("not allowed")
	ErrUnavailable = errors.New("the API gives no usable answer")
	ErrTooMany     = errors.New("more than is read")
	ErrMoved       = errors.New("the pull request moved meanwhile")
)

// Error is a refusal of the API: an answer that came whole and says no.
type Error struct {
	Method, Path string
	Status       int
	Message      string // the API's own words, hostile and at most a line
	Needs        string // the permission that is wanted, as GitHub names it; "" where unknown
	Limited      bool   // a rate limit
}

// Error is one line with what to permit next.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s /%s: HTTP %d", e.Method, e.Path, e.Status)
	if e.Message != "" {
		fmt.Fprintf(&b, " %q", e.Message)
	}
	switch {
	case e.Limited:
		b.WriteString("; wait, or raise --api-wait")
	case e.Status == http.StatusUnauthorized:
		b.WriteString("; the token is wrong or has expired: set GITHUB_TOKEN, or --app-id and --app-key-file")
	case e.Needs != "" && (e.Status == http.StatusForbidden || e.Status == http.StatusNotFound):
		fmt.Fprintf(&b, "; permit %s to the token", e.Needs)
	}
	return b.String()
}

// Is sorts refusals into the errors above.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Status == http.StatusNotFound || e.Status == http.StatusGone
	case ErrForbidden:
		return !e.Limited && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
	case ErrUnavailable:
		return e.Limited || e.Status >= 500
	}
	return false
}
