package law

import (
	"testing"
	"time"
)

func TestFoldersThatSpellDates(t *testing.T) {
	for file, want := range map[string]string{
		"changes/2026/11/CHG-1.yaml":      "2026-11-01 2026-12-01",
		"changes/2026/12/CHG-1.yaml":      "2026-12-01 2027-01-01",
		"changes/2026-02/CHG-1.yaml":      "2026-02-01 2026-03-01",
		"changes/2026/CHG-1.yaml":         "2026-01-01 2027-01-01",
		"changes/2026/11/shop/CHG-1.yaml": "2026-11-01 2026-12-01",
		"changes/shop/2026/11/CHG-1.yaml": "2026-11-01 2026-12-01",
		"2026/CHG-1.yaml":                 "2026-01-01 2027-01-01",
		"changes/2024/2026/11/CHG-1.yaml": "2026-11-01 2026-12-01",
		"changes/2024/shop/2026/C-1.yaml": "2026-01-01 2027-01-01",
		"changes/2026/13/CHG-1.yaml":      "2026-01-01 2027-01-01", // 13 is no month: the year counts
		"changes/2026/1/CHG-1.yaml":       "2026-01-01 2027-01-01",
		"changes/2026/+1/CHG-1.yaml":      "2026-01-01 2027-01-01",
		"changes/CHG-2026-11.yaml":        "",
		"changes/11/CHG-1.yaml":           "",
		"changes/8080/CHG-1.yaml":         "",
		"changes/02026/CHG-1.yaml":        "",
		"changes/２０２６/CHG-1.yaml":         "",
		"CHG-1.yaml":                      "",
	} {
		got := ""
		if from, to, known := Dated(file); known {
			got = from.Format(time.DateOnly) + " " + to.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}

func TestAFileInTheFoldersOfAnotherTime(t *testing.T) {
	at := time.Date(2027, 2, 1, 0, 30, 0, 0, time.FixedZone("", 3600)) // January still, in UTC
	for file, want := range map[string]string{
		"changes/2026/11/CHG-1.yaml":      "changes/2027/01/CHG-1.yaml",
		"changes/2026/11/shop/CHG-1.yaml": "changes/2027/01/shop/CHG-1.yaml",
		"changes/2026-11/CHG-1.yaml":      "changes/2027-01/CHG-1.yaml",
		"changes/2026/CHG-1.yaml":         "changes/2027/CHG-1.yaml",
		"changes/shop/CHG-1.yaml":         "changes/shop/CHG-1.yaml",
	} {
		if got := Redate(file, at); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}
