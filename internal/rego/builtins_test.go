package rego

import (
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

func TestT93EveryBuiltinOfThisOPAIsReviewed(t *testing.T) {
	names := allowed()
	for _, b := range ast.CapabilitiesForThisVersion().Builtins {
		_, no := refused()[b.Name]
		yes := slices.Contains(names, b.Name)
		if yes == no {
			t.Errorf("%s: review it, then list it once, as allowed or as refused", b.Name)
		}
		if yes && (b.Nondeterministic || b.IsDeprecated()) {
			t.Errorf("%s is allowed, though OPA marks it as non-deterministic or deprecated", b.Name)
		}
	}
	if c := Capabilities(); c.AllowNet == nil || len(c.AllowNet) != 0 {
		t.Error("nil allow_net means any host")
	}
}

func TestT93NonDeterministicBuiltinsDoNotCompileAndSayWhatToDo(t *testing.T) {
	for name, call := range map[string]string{
		"http.send":              `http.send({"method": "get", "url": "https://example.com"})`,
		"net.lookup_ip_addr":     `net.lookup_ip_addr("example.com")`,
		"opa.runtime":            `opa.runtime()`,
		"rand.intn":              `rand.intn("a", 6)`,
		"time.now_ns":            `time.now_ns()`,
		"uuid.rfc4122":           `uuid.rfc4122("a")`,
		"json.match_schema":      `json.match_schema({}, {})`,
		"json.verify_schema":     `json.verify_schema({})`,
		"io.jwt.decode_verify":   `io.jwt.decode_verify("a", {})`,
		"io.jwt.encode_sign":     `io.jwt.encode_sign({}, {}, {})`,
		"io.jwt.encode_sign_raw": `io.jwt.encode_sign_raw("", "", "")`,
		"trace":                  `trace("x")`,
		"crypto.x509.parse_and_verify_certificates": `crypto.x509.parse_and_verify_certificates("x")`,
	} {
		t.Run(name, func(t *testing.T) {
			refusedAs(t, "MS501", []Module{acme("deny contains {\"code\": \"ACME001\", \"message\": \"m\"} if {\n\tx := " + call + "\n\tx == 1\n}")},
				name, "is not allowed", refused()[name])
		})
	}
}

func TestT94ReplacingABuiltinWithAnotherByWithDoesNotBringItBack(t *testing.T) {
	for _, body := range []string{
		`deny contains {"code": "ACME001", "message": "m"} if count({"url": "https://example.com", "method": "get"}) with count as http.send`,
		`deny contains {"code": "ACME001", "message": "m"} if input.version == 1 with http.send as 1`,
		`deny contains {"code": "ACME001", "message": "m"} if count([1]) with count as opa.runtime`,
	} {
		if p, found := Compile([]Module{acme(body)}, Options{}); p != nil {
			t.Errorf("%s compiles: %v", body, found)
		} else if !found.Errors() || !found[0].Undecided {
			t.Errorf("%s: %v", body, found)
		}
	}
}

func TestT95TheRuntimeAndTheEnvironmentAreOutOfReach(t *testing.T) {
	t.Setenv("MERGESEAL_SECRET", "s3cret")
	refusedAs(t, "MS501", []Module{acme(`deny contains {"code": "ACME001", "message": opa.runtime().env.MERGESEAL_SECRET}`)}, "opa.runtime", "not allowed")
}
