//go:build race

package main

// drawnRecords is how many records the remedy property draws: enough for the
// race detector, which takes ten times as long. The other build draws 500.
const drawnRecords = 50
