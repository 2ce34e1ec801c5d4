package evidence_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/evidence"
)

func TestT20TrailersNameAddresses(t *testing.T) {
	got := evidence.Bylines("subject\n\nCo-authored-by: Bob <bob@example.com>\nco-authored-BY:<12+carol@users.noreply.github.com>  \nSigned-off-by: D\n" +
		"Reviewed-by: Erin <erin@example.com>\n  Co-authored-by: no trailer <x@example.com>\nSigned-off-by: F <f@example.com>\r\n")
	if d := cmp.Diff([]string{"bob@example.com", "12+carol@users.noreply.github.com", "f@example.com"}, got); d != "" {
		t.Error(d)
	}
}

func TestAddressesOfTheForgeNameAccounts(t *testing.T) {
	for address, want := range map[string]string{
		"bob@users.noreply.github.com":                        "bob",
		"12+Bob-x@users.noreply.github.com":                   "Bob-x",
		"7+helper[bot]@users.noreply.github.com":              "helper[bot]",
		"bob@USERS.noreply.GitHub.com":                        "bob",
		"bob@users.noreply.github.example.org":                "bob",
		"bob@example.com":                                     "",
		"bob@users.noreply.github.com.":                       "bob",
		"a--b@users.noreply.github.com":                       "",
		"\u212Aelly@users.noreply.github.com":                 "",
		"x@users.noreply.github.com@evil.example":             "",
		"12+@users.noreply.github.com":                        "",
		strings.Repeat("a", 40) + "@users.noreply.github.com": "",
	} {
		got, ok := evidence.Noreply(address)
		if string(got) != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", address, got, ok)
		}
	}
}

func TestT07TheChangeOfABaseIsReadAndWritten(t *testing.T) {
	text := strings.Replace(whole, `"draft": false`, `"draft": false, "base_changed_at": "2026-11-20T10:00:00+01:00"`, 1)
	d, found := evidence.Read("evidence.json", []byte(text))
	if len(found) > 0 || d.PullRequest.BaseChangedAt.String() != "2026-11-20T09:00:00Z" {
		t.Fatalf("got %v", found)
	}
	raw, err := d.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	again, found := evidence.Read("evidence.json", raw)
	if diff := cmp.Diff(d, again); diff != "" || len(found) > 0 {
		t.Errorf("%v %s", found, diff)
	}
	if raw, err = again.JSON(); err != nil || !strings.Contains(string(raw), "base_changed_at") {
		t.Errorf("%s, %v", raw, err)
	}
	for _, wrong := range []string{`"2026-11-20"`, `""`, `null`, `7`} {
		if _, found := evidence.Read("evidence.json", []byte(strings.Replace(text, `"2026-11-20T10:00:00+01:00"`, wrong, 1))); len(found) == 0 {
			t.Errorf("%s passed for an instant", wrong)
		}
	}
}
