// Package schedule says what is in a change's way in time: freezes, maintenance
// windows and other changes, to the second, and until when that stays true.
//
// It knows no clock: the caller hands every instant in.
package schedule

// FreezeHit is a freeze that applies to the change's services and
// environments and lies near its window.
type FreezeHit struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Kind      string `json:"kind"` // freeze
	From      string `json:"from"`
	To        string `json:"to"`
	Hit       bool   `json:"hit"`     // the windows overlap
	Minutes   int64  `json:"minutes"` // of overlap, rounded up
	Exempt    bool   `json:"exempt"`
	Exception string `json:"exception"` // none, asked, granted
	Overrun   bool   `json:"overrun"`   // work begun before may finish
	Owners    string `json:"owners"`
	At        string `json:"at"`
	Why       string `json:"why"` // an exception that was asked for does not cover the change, "" otherwise
}

// Maintenance says whether the change lies in the windows its services name.
type Maintenance struct {
	Required []string `json:"required"` // ids of windows that are asked for
	Inside   bool     `json:"inside"`   // true when none is required
	Next     string   `json:"next"`     // start of the next one it would fit, RFC 3339, "" when unknown
}

// Collision is another change in the way.
type Collision struct {
	With     string   `json:"with"`
	Title    string   `json:"title"`
	State    string   `json:"state"`     // booked or tentative
	Kind     string   `json:"kind"`      // service, dependency, implementer, files, capacity
	Via      []string `json:"via"`       // the path of services from ours to theirs; for kind service those shared
	Minutes  int64    `json:"minutes"`   // of overlap, rounded up
	Accepted bool     `json:"accepted"`  // in force: named, with a reason, not expired before the overlap ends
	From     string   `json:"from"`      // planned start of the other change
	To       string   `json:"to"`        // and its planned end
	Owner    string   `json:"owner"`     // of the other change, a login
	OwnersOf []string `json:"owners_of"` // services whose owner groups could accept
}
