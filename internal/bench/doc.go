// Package bench measures mergeseal against other programs on the same work. It
// holds no code that ships. Absolute times mean nothing on a shared machine:
// what it reports are ratios of medians.
//
//	MERGESEAL_CONFTEST=$(command -v conftest) go test ./internal/bench -bench Conftest -benchtime 5x
//
// What does not move with the machine's load is counted, and tests gate on it:
// the files that a check or a schedule opens, however many years lie behind.
//
//	MERGESEAL_RECORDS=100000 MERGESEAL_SQUASHED=1 go test ./internal/bench -run XXX -bench Years -benchtime 1x -timeout 30m
//
// Without MERGESEAL_SQUASHED each record has a commit of its own, and a check of
// new records also walks the history for ids that were used before.
package bench
