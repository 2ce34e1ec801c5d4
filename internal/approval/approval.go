// Package approval says which approvals a change needs, which reviews count,
// and who could still give what is missing. It decides by the evidence alone:
// no clock, no order of lists and no spelling of a name changes its answer, and
// what it does not know is never an approval.
package approval

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// Count is how many people must approve: a number, all, or a percentage of a
// group rounded up. The zero value means one.
type Count struct {
	N       int  // people; 0 with All and Percent unset means 1
	All     bool // every member
	Percent int  // 1…100
}

// ParseScalar reads 2, all or 50%.
func (c *Count) ParseScalar(text string) error {
	if text == "all" {
		*c = Count{All: true}
		return nil
	}
	num, isPercent := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(num)
	if err != nil || strconv.Itoa(n) != num || n < 1 || isPercent && n > 100 || n > 1000 {
		return diag.Problemf("MS104", `write a number from 1, "all", or a percentage such as "50%"`, "%s is not a count", diag.Quote(text))
	}
	if isPercent {
		*c = Count{Percent: n}
	} else {
		*c = Count{N: n}
	}
	return nil
}

// IsZero reports whether no count was given.
func (c Count) IsZero() bool { return c == Count{} }

// String is how the count is written.
func (c Count) String() string {
	switch {
	case c.All:
		return "all"
	case c.Percent > 0:
		return strconv.Itoa(c.Percent) + "%"
	}
	return strconv.Itoa(max(c.N, 1))
}

// MarshalJSON writes a number, "all" or "50%".
func (c Count) MarshalJSON() ([]byte, error) {
	if c.All || c.Percent > 0 {
		return json.Marshal(c.String())
	}
	return fmt.Appendf(nil, "%d", max(c.N, 1)), nil
}

// Requirement is an approval that must exist. Exactly one of Group, AnyOf,
// OwnersOf, Codeowners and Peer says by whom.
type Requirement struct {
	Group      string   `json:"group,omitempty"`
	AnyOf      []string `json:"any_of,omitempty"`
	OwnersOf   []string `json:"owners_of,omitempty"`
	Codeowners bool     `json:"codeowners,omitempty"`
	Peer       bool     `json:"peer,omitempty"`
	// Or are accounts that serve as well as the group does, such as the owner of
	// the change on the other side of a collision.
	Or     []string `json:"or,omitempty"`
	Count  Count    `json:"count"`
	Stage  int      `json:"stage,omitempty"` // 1 unless given
	Reason string   `json:"reason"`
	Code   string   `json:"code"`
}

// Who names those who could meet the requirement, for people.
func (r Requirement) Who() string {
	or := ""
	if len(r.Or) > 0 {
		or = " or " + strings.Join(r.Or, " or ")
	}
	switch {
	case r.Group != "":
		return r.Group + or
	case len(r.AnyOf) > 0:
		return strings.Join(r.AnyOf, " or ") + or
	case len(r.OwnersOf) > 0:
		return "owners of " + strings.Join(r.OwnersOf, ", ") + or
	case r.Codeowners:
		return "code owners"
	case r.Peer:
		return "peer"
	}
	return "nobody"
}

// NotCounted is somebody whose review does not count, and why.
type NotCounted struct {
	By  string `json:"by"`
	Why string `json:"why"`
}

// Status is a requirement held against the evidence there is.
type Status struct {
	Requirement
	Have       []string     `json:"have"`
	Missing    int          `json:"missing"` // people still needed; 0 is met
	NotCounted []NotCounted `json:"not_counted"`
	Could      []string     `json:"could,omitempty"` // who could still give it: people of groups that are not private
	// Unnamed is how many more have approved whose names may not be told:
	// members of private groups. They are not among Have.
	Unnamed int `json:"unnamed,omitempty"`
	// Waits is the stage that must be complete before approvals count here, 0
	// for none.
	Waits int `json:"waits,omitempty"`
}
