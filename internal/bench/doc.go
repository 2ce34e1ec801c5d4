// Package bench measures mergeseal against other programs on the same work. It
// holds no code that ships. Absolute times mean nothing on a shared machine:
// what it reports are ratios of medians.
//
//	MERGESEAL_CONFTEST=$(command -v conftest) go test ./internal/bench -bench Conftest -benchtime 5x
package bench
