package risk

import (
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
)

// Lookback is how far a history looks back.
const Lookback = 90 * 24 * time.Hour

// Past is a closed change.
type Past struct {
	Services  []string
	Result    change.Result
	Incidents []change.Incident // that it caused
	Ended     time.Time
}

// HistoryOf counts the changes that share one of the services and ended within
// Lookback of now. Open and canceled ones say nothing.
func HistoryOf(closed []Past, services []string, now time.Time) History {
	good := make(map[string]int, len(services)) // successful changes by service
	for _, s := range services {
		good[field.Fold(s)] = 0
	}
	var h History
	sum := 0 // of weights in tenths
	for _, p := range closed {
		if p.Ended.After(now) || !p.Ended.After(now.Add(-Lookback)) || !shares(p, good) {
			continue
		}
		switch p.Result {
		case change.Successful:
			h.Successful++
		case change.SuccessfulWithIssues:
			h.Issues++
		case change.BackedOut, change.Failed:
			h.Failed++
		case change.ResultOpen, change.ResultCanceled:
			continue
		}
		h.Changes++
		w := weight(p)
		sum += w
		if p.Result == change.Successful && w == 0 {
			for s := range distinct(p.Services) {
				if n, ours := good[s]; ours {
					good[s] = n + 1
				}
			}
		}
	}
	if h.Changes > 0 {
		h.RatePermille = min(1000, sum*100/h.Changes)
	}
	first := true
	for _, n := range good {
		if first || n < h.Familiar {
			h.Familiar, first = n, false
		}
	}
	return h
}

func shares(p Past, services map[string]int) bool {
	return slices.ContainsFunc(p.Services, func(s string) bool { _, ok := services[field.Fold(s)]; return ok })
}

func distinct(names []string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, n := range names {
		out[field.Fold(n)] = true
	}
	return out
}

// weight is how badly a change went, in tenths of a failure: the worst of its
// result and of the incidents it caused.
func weight(p Past) int {
	w := 0
	switch p.Result {
	case change.Failed, change.BackedOut:
		w = 10
	case change.SuccessfulWithIssues:
		w = 4
	case change.ResultOpen, change.Successful, change.ResultCanceled:
	}
	for _, i := range p.Incidents {
		switch i.Severity {
		case 1:
			w = max(w, 20)
		case 2:
			w = max(w, 10)
		case 3:
			w = max(w, 4)
		}
	}
	return w
}
