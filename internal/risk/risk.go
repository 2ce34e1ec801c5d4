// Package risk turns facts about a change into a score that can be added up by
// hand: integer points, each with its reason, its place and what would lower it.
//
// It is pure: no clock, no model at run time. Unknown counts as the worst the
// author could have written.
package risk

import "github.com/mergeseal/mergeseal/internal/field"

// Score is the risk and every line of it.
type Score struct {
	Total      int         `json:"score"` // impact + likelihood, 0…100
	Level      field.Level `json:"level"`
	Impact     int         `json:"impact"`     // 0…50
	Likelihood int         `json:"likelihood"` // 0…50
	Factors    []Factor    `json:"factors"`    // their points sum to the score
	Floors     []Floor     `json:"floors"`
}

// Factor is one line of the score.
type Factor struct {
	Name   string `json:"name"`
	Axis   string `json:"axis"` // impact or likelihood
	Points int    `json:"points"`
	Why    string `json:"why"`
	At     string `json:"at"`    // file:line:col
	Lower  string `json:"lower"` // what would lower it, "" when nothing would
}

// Floor is a named lowest level.
type Floor struct {
	Name  string      `json:"name"`
	Level field.Level `json:"level"`
	Why   string      `json:"why"`
	At    string      `json:"at"`
}

// History is what became of changes to the same services in the last 90 days.
type History struct {
	Changes    int `json:"changes"`
	Successful int `json:"successful"`
	Issues     int `json:"issues"`
	Failed     int `json:"failed"` // failed or backed out
	// Familiar is how many successful changes the service with the fewest has seen.
	Familiar int `json:"familiar"`
	// RatePermille is the weighted failure rate in thousandths.
	RatePermille int `json:"rate_permille"`
}
