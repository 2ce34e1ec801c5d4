package backtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
)

// Report is what a candidate law would have changed in the past.
type Report struct {
	From          string    `json:"from,omitempty"` // RFC 3339; "" is the beginning
	To            string    `json:"to,omitempty"`
	Candidate     string    `json:"candidate"` // where its policies lie
	Judged        int       `json:"judged"`
	Sealed        int       `json:"sealed"`        // judged on sealed evidence
	Reconstructed int       `json:"reconstructed"` // judged without knowing who approved
	Not           []Missing `json:"not_reconstructable"`
	Refused       []Missing `json:"seals_refused"` // seals that count for nothing, and why
	Flips         []Flip    `json:"flips"`
	Stopped       []string  `json:"failures_stopped"`
	Delayed       []string  `json:"good_delayed"`
	Failures      int       `json:"failures"` // changes that failed or were backed out
	Good          int       `json:"good"`
	Open          int       `json:"no_outcome"` // neither; canceled ones among them
	Approvals     Approvals `json:"approvals"`
	Lead          Lead      `json:"lead_time"`
	Months        []Month   `json:"months"`
	OtherThanSeal []string  `json:"other_than_sealed"` // ids whose verdict, judged again by the law of then, is not the sealed one

	seen map[string]int // folded id → how it ended, for counting once
	ends Ends
	lead []time.Duration
}

// Missing is something that could not be judged again, and why.
type Missing struct {
	ID     string `json:"id"`
	Commit string `json:"commit"`
	Why    string `json:"why"`
}

// Approvals are how many more or fewer would have been asked for.
type Approvals struct {
	Added int `json:"added"`
	Saved int `json:"saved"`
}

// Lead is how much later good changes would have had to begin. It is known
// where time alone would answer the new objection.
type Lead struct {
	Known       int     `json:"known"`
	MedianHours float64 `json:"median_hours"`
}

// Month is one calendar month, in the configured zone.
type Month struct {
	Month    string `json:"month"` // YYYY-MM
	Judged   int    `json:"judged"`
	Stricter int    `json:"stricter"` // flips that let less through
	Looser   int    `json:"looser"`
	Added    int    `json:"approvals_added"`
	Saved    int    `json:"approvals_saved"`
}

// NewReport is a report of no changes yet. Ends say how changes ended.
func NewReport(candidate string, ends Ends) *Report {
	return &Report{
		Candidate: candidate, Not: []Missing{}, Refused: []Missing{}, Flips: []Flip{}, Stopped: []string{}, Delayed: []string{},
		Months: []Month{}, OtherThanSeal: []string{}, seen: map[string]int{}, ends: ends,
	}
}

// Add counts one change that was judged twice. Changes come in the order in
// which they were merged. Zone is what months are counted in.
func (r *Report) Add(p *Pair, zone *time.Location) {
	r.Judged++
	if p.Sealed {
		r.Sealed++
	} else {
		r.Reconstructed++
	}
	m := r.month(p.At.In(zone).Format("2006-01"))
	m.Judged++
	if n := p.After.Asks - p.Before.Asks; n > 0 {
		r.Approvals.Added += n
		m.Added += n
	} else {
		r.Approvals.Saved -= n
		m.Saved -= n
	}
	id := field.Fold(p.ID)
	end := r.ends[id]
	if r.seen[id]++; r.seen[id] == 1 {
		switch {
		case bad(end):
			r.Failures++
		case good(end):
			r.Good++
		default:
			r.Open++
		}
	}
	if !p.Flips() {
		return
	}
	f := p.Flip()
	r.Flips = append(r.Flips, f)
	if !f.Worse() {
		m.Looser++
		return
	}
	m.Stricter++
	r.hold(p, end)
}

// hold counts a change that would have been held up.
func (r *Report) hold(p *Pair, end change.Result) {
	switch {
	case bad(end) && !slices.Contains(r.Stopped, p.ID):
		r.Stopped = append(r.Stopped, p.ID)
	case good(end) && !slices.Contains(r.Delayed, p.ID):
		r.Delayed = append(r.Delayed, p.ID)
		if p.Wait > 0 {
			r.lead = append(r.lead, p.Wait)
		}
	}
}

func (r *Report) month(name string) *Month {
	i, ok := slices.BinarySearchFunc(r.Months, name, func(m Month, s string) int { return cmp.Compare(m.Month, s) })
	if !ok {
		r.Months = slices.Insert(r.Months, i, Month{Month: name})
	}
	return &r.Months[i]
}

// Finish sorts the lists and fills in what needs them whole.
func (r *Report) Finish() {
	slices.Sort(r.Stopped)
	slices.Sort(r.Delayed)
	slices.Sort(r.OtherThanSeal)
	r.OtherThanSeal = slices.Compact(r.OtherThanSeal)
	for _, l := range [][]Missing{r.Not, r.Refused} {
		slices.SortStableFunc(l, func(a, b Missing) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Commit, b.Commit)) })
	}
	r.Months = gaps(r.Months)
	if r.Lead.Known = len(r.lead); r.Lead.Known == 0 {
		return
	}
	slices.Sort(r.lead)
	n := len(r.lead)
	r.Lead.MedianHours = (r.lead[(n-1)/2] + r.lead[n/2]).Hours() / 2
}

// gaps fills in the months in which nothing was merged.
func gaps(l []Month) []Month {
	if len(l) == 0 {
		return l
	}
	out := []Month{}
	at, err := time.Parse("2006-01", l[0].Month)
	for i := 0; err == nil && i < len(l); at = at.AddDate(0, 1, 0) {
		name := at.Format("2006-01")
		if l[i].Month == name {
			out = append(out, l[i])
			i++
			continue
		}
		out = append(out, Month{Month: name})
	}
	return out
}
