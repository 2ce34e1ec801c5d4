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

// etag is what to ask with, "" where nothing is kept.
func (c *Client) etag(url string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, ok := c.cache.kept[url]; ok {
		return a.header.Get("ETag")
	}
	return ""
}

// cached keeps a fresh answer, and takes the kept one for a 304.
func (c *Client) cached(url string, a answer) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.status == http.StatusNotModified {
		kept, ok := c.cache.kept[url]
		return kept, ok
	}
	_, again := c.cache.kept[url]
	if a.status == http.StatusOK && a.header.Get("ETag") != "" && len(a.body) <= maxCachedBody && (again || len(c.cache.kept) < maxCached) {
		c.cache.kept[url] = a
	} else if again {
		delete(c.cache.kept, url)
	}
	return a, true
}
