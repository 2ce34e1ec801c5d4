package bench

import (
	"os"
	"syscall"
)

// peak is the largest resident size of a process that ended, in KiB.
func peak(s *os.ProcessState) int64 {
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss
	}
	return 0
}
