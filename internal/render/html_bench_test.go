package render

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// manyChanges is a quarter of a large company: 2,000 changes on 100 services.
func manyChanges(t testing.TB) schedule.Forward {
	f := forwardSample(t)
	f.To = field.Instant{Time: f.From.AddDate(0, 3, 0)}
	one := f.Entries[0]
	f.Entries, f.Collisions = nil, nil
	for i := range 2000 {
		e := one
		e.ID, e.Services = fmt.Sprintf("CHG-2026-%04d", i), []string{fmt.Sprintf("service-%02d", i%100)}
		e.Start = field.Instant{Time: f.From.Add(time.Duration(i) * time.Hour)}
		e.End = field.Instant{Time: e.Start.Add(2 * time.Hour)}
		f.Entries = append(f.Entries, e)
	}
	return f
}

func BenchmarkScheduleHTML2000(b *testing.B) {
	f := manyChanges(b)
	for b.Loop() {
		if err := ScheduleHTML(io.Discard, f, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
