package evidence

import (
	"regexp"

	"github.com/mergeseal/mergeseal/internal/field"
)

var (
	// bylineForm is a trailer that says who else wrote or signed a commit.
	bylineForm = regexp.MustCompile(`(?im)^(?:co-authored-by|signed-off-by):[^<\n]*<([^<>\s]+)>\s*$`)
	// noreplyForm is the forge's own address of an account:
	// https://docs.github.com/en/account-and-profile/setting-up-and-managing-your-personal-account-on-github/managing-email-preferences/setting-your-commit-email-address
	noreplyForm = regexp.MustCompile(`(?i)^(?:[0-9]+\+)?([a-z0-9-]+(?:\[bot\])?)@users\.noreply\.[a-z0-9.-]+$`)
)

// Bylines are the e-mail addresses of those whom a commit's message names as
// co-authors or signers, in order.
func Bylines(message string) []string {
	var out []string
	for _, m := range bylineForm.FindAllStringSubmatch(message, -1) {
		out = append(out, m[1])
	}
	return out
}

// Noreply is the account that an address of the forge names; false for every
// other address.
func Noreply(address string) (field.Login, bool) {
	m := noreplyForm.FindStringSubmatch(address)
	if m == nil {
		return "", false
	}
	var l field.Login
	if l.ParseScalar(m[1]) != nil {
		return "", false
	}
	return l, true
}
