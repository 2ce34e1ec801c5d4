package change

// EmptyText is a text without content, such as "TBD".
type EmptyText struct {
	Path string `json:"path"` // JSON pointer into the record
	Text string `json:"text"`
}

// RollbackFacts is the rollback plan in facts.
type RollbackFacts struct {
	Method        string   `json:"method"`
	Complete      bool     `json:"complete"`
	Missing       []string `json:"missing"`        // trigger, steps, minutes, verify, method
	Minutes       int      `json:"minutes"`        // 0 when unstated
	FitsWindow    bool     `json:"fits_window"`    // minutes ≤ planned minutes
	Rehearsed     bool     `json:"rehearsed"`      // dated at most 90 days before the planned start, and not after it
	RehearsedDays int      `json:"rehearsed_days"` // days between the rehearsal and the planned start, -1 without one
	Irreversible  bool     `json:"irreversible"`
}

// TestFacts is the test plan in facts.
type TestFacts struct {
	Before   bool `json:"before"`
	After    bool `json:"after"`
	Attached int  `json:"attached"` // results that could be read
	Passed   int  `json:"passed"`   // of those
	Failed   int  `json:"failed"`   // of those
}
