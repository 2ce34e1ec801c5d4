package forgetest

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Events are held against GitHub's own description of its webhooks, and a
// wrong one is refused.
func TestEventsAreGitHubs(t *testing.T) {
	data, err := os.ReadFile("testdata/webhooks-subset.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:///webhooks", doc); err != nil {
		t.Fatal(err)
	}
	check := func(schema string, payload []byte) error {
		t.Helper()
		s, err := c.Compile("mem:///webhooks#/webhooks/" + schema)
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
		if err != nil {
			t.Fatal(err)
		}
		return s.Validate(v)
	}
	s := New(t, Options{State: shop()})
	for _, x := range []struct {
		schema  string
		options map[string]string
	}{
		{"pull-request-opened", map[string]string{"number": "42"}},
		{"pull-request-synchronize", map[string]string{"number": "42", "action": "synchronize"}},
		{"pull-request-opened", map[string]string{"number": "43"}},
		{"pull-request-review-submitted", map[string]string{"number": "42"}},
		{"pull-request-review-dismissed", map[string]string{"number": "42", "action": "dismissed"}},
		{"merge-group-checks-requested", map[string]string{"sha": shaHead, "number": "42"}},
		{"push", map[string]string{"sender": "bob"}},
		{"workflow-dispatch", map[string]string{"pull_request": "42"}},
		{"workflow-run-completed", map[string]string{"run": "9002"}},
	} {
		name := strings.ReplaceAll(x.schema, "-", "_")
		for _, action := range []string{"_opened", "_synchronize", "_submitted", "_dismissed", "_checks_requested", "_completed"} {
			name = strings.TrimSuffix(name, action)
		}
		e, err := s.Event("acme/shop", name, x.options)
		if err != nil {
			t.Errorf("%s: %v", x.schema, err)
			continue
		}
		if err := check(x.schema, e.Payload); err != nil {
			t.Errorf("%s: %v", x.schema, err)
		}
		var m map[string]any
		if err := json.Unmarshal(e.Payload, &m); err != nil {
			t.Fatal(err)
		}
		delete(m["sender"].(map[string]any), "login")
		if check(x.schema, marshal(m)) == nil {
			t.Errorf("%s: a sender without a login goes through", x.schema)
		}
	}
}
