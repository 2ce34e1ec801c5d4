package forgetest

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

//go:embed testdata/openapi-subset.json
var description []byte

// api is GitHub's description, loaded once a process: it is large.
var api = sync.OnceValues(func() (*contract, error) { return loadContract(description) })

// contract holds requests and answers against GitHub's own description.
type contract struct {
	doc *openapi3.T
}

// apiHost is where the description's paths are looked up; nothing is sent there.
const apiHost = "api.github.com"

func loadContract(data []byte) (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("read GitHub's description: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: "https://" + apiHost}}
	// A fork that was deleted is null, although the description does not say so:
	// https://docs.github.com/en/rest/pulls/pulls (its example of "head.repo": null
	// is gone, the answers are not).
	for _, name := range []string{"pull-request", "pull-request-simple"} {
		head := doc.Components.Schemas[name].Value.Properties["head"].Value
		repo := *head.Properties["repo"].Value
		repo.Nullable = true
		head.Properties["repo"] = repo.NewRef()
		user := *head.Properties["user"].Value
		user.Nullable = true
		head.Properties["user"] = user.NewRef()
	}
	return &contract{doc: doc}, nil
}

// find is the operation of a request, the template with the most fixed words
// first: labels/{name} is not {anything}/{name}.
func (k *contract) find(method, escaped string) (*routers.Route, map[string]string) {
	var best *routers.Route
	var params map[string]string
	words := strings.Split(escaped, "/")
	for template, item := range k.doc.Paths.Map() {
		op := item.GetOperation(method)
		p, fits := fitsTemplate(strings.Split(template, "/"), words)
		if op != nil && fits && (best == nil || len(p) < len(params)) {
			best, params = &routers.Route{Spec: k.doc, Server: k.doc.Servers[0], Path: template, PathItem: item, Method: method, Operation: op}, p
		}
	}
	return best, params
}

func fitsTemplate(template, words []string) (map[string]string, bool) {
	if len(template) != len(words) {
		return nil, false
	}
	params := map[string]string{}
	for i, t := range template {
		if !strings.HasPrefix(t, "{") {
			if t != words[i] {
				return nil, false
			}
			continue
		}
		v, err := url.PathUnescape(words[i])
		if err != nil || v == "" {
			return nil, false
		}
		params[strings.Trim(t, "{}")] = v
	}
	return params, true
}

// rest are operations whose last parameter may hold slashes, which no template
// of an OpenAPI router matches; they are escaped before one is looked for.
var rest = []*regexp.Regexp{
	regexp.MustCompile(`^(/repos/[^/]+/[^/]+/contents/)(.+)$`),
	regexp.MustCompile(`^(/repos/[^/]+/[^/]+/git/ref/)(.+)$`),
	regexp.MustCompile(`^(/repos/[^/]+/[^/]+/git/matching-refs/)(.+)$`),
	regexp.MustCompile(`^(/repos/[^/]+/[^/]+/compare/)(.+)$`),
	regexp.MustCompile(`^(/repos/[^/]+/[^/]+/rules/branches/)(.+)$`),
	regexp.MustCompile(`^(/repos/[^/]+/[^/]+/branches/)(.+?)(/protection)?$`),
}

func canonical(escaped, query string) *url.URL {
	for _, re := range rest {
		if m := re.FindStringSubmatch(escaped); m != nil {
			escaped = m[1] + strings.ReplaceAll(m[2], "/", "%2F")
			if len(m) > 3 {
				escaped += m[3]
			}
			break
		}
	}
	u := &url.URL{Scheme: "https", Host: apiHost, RawPath: escaped, RawQuery: query}
	u.Path, _ = url.PathUnescape(escaped)
	return u
}

// exchange is a request whose operation was found.
type exchange struct {
	request *http.Request
	route   *routers.Route
	params  map[string]string
	input   *openapi3filter.RequestValidationInput
}

// request finds the operation of a request; the error is "no such operation".
func (k *contract) request(method, escaped, query string, header http.Header, body []byte) (*exchange, error) {
	r := &http.Request{Method: method, URL: canonical(escaped, query), Host: apiHost, Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
	route, params := k.find(method, r.URL.RawPath)
	if route == nil {
		return nil, errors.New("is not an operation of GitHub's description")
	}
	return &exchange{request: r, route: route, params: params, input: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
		MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
	}}}, nil
}

// checkRequest says what GitHub would refuse in a request, and names the
// fields of its body that GitHub does not know and would pass over in silence.
func (e *exchange) checkRequest(body any) []string {
	bad := reasons(openapi3filter.ValidateRequest(context.Background(), e.input))
	if rb := e.route.Operation.RequestBody; rb != nil && body != nil {
		if m := rb.Value.Content.Get("application/json"); m != nil {
			bad = append(bad, unknown(m.Schema, body, "")...)
		}
	}
	return bad
}

// checkAnswer says what in an answer GitHub would never send.
func (e *exchange) checkAnswer(status int, header http.Header, body []byte, value any) []string {
	if status == http.StatusNotModified {
		return nil
	}
	r := e.route.Operation.Responses.Status(status)
	if r == nil {
		if status >= 400 { // the description leaves most errors out
			return nil
		}
		return []string{fmt.Sprintf("status %d is not in the description", status)}
	}
	bad := reasons(openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: e.input, Status: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Options: e.input.Options,
	}))
	if s := e.schema(status); s != nil {
		bad = append(bad, unknown(s, value, "")...)
	}
	return bad
}

// schema is that of the JSON body of an answer; nil if there is none.
func (e *exchange) schema(status int) *openapi3.SchemaRef {
	r := e.route.Operation.Responses.Status(status)
	if r == nil || r.Value == nil {
		return nil
	}
	m := r.Value.Content.Get("application/json")
	if m == nil {
		return nil
	}
	return m.Schema
}

// reasons are the lines of an error that say something; all of it otherwise.
func reasons(err error) []string {
	if err == nil {
		return nil
	}
	var out []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		line = strings.Trim(strings.TrimSpace(line), "| ")
		for _, telling := range []string{"Error at", "must", "missing", "status is", "doesn't match"} {
			if strings.Contains(line, telling) && !slices.Contains(out, line) {
				out = append(out, line)
				break
			}
		}
	}
	if len(out) == 0 {
		out = []string{err.Error()}
	}
	return out
}

// unknown lists properties that a schema does not have. Where a schema is a
// choice, the validator has already decided.
func unknown(ref *openapi3.SchemaRef, value any, at string) (bad []string) {
	s := ref.Value
	if len(s.OneOf)+len(s.AnyOf)+len(s.AllOf) > 0 {
		return nil
	}
	switch v := value.(type) {
	case []any:
		if s.Items != nil {
			for i, x := range v {
				bad = append(bad, unknown(s.Items, x, fmt.Sprintf("%s/%d", at, i))...)
			}
		}
	case map[string]any:
		if len(s.Properties) == 0 {
			return nil
		}
		for name, x := range v {
			p := s.Properties[name]
			if p == nil {
				bad = append(bad, fmt.Sprintf("%s/%s is not in the description", at, name))
				continue
			}
			bad = append(bad, unknown(p, x, at+"/"+name)...)
		}
	}
	slices.Sort(bad)
	return bad
}
