package change

import (
	"encoding/json"
	"maps"
	"slices"
)

// Class is how much an amendment to a record weighs. The zero value is the
// one that takes nothing on trust.
type Class uint8

// The classes.
const (
	ClassMaterial   Class = iota // judged again from the start
	ClassNew                     // a record that was not there
	ClassClosure                 // how the change ended
	ClassWithdrawal              // put on hold, or canceled
	ClassEditorial               // nothing that anything is judged by
	ClassRemoval                 // deleted, given another id, or made a registration
)

// Classes lists the classes' names, in the order of their values.
func Classes() []string {
	return []string{"material", "new", "closure", "withdrawal", "editorial", "removal"}
}

// String is the class's name; a class that does not exist is material.
func (c Class) String() string {
	if int(c) >= len(Classes()) {
		c = ClassMaterial
	}
	return Classes()[c]
}

// MarshalText is String.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Amendment is how a record differs from the one on the base branch.
type Amendment struct {
	Class  Class
	Fields []string // top-level keys that differ, sorted
	Reason string   // of a removal: deleted, id_changed or registered
}

// Classify compares two versions of a record by what they say, not by how they
// are written: comments, quotes, order of keys and white space make no field
// differ. Either may be nil. A version that could not be read at all makes the
// amendment material.
//
// An id is one change for ever, so another id is the removal of the old one;
// capital letters count.
func Classify(prev, next *File) Amendment {
	switch {
	case prev == nil && next == nil:
		return Amendment{}
	case prev == nil:
		return Amendment{Class: ClassNew}
	case next == nil:
		return Amendment{Class: ClassRemoval, Reason: "deleted"}
	case !prev.Index.Has("") || !next.Index.Has(""):
		return Amendment{}
	}
	a, b := said(&prev.Record), said(&next.Record)
	if a == nil || b == nil {
		return Amendment{}
	}
	out := Amendment{Class: ClassEditorial, Fields: differing(a, b)}
	if prev.Record.ID != next.Record.ID {
		out.Class, out.Reason = ClassRemoval, "id_changed"
		return out
	}
	if next.Record.Type == Registration && prev.Record.Type != Registration {
		// A registration asks nobody and stands for nothing: the change it was is gone.
		out.Class, out.Reason = ClassRemoval, "registered"
		return out
	}
	kinds := map[Class]bool{}
	for _, name := range out.Fields {
		kinds[weigh(name, &prev.Record, &next.Record)] = true
	}
	switch ending := next.Record.Outcome; {
	case kinds[ClassMaterial]:
		out.Class = ClassMaterial
	case kinds[ClassClosure] && kinds[ClassWithdrawal] && (ending == nil || ending.Result != ResultCanceled || next.Record.Hold != nil):
		out.Class = ClassMaterial // held or canceled, and over: no light path fits
	case kinds[ClassClosure]:
		out.Class = ClassClosure
	case kinds[ClassWithdrawal]:
		out.Class = ClassWithdrawal
	}
	return out
}

// said is a record as one JSON text for each top-level key, nil when that
// fails.
func said(r *Record) map[string]string {
	b, err := json.Marshal(r)
	if err != nil {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(b, &fields) != nil {
		return nil
	}
	out := map[string]string{}
	for name, raw := range fields {
		out[name] = string(raw)
	}
	for name, v := range r.Extensions {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil
		}
		out[name] = string(raw)
	}
	return out
}

func differing(a, b map[string]string) []string {
	names := map[string]bool{}
	for _, m := range []map[string]string{a, b} {
		for name := range m {
			if v, w := a[name], b[name]; v != w {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// weigh classes one field that differs. What was given once and is taken back
// is material: the light paths only ever add to the story.
func weigh(name string, prev, next *Record) Class {
	switch name {
	case "actual":
		if next.Actual != nil {
			return ClassClosure
		}
	case "review":
		if next.Review != nil {
			return ClassClosure
		}
	case "outcome":
		if next.Outcome != nil { // given, or completed: incidents surface later
			return ClassClosure
		}
	case "hold":
		if prev.Hold == nil && next.Hold != nil {
			return ClassWithdrawal
		}
	case "canceled":
		if prev.Canceled == nil && next.Canceled != nil {
			return ClassWithdrawal
		}
	case "description", "labels", "communication_plan":
		return ClassEditorial
	case "links":
		return weighLinks(prev.Links, next.Links)
	}
	return ClassMaterial
}

// weighLinks classes links by kind. Their order says nothing.
func weighLinks(prev, next []Link) Class {
	count := map[Link]int{}
	for _, l := range next {
		count[l]++
	}
	for _, l := range prev {
		count[l]--
	}
	out := ClassEditorial
	for l, n := range count {
		switch {
		case n == 0 || l.Kind == Related || l.Kind == Runbook || l.Kind == Release:
		case (l.Kind == CausedIncident || l.Kind == FixesIncident) && n > 0:
			out = ClassClosure
		default:
			return ClassMaterial
		}
	}
	return out
}
