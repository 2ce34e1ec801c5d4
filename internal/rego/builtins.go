package rego

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// allowed lists the built-ins that policies may call: those whose answer
// depends on nothing but their arguments. A built-in that a new OPA release
// brings is refused until somebody adds it here or to refused; a test says so.
func allowed() []string {
	return []string{
		"abs", "and", "array.concat", "array.flatten", "array.reverse", "array.slice", "assign",
		"base64.decode", "base64.encode", "base64.is_valid", "base64url.decode", "base64url.encode", "base64url.encode_no_pad",
		"bits.and", "bits.lsh", "bits.negate", "bits.or", "bits.rsh", "bits.xor", "ceil", "concat", "contains", "count",
		"crypto.hmac.equal", "crypto.hmac.md5", "crypto.hmac.sha1", "crypto.hmac.sha256", "crypto.hmac.sha512",
		"crypto.md5", "crypto.parse_private_keys", "crypto.sha1", "crypto.sha256", "crypto.x509.parse_certificate_request",
		"crypto.x509.parse_certificates", "crypto.x509.parse_keypair", "crypto.x509.parse_rsa_private_key",
		"div", "endswith", "eq", "equal", "floor", "format_int", "glob.match", "glob.quote_meta",
		"graph.reachable", "graph.reachable_paths", "graphql.is_valid", "graphql.parse", "graphql.parse_and_verify",
		"graphql.parse_query", "graphql.parse_schema", "graphql.schema_is_valid", "gt", "gte", "hex.decode", "hex.encode",
		"indexof", "indexof_n", "internal.member_2", "internal.member_3", "internal.print", "internal.template_string",
		"internal.test_case", "intersection", "io.jwt.decode", "io.jwt.verify_eddsa", "io.jwt.verify_es256",
		"io.jwt.verify_es384", "io.jwt.verify_es512", "io.jwt.verify_hs256", "io.jwt.verify_hs384", "io.jwt.verify_hs512",
		"io.jwt.verify_ps256", "io.jwt.verify_ps384", "io.jwt.verify_ps512", "io.jwt.verify_rs256", "io.jwt.verify_rs384",
		"io.jwt.verify_rs512", "is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set", "is_string",
		"json.filter", "json.is_valid", "json.marshal", "json.marshal_with_options", "json.patch", "json.remove",
		"json.unmarshal", "lower", "lt", "lte", "max", "min", "minus", "mul", "neq", "net.cidr_contains",
		"net.cidr_contains_matches", "net.cidr_expand", "net.cidr_intersects", "net.cidr_is_valid", "net.cidr_merge",
		"numbers.range", "numbers.range_step", "object.filter", "object.get", "object.keys", "object.remove",
		"object.subset", "object.union", "object.union_n", "or", "plus", "print", "product", "providers.aws.sign_req",
		"regex.find_all_string_submatch_n", "regex.find_n", "regex.globs_match", "regex.is_valid", "regex.match",
		"regex.replace", "regex.split", "regex.template_match", "rego.metadata.chain", "rego.metadata.rule",
		"rego.parse_module", "rem", "replace", "round", "semver.compare", "semver.is_valid", "sort", "split", "sprintf",
		"startswith", "strings.any_prefix_match", "strings.any_suffix_match", "strings.count", "strings.render_template",
		"strings.replace_n", "strings.reverse", "strings.split_n", "substring", "sum", "time.add_date", "time.clock",
		"time.date", "time.diff", "time.format", "time.parse_duration_ns", "time.parse_ns", "time.parse_rfc3339_ns",
		"time.weekday", "to_number", "trim", "trim_left", "trim_prefix", "trim_right", "trim_space", "trim_suffix",
		"type_name", "union", "units.parse", "units.parse_bytes", "upper", "uri.is_valid", "uri.parse",
		"urlquery.decode", "urlquery.decode_object", "urlquery.encode", "urlquery.encode_object", "uuid.parse", "walk",
		"yaml.is_valid", "yaml.marshal", "yaml.unmarshal",
	}
}

// refused lists the built-ins that somebody reviewed and refused, and what to
// do instead. Those of crypto.x509 verify against the machine's clock, though
// OPA does not mark them as non-deterministic.
func refused() map[string]string {
	const (
		network = "a policy sees nothing but its input, so that anybody can repeat the verdict"
		clock   = "use input.now, the one reading of the clock that the whole verdict shares"
		chance  = "a verdict must come out the same every time"
		old     = "OPA 1.0 removed it"
	)
	return map[string]string{
		"http.send": network, "net.lookup_ip_addr": network, "opa.runtime": network,
		"json.match_schema": network, "json.verify_schema": network,
		"time.now_ns": clock, "io.jwt.decode_verify": clock,
		"crypto.x509.parse_and_verify_certificates": clock, "crypto.x509.parse_and_verify_certificates_with_options": clock,
		"rand.intn": chance, "uuid.rfc4122": chance, "io.jwt.encode_sign": chance, "io.jwt.encode_sign_raw": chance,
		"trace": "use print; it shows in tests and is left out when policies judge",
		"all":   old, "any": old, "cast_array": old, "cast_boolean": old, "cast_null": old, "cast_object": old,
		"cast_set": old, "cast_string": old, "net.cidr_overlap": old, "re_match": old, "set_diff": old,
	}
}

// Capabilities is what the compiler lets a policy use: the allowed built-ins,
// Rego v1, and no network at all.
func Capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion(ast.CapabilitiesRegoVersion(ast.RegoV1))
	names := allowed()
	slices.Sort(names)
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
		_, ok := slices.BinarySearch(names, b.Name)
		return !ok
	})
	c.Features = slices.DeleteFunc(c.Features, func(f string) bool {
		return f == ast.FeatureRegoV2 || f == ast.FeatureRegoV2Import
	})
	c.AllowNet = []string{}
	c.WasmABIVersions = nil
	return c
}
