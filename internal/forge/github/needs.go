package github

import (
	"net/http"
	"regexp"
	"strings"
)

// acceptedPermissions is the header in which GitHub names the permissions that
// would have done, each way to have them split by a semicolon:
// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#insufficient-permissions
const acceptedPermissions = "X-Accepted-GitHub-Permissions"

// permissions are those that GitHub's pages ask for, by what is asked; used
// where the answer does not name them. The first that fits holds:
// https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
var permissions = []struct {
	path *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`^orgs/[^/]+/(teams|members)`), "members"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/collaborators`), "metadata"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/(pulls|issues)`), "pull-requests"},
	{regexp.MustCompile(`/check-runs`), "checks"},
	{regexp.MustCompile(`/status(es)?(/|$)`), "statuses"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/commits/[^/]+/pulls$`), "pull-requests"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/labels`), "pull-requests"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/deployments`), "deployments"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/actions/permissions`), "administration"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/actions`), "actions"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/environments`), "actions"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/(branches/.+/protection|rulesets|rules)`), "administration"},
	{regexp.MustCompile(`^repos/[^/]+/[^/]+/(activity|compare|contents|git|commits|branches)`), "contents"},
}

// needs names the permission that a request wants, as permissions: of a
// workflow are written; "" where unknown.
func needs(method, path string, header http.Header) string {
	if h, _, _ := strings.Cut(header.Get(acceptedPermissions), ";"); h != "" {
		return strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(h), "=", ": "), "_", "-")
	}
	kind := ": write"
	if method == http.MethodGet {
		kind = ": read"
	}
	path, _, _ = strings.Cut(path, "?")
	for _, p := range permissions {
		if p.path.MatchString(path) {
			return p.name + kind
		}
	}
	return ""
}
