package change

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// sarifLog is the part of SARIF 2.1.0 that says whether anything is wrong:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type sarifLog struct {
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver     sarifTool   `json:"driver"`
		Extensions []sarifTool `json:"extensions"`
	} `json:"tool"`
	Results     *[]sarifResult `json:"results"` // absent or null: the tool did not get that far (3.14.23)
	Invocations []struct {
		Successful *bool `json:"executionSuccessful"`
	} `json:"invocations"`
}

type sarifTool struct {
	Rules []struct {
		ID      string `json:"id"`
		Default struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	} `json:"rules"`
}

type sarifResult struct {
	RuleID    string `json:"ruleId"`
	RuleIndex *int   `json:"ruleIndex"`
	Kind      string `json:"kind"`
	Level     string `json:"level"`
	Baseline  string `json:"baselineState"`
	Rule      struct {
		ID    string `json:"id"`
		Index *int   `json:"index"`
	} `json:"rule"`
}

// readSARIF counts runs, and results of level error in them. A suppressed
// result counts like any other: who suppressed it is not in the file.
func readSARIF(b []byte) (tally, error) {
	var log sarifLog
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&log); err != nil {
		return tally{}, fmt.Errorf("parse its JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return tally{}, errors.New("there is something behind its JSON")
	}
	if log.Version != "2.1.0" {
		return tally{}, fmt.Errorf("its SARIF version is %.20q, not 2.1.0", log.Version)
	}
	var n tally
	for i, run := range log.Runs {
		for _, in := range run.Invocations {
			if in.Successful != nil && !*in.Successful {
				return tally{}, fmt.Errorf("the tool of run %d did not finish", i+1)
			}
		}
		if run.Results == nil {
			return tally{}, fmt.Errorf("run %d has no results", i+1)
		}
		n.ran++
		levels := run.levels()
		for _, res := range *run.Results {
			if res.failed(run.Tool.Driver, levels) {
				n.failed++
			}
		}
	}
	return n, nil
}

// levels is each rule's own level, the gravest where ids meet.
func (run sarifRun) levels() map[string]string {
	out := map[string]string{}
	for _, tool := range append([]sarifTool{run.Tool.Driver}, run.Tool.Extensions...) {
		for _, rule := range tool.Rules {
			if out[rule.ID] != "error" {
				out[rule.ID] = rule.Default.Level
			}
		}
	}
	return out
}

// failed follows 3.27.10: a kind other than fail has no level; without a level
// the rule's own counts, and without that it is a warning.
func (res sarifResult) failed(driver sarifTool, levels map[string]string) bool {
	if res.Kind != "" && res.Kind != "fail" || res.Baseline == "absent" {
		return false
	}
	if res.Level != "" {
		return res.Level == "error"
	}
	index := res.RuleIndex
	if index == nil {
		index = res.Rule.Index
	}
	id := res.RuleID
	if id == "" {
		id = res.Rule.ID
	}
	if id == "" && index != nil && *index >= 0 && *index < len(driver.Rules) {
		return driver.Rules[*index].Default.Level == "error"
	}
	return levels[id] == "error"
}
