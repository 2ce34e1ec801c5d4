//go:build !race

package main

// drawnRecords is how many records the remedy property draws.
const drawnRecords = 500
