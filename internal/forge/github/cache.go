package github

import "net/http"

// answer is one that came whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// Bounds of the cache: a run asks for little twice.
const (
	maxCached     = 200
	maxCachedBody = 1 << 20
)

// cache keeps answers with an ETag while the process runs. A 304 costs nothing
// of the rate limit:
// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
type cache struct{ kept map[string]answer }
