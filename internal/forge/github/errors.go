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
	Message      string // the API's own words, at most a line, without secrets
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
	if fix := e.fix(); fix != "" {
		b.WriteString("; " + fix)
	}
	return b.String()
}

// fix is what to do next, "" where nobody knows.
func (e *Error) fix() string {
	switch {
	case e.Limited:
		return "a rate limit: try again later, or wait longer with --api-wait"
	case e.Status == http.StatusUnauthorized:
		return "the token is wrong or has expired: set GITHUB_TOKEN, or --app-id and --app-key-file"
	case e.Status >= 500:
		return "try again later"
	case e.Needs == "":
		return ""
	case e.Status == http.StatusForbidden:
		return "permit " + e.Needs + " to the token"
	case e.Status == http.StatusNotFound:
		return "see that it exists, and permit " + e.Needs + " to the token"
	}
	return ""
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

// refused reports whether the API said no for want of a permission, which it
// also says as not found.
func refused(err error) bool {
	return errors.Is(err, ErrForbidden) && !unauthorized(err) || errors.Is(err, ErrNotFound)
}

// unauthorized reports whether the token itself is refused.
func unauthorized(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusUnauthorized
}

// fixOf is what an error says to do next.
func fixOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.fix()
	}
	return ""
}
