package github

import (
	"regexp"
	"slices"
	"strings"
)

// hidden stands for a secret in every text that leaves this package.
const hidden = "[hidden]"

// tokenForm is what GitHub's tokens and signed identities look like, whoever
// they belong to:
// https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
var tokenForm = regexp.MustCompile(`gh[pousr]_[A-Za-z0-9_]+|github_pat_[A-Za-z0-9_]+|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`)

// userinfo is user and password in a URL. A password may hold more than a URL
// should, so it reaches to the last @ before a slash or a space.
var userinfo = regexp.MustCompile(`(://)[^/\s"'<>]*@`)

// Redact takes out of a text whatever looks like a credential (T16).
func Redact(text string) string {
	return userinfo.ReplaceAllString(tokenForm.ReplaceAllString(text, hidden), "${1}"+hidden+"@")
}

// hide makes a text fit to be shown: without what this client knows to be
// secret, and without what looks like it.
func (c *Client) hide(text string) string {
	c.mu.Lock()
	secrets := slices.Clone(c.secrets)
	c.mu.Unlock()
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, hidden)
	}
	return Redact(text)
}

// keep makes a text a secret of this client.
func (c *Client) keep(secret string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if secret != "" && !slices.Contains(c.secrets, secret) {
		c.secrets = append(c.secrets, secret)
	}
}

// String shows where the client asks and how, and no secret.
func (c *Client) String() string { return "client of " + c.base.String() + " with " + c.auth.String() }

// GoString is String.
func (c *Client) GoString() string { return c.String() }
