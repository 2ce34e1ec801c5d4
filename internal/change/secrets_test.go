package change_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/change"
)

// The secrets are put together here, so that no scanner takes this file for a leak.
func secrets() map[string]string {
	return map[string]string{
		"a GitHub token":          "gh" + "p_" + strings.Repeat("aB3", 12),
		"a server token":          "gh" + "s_" + strings.Repeat("aB3", 12),
		"a fine-grained token":    "github" + "_pat_" + strings.Repeat("aB3_", 12),
		"an AWS key":              "AK" + "IA" + "IOSFODNN7EXAMPLE",
		"a private key":           "-----BEGIN RSA " + "PRIVATE KEY-----",
		"a Slack token":           "xo" + "xb-123456789012-abcdefghij",
		"a GitLab token":          "gl" + "pat-abcdefghij0123456789",
		"a Google key":            "AI" + "za" + strings.Repeat("b3X-_", 7),
		"a signed token":          "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl",
		"a password in a URL":     "postgres://app:hunter2secret@db.example.com/x",
		"a password":              "password: q7Xw9ZpL2vTr4Bn8Km1c",
		"a key after an equals":   "api_key=q7Xw9ZpL2vTr4Bn8Km1c",
		"a quoted secret":         `secret = "q7Xw9ZpL2vTr4Bn8Km1c"`,
		"a secret, a line below":  "token:\n  q7Xw9ZpL2vTr4Bn8Km1c",
		"a token that is cut off": strings.Repeat("x", 40) + " gh" + "p_" + strings.Repeat("aB3", 12),
	}
}

// T68: the finding names the field, and nothing that any finding says holds
// the value or a piece of it.
func TestT68SecretsAreFoundInAnyFieldAndRepeatedNowhere(t *testing.T) {
	fields := map[string]func(quoted string) record{
		"description":            func(s string) record { return of("normal").with("description", s) },
		"implementation_plan[0]": func(s string) record { return of("normal").with("implementation_plan", "["+s+"]") },
		"labels.note":            func(s string) record { return of("normal").with("labels", "{note: "+s+"}") },
		"x-acme.deep[0]":         func(s string) record { return of("normal").with("x-acme", "{deep: ["+s+"]}") },
		"questionnaire.q":        func(s string) record { return of("normal").with("questionnaire", "{q: "+s+"}") },
		// Here the value is wrong for its field too, and a message would quote it.
		"owner":        func(s string) record { return of("normal").with("owner", s) },
		"services[1]":  func(s string) record { return of("normal").with("services", "[a, "+s+", "+s+"]") },
		"links[0].ref": func(s string) record { return of("normal").with("links", "[{kind: fixes_incident, ref: "+s+"}]") },
		"test_plan.results[0]": func(s string) record {
			return of("normal").with("test_plan", "{results: [{kind: junit, path: "+s+"}]}")
		},
		"suppress[0].code":        func(s string) record { return of("normal").with("suppress", "[{code: "+s+", reason: x}]") },
		"hold.reason":             func(s string) record { return of("normal").with("hold", "{reason: "+s+"}") },
		"an unknown key":          func(s string) record { return of("normal").with(s, "x") },
		"a label's name":          func(s string) record { return of("normal").with("labels", "{"+s+": x}") },
		"a type that is a secret": func(s string) record { return of("normal").with("type", s) },
		"a list that is a secret": func(s string) record { return of("normal").with("environments", s) },
		"a number":                func(s string) record { return of("normal").with("impact", "{minutes: "+s+"}") },
		"an id":                   func(s string) record { return of("normal").with("id", s) },
	}
	for what, value := range secrets() {
		for field, build := range fields {
			t.Run(what+" in "+field, func(t *testing.T) {
				f := build(fmt.Sprintf("%q", value)).parse()
				named := false
				for _, x := range f.Found {
					named = named || x.Code == "MS117" && strings.HasPrefix(x.Message, field)
					for _, said := range []string{x.Message, x.Label, x.Hint, fmt.Sprint(x.Asides)} {
						for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" \n\"=@", r) }) {
							if len(word) > 12 && !strings.HasPrefix(word, "xxxx") && !strings.HasPrefix(word, "db.example") && strings.Contains(said, word[:min(len(word), 14)]) {
								t.Errorf("%s says %q", x.Code, said)
							}
						}
					}
				}
				wanted := !strings.HasPrefix(field, "a") && field != "owner" && field != "test_plan.results[0]"
				if wanted && !named {
					t.Errorf("not found: %v", f.Found)
				}
			})
		}
	}
}

func TestT68AFieldsNameCanMakeItsValueASecret(t *testing.T) {
	found := of("normal").with("labels", "{db-password: q7Xw9ZpL2vTr4Bn8Km1c}").parse().Found
	if len(found) != 1 || found[0].Code != "MS117" || !strings.HasPrefix(found[0].Message, "labels.db-password") {
		t.Errorf("%v", found)
	}
}

func TestWhatOnlySoundsLikeASecretIsNone(t *testing.T) {
	for _, text := range []string{
		"The password: it is in the vault under payments",
		"Rotate the token: see https://vault.example.com/ui/vault/secrets/kv/show/payments-db-2026",
		"password: ${DB_PASSWORD_OF_PRODUCTION_2026}",
		"password: <the one of payments-db in 2026>",
		"secret: kubernetes/payments/database-credentials",
		"token: aaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
		"AKIA is how AWS keys begin; ghp_ how GitHub's do",
		"digest sha256:" + strings.Repeat("0a", 32),
		"commit 0123456789abcdef0123456789abcdef01234567",
		"ssh://git@example.com/acme/api",
		"tokenizer: sentencepiece-bpe-32000-v2",
	} {
		if found := of("normal").with("description", fmt.Sprintf("%q", text)).parse().Found; len(found) != 0 {
			t.Errorf("%q: %v", text, found)
		}
	}
}

func TestT68RedactTakesOutSecretsAndTheirBeginnings(t *testing.T) {
	for what, value := range secrets() {
		if got := change.Redact("see " + value); !strings.Contains(got, "[secret]") {
			t.Errorf("%s stays: %q", what, got)
		}
	}
	for _, text := range []string{"owner is missing", `unknown key "rollbak"`, "https://example.com/a:b", "the password is gone"} {
		if got := change.Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestTextYieldsEveryTextWithItsPointer(t *testing.T) {
	f := of("emergency").with("labels", "{team: db}", "x-acme", "{a: [b, 1]}").parse()
	got := map[string]string{}
	for pointer, text := range f.Record.Text() {
		got[pointer] += text + ";"
	}
	for pointer, want := range map[string]string{
		"/id": "CHG-1;", "/owner": "alice;", "/services/0": "payments-db;", "/implementation_plan/1/do": "Switch the pool;",
		"/implementation_plan/1/by": "bob;", "/rollback_plan/steps/0": "Fail over to the old primary;", "/links/0/ref": "INC-311;",
		"/emergency/why": "The site is down;", "/labels/team": "team;db;", "/x-acme": "x-acme;", "/x-acme/a": "a;", "/x-acme/a/0": "b;",
		"/type": "", "/schedule/start": "", "/rollback_plan/method": "",
	} {
		if got[pointer] != want {
			t.Errorf("%s: %q, want %q", pointer, got[pointer], want)
		}
	}
	for range f.Record.Text() {
		break // stopping early is allowed
	}
}
