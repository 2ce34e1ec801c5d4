package render

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/field"
)

// texts are the visible texts of the elements of a kind, in order.
func texts(t testing.TB, page []byte, kind atom.Atom, class string) (out []string) {
	for _, n := range nodes(t, page) {
		if n.DataAtom != kind || class != "" && attribute(n, "class") != class {
			continue
		}
		text := ""
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				text += d.Data
			}
		}
		out = append(out, text)
	}
	return out
}

func TestTheTimelineHasALaneForEachServiceWithSomethingPlanned(t *testing.T) {
	want := []string{"catalogue", "edge", "mail", "orders", "payments-api", "payments-db", "search", "storage"}
	if diff := cmp.Diff(want, texts(t, scheduleHTML(t), atom.H3, "")[:len(want)]); diff != "" {
		t.Errorf("lanes (-want +got):\n%s", diff)
	}
	if idle := texts(t, scheduleHTML(t), atom.P, "idle"); len(idle) != 1 || idle[0] != "Nothing planned: checkout, identity, reporting" {
		t.Errorf("idle services: %q", idle)
	}
}

func TestTheTimelineShowsDaysOfTheReadersZoneAcrossAChangeOfClocks(t *testing.T) {
	f := forwardSample(t)
	zone := f.From.Location()
	f.From = field.Instant{Time: time.Date(2026, 10, 24, 0, 0, 0, 0, zone)}
	f.To = field.Instant{Time: time.Date(2026, 10, 27, 0, 0, 0, 0, zone)} // of 73 hours: the 25th has 25
	p := newPlaces(f.From.Time, f.To.Time)
	v := scheduleView{}
	v.days(readersClock(Options{}, f.Now.Time, zone), p)
	var got []string
	for _, d := range v.Days {
		got = append(got, d.Number+" "+d.Name)
	}
	if diff := cmp.Diff([]string{"24 Sat Oct", "25 Sun", "26 Mon"}, got); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if p.names["left:32.877%;width:34.247%"] != v.Days[1].Class {
		t.Errorf("the day of 25 hours is not 25/73 wide: %v", p.names)
	}
}

func TestBarsOfARowNeverOverlap(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var k packing
		type put struct {
			left, right float64
			row         int
		}
		var all []put
		for range rapid.IntRange(1, 30).Draw(r, "n") {
			left := rapid.Float64Range(0, 99).Draw(r, "left")
			right := left + rapid.Float64Range(0.01, 100-left).Draw(r, "width")
			_, from, to := labelled(left, right, barLabel)
			if from > left || to < right || from < 0 || to > 100 {
				r.Fatalf("a bar of %v to %v takes up %v to %v", left, right, from, to)
			}
			all = append(all, put{from, to, k.place(from, to)})
		}
		for i, a := range all {
			for _, b := range all[:i] {
				if a.row == b.row && a.left < b.right && b.left < a.right {
					r.Fatalf("%v and %v are in one row", a, b)
				}
			}
		}
	})
}

func TestAChangeOutsideOfTheDaysShownStaysInTheTable(t *testing.T) {
	f := forwardSample(t)
	f.Entries = slices.Clone(f.Entries[:1])
	f.Entries[0].Start, f.Entries[0].End = field.Instant{}, field.Instant{}
	v := scheduleView{}
	k := readersClock(Options{}, f.Now.Time, f.From.Location())
	v.entries(f, k)
	v.windows(f, k)
	v.timeline(f, k, newPlaces(f.From.Time, f.To.Time))
	if len(v.Lanes) != 0 || len(v.Entries) != 1 || v.Entries[0].Window.Text != "no window stated" {
		t.Errorf("lanes %v, entries %v", v.Lanes, v.Entries)
	}
}
