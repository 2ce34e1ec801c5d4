package judge

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// parallel does n pieces of work with a worker a processor, and returns one of
// the errors. Workers are few and stay: the policies' evaluation needs deep
// stacks, which each new goroutine would have to grow again.
func parallel(n int, work func(i int) error) error {
	if n == 1 {
		return guarded(0, work)
	}
	var next atomic.Int64
	var group errgroup.Group
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if err := guarded(i, work); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// guarded turns a panic into an error: left alone in a worker it would end the
// process with a code that means something else.
func guarded(i int, work func(i int) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v\n%s", p, debug.Stack())
		}
	}()
	return work(i)
}
