package render

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// The part of SARIF 2.1.0 that we write:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID       string       `json:"id"`
		Short    *sarifText   `json:"shortDescription,omitempty"`
		HelpURI  string       `json:"helpUri,omitempty"`
		Defaults sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Properties   *sarifProperties  `json:"properties,omitempty"`
	}
	sarifProperties struct {
		Change string   `json:"change,omitempty"`
		Tags   []string `json:"tags,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// fingerprintKey names how our fingerprints are made, so that another way can
// follow beside it.
const fingerprintKey = "mergesealFinding/v1"

func sarif(list diag.List, o Options) ([]byte, error) {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{Name: "mergeseal", Version: o.Tool,
			InformationURI: "https://github.com/mergeseal/mergeseal", Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	var codes []string
	for _, f := range list {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	for _, id := range codes {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(id))
	}
	seen := map[string]int{}
	for _, f := range list {
		index, _ := slices.BinarySearch(codes, f.Code)
		text := f.Message
		if f.Hint != "" {
			text += "\n" + f.Hint
		}
		result := sarifResult{RuleID: f.Code, RuleIndex: index, Level: f.Severity.String(), Message: sarifText{text},
			Fingerprints: map[string]string{fingerprintKey: fingerprint(f, seen)}}
		if f.At.File != "" {
			result.Locations = []sarifLocation{{sarifPhysical{sarifArtifact{sarifURI(f.At)}, regionOf(f.At)}}}
		}
		if f.Change != "" || len(f.Controls) > 0 {
			result.Properties = &sarifProperties{Change: f.Change, Tags: f.Controls}
		}
		run.Results = append(run.Results, result)
	}
	return verdict.Print(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifRuleOf(id string) sarifRule {
	c := diag.Lookup(id)
	rule := sarifRule{ID: id, Defaults: sarifDefault{c.Severity.String()}}
	if diag.Known(id) {
		rule.Short, rule.HelpURI = &sarifText{c.Title}, c.PageURL()
	}
	return rule
}

// sarifURI is a path as a relative reference of RFC 3986.
func sarifURI(at source.Range) string { return (&url.URL{Path: at.File}).String() }

func regionOf(at source.Range) *sarifRegion {
	if at.Start.Line == 0 {
		return nil
	}
	r := &sarifRegion{StartLine: at.Start.Line, StartColumn: at.Start.Col}
	if at.End.Line > at.Start.Line || at.End.Line == at.Start.Line && at.End.Col > at.Start.Col {
		r.EndLine, r.EndColumn = at.End.Line, at.End.Col
	}
	return r
}

// fingerprint names a finding by code, file and change, and by how many alike
// came before it, so that it stays itself when lines move.
func fingerprint(f diag.Finding, seen map[string]int) string {
	key := strings.Join([]string{f.Code, f.At.File, f.Change}, "\x00")
	seen[key]++
	sum := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(seen[key])))
	return hex.EncodeToString(sum[:16])
}
