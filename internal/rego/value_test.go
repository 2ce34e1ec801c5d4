package rego

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/schema"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

func TestTheHandBuiltValueEqualsTheJSONForm(t *testing.T) {
	enc := encoderOf(reflect.TypeFor[verdict.Input]())
	b, err := schema.For("input")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("input.json", doc); err != nil {
		t.Fatal(err)
	}
	valid, err := c.Compile("input.json")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var in verdict.Input
		draw(t, reflect.ValueOf(&in).Elem())
		got, err := enc(reflect.ValueOf(in))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		round, err := jsonschema.UnmarshalJSON(bytes.NewReader(b)) // numbers as they are written
		if err != nil {
			t.Fatal(err)
		}
		if want := ast.MustInterfaceToValue(round); got.Value.Compare(want) != 0 {
			t.Fatalf("got\n%v, as JSON it is\n%v", got, want)
		}
		if err := valid.Validate(round); err != nil {
			t.Fatalf("the schema refuses it: %v", err)
		}
	})
}

func TestNilListsAndMapsAreEmptyAndNeverNull(t *testing.T) {
	got, err := encoderOf(reflect.TypeFor[verdict.Input]())(reflect.ValueOf(verdict.Input{}))
	if err != nil {
		t.Fatal(err)
	}
	ast.WalkTerms(got, func(x *ast.Term) bool {
		if _, null := x.Value.(ast.Null); null {
			t.Fatalf("null in %v", got)
		}
		return false
	})
}

func TestOfTwoFieldsWithOneNameTheOuterOneCounts(t *testing.T) {
	type inner struct {
		A string `json:"name"`
		B int    `json:"count,omitempty"`
	}
	type outer struct {
		inner
		C string `json:"name"`
	}
	type Exported struct {
		A string `json:"name"`
	}
	type before struct {
		Exported
		D int `json:"name"`
	}
	for _, v := range []any{outer{inner{"in", 7}, "out"}, before{Exported{"in"}, 3}} {
		got, err := encoderOf(reflect.TypeOf(v))(reflect.ValueOf(v))
		if err != nil {
			t.Fatal(err)
		}
		if want := ast.MustInterfaceToValue(v); got.Value.Compare(want) != 0 {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// draw fills a value with anything, lists and maps without omitempty never
// nil: there alone the two forms differ.
func draw(t *rapid.T, v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *field.Instant:
		*p = field.Instant{Time: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "instant"), 0).UTC()}
		return
	case *field.Date:
		*p = field.Date{Year: 2026, Month: time.Month(rapid.IntRange(1, 12).Draw(t, "month")), Day: 1}
		return
	case *approval.Count:
		*p = rapid.SampledFrom([]approval.Count{{}, {N: 2}, {All: true}, {Percent: 50}}).Draw(t, "count")
		return
	case *any:
		*p = rapid.SampledFrom([]any{"a", int64(7), true, []any{"x", map[string]any{"k": "v"}}, map[string]any{}, nil}).Draw(t, "any")
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "a", "ä\u2028<&>", "\xff\xfe"}).Draw(t, "text"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.SampledFrom([]int64{0, -1, 7, 1 << 53, 1<<63 - 1}).Draw(t, "int"))
	case reflect.Uint8: // enumerations: the first values exist in each of them
		v.SetUint(uint64(rapid.IntRange(1, 2).Draw(t, "enum")))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "given") {
			v.Set(reflect.New(v.Type().Elem()))
			draw(t, v.Elem())
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, "len"), 2))
		for i := range v.Len() {
			draw(t, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range rapid.IntRange(0, 2).Draw(t, "size") {
			k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			draw(t, k)
			draw(t, e)
			v.SetMapIndex(k, e)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			draw(t, v.Field(i))
		}
	default:
		t.Fatalf("draw does not know %s", v.Type())
	}
}

// busy is a change that many rules have something to say about.
func busy() *verdict.Input {
	in := input()
	outage := change.Impact{Outage: change.OutageDown}
	in.Change.Impact, in.Change.TestPlan = &outage, &change.TestPlan{}
	in.Amendment = &verdict.Amendment{Class: "new"}
	in.Schedule = &verdict.Schedule{StartNS: 1, EndNS: 2, Minutes: 30, NoticeSeconds: 60}
	in.Services = []verdict.Service{{Name: "shop", Tier: 1, TierKnown: true, Owner: "shop-team", Derived: true}, {Name: "storage", Owner: "platform", Declared: true}}
	in.Freezes = []schedule.FreezeHit{{ID: "year-end", Hit: true, Exception: "none", Minutes: 30}}
	in.Maintenance = schedule.Maintenance{Required: []string{"sunday"}}
	in.Collisions = []schedule.Collision{{With: "CHG-2", State: "booked", Kind: "service", Via: []string{"shop"}, Minutes: 10}}
	in.Plans.Empty = []change.EmptyText{{Path: "/implementation_plan/0", Text: "TBD"}}
	in.Rollback = &change.RollbackFacts{Method: "restore", Missing: []string{"trigger"}, Minutes: 90}
	in.Groups = []string{"platform", "shop-team"}
	in.Settings = verdict.Settings{NoticeHours: 48, OverdueEmergencies: 3, Routing: law.DefaultRouting()}
	return in
}

// calm is a change that nobody has anything against.
func calm() *verdict.Input {
	in := busy()
	in.Change.Impact, in.Change.TestPlan = &change.Impact{Outage: change.OutageNone}, &change.TestPlan{Before: []string{"suite"}, After: []string{"smoke"}}
	in.Schedule.NoticeSeconds = 1 << 20
	in.Services = in.Services[1:]
	in.Freezes, in.Maintenance, in.Collisions, in.Plans.Empty = nil, schedule.Maintenance{Inside: true}, nil, nil
	in.Rollback = &change.RollbackFacts{Method: "revert", Complete: true, Minutes: 10, FitsWindow: true, Rehearsed: true}
	in.Tests = change.TestFacts{Before: true, After: true}
	in.Risk = &risk.Score{Level: field.Moderate}
	return in
}

func BenchmarkEvaluateBuiltInRules(b *testing.B) {
	b.Run("a calm change", func(b *testing.B) { benchmarkEvaluate(b, calm()) })
	b.Run("a busy change", func(b *testing.B) { benchmarkEvaluate(b, busy()) })
}

func benchmarkEvaluate(b *testing.B, in *verdict.Input) {
	p := mustCompile(b, builtin(b)...)
	b.ReportAllocs()
	for b.Loop() {
		if _, found := p.Evaluate(context.Background(), in); len(found) > 0 {
			b.Fatal(found)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "evaluations/s")
}

func BenchmarkEncodeABusyInput(b *testing.B) {
	enc, in := encoderOf(reflect.TypeFor[verdict.Input]()), reflect.ValueOf(*busy())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := enc(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompileTheBuiltInRules(b *testing.B) {
	mods := builtin(b)
	b.ReportAllocs()
	for b.Loop() {
		mustCompile(b, mods...)
	}
}
