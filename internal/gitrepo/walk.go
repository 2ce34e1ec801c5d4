package gitrepo

import (
	"bytes"
	"container/heap"

	"github.com/go-git/go-git/v5/plumbing"
)

// paint says from which side a commit was reached.
type paint uint8

const (
	left paint = 1 << iota
	right
	stale  // an ancestor of a common ancestor
	result // a common ancestor that was met first
)

// mark is a commit as a walk sees it.
type mark struct {
	*node
	paint  paint
	queued bool
	done   bool
	seq    int // order of queueing, to break ties as git does
}

// walker visits commits newest first and spreads paint to parents. A commit
// whose paint changes after its visit is visited again, so that wrong clocks
// cost time but not correctness.
type walker struct {
	store *store
	cut   map[plumbing.Hash]bool // shallow boundary
	marks map[plumbing.Hash]*mark
	queue dateQueue
	quiet paint // commits with any of this paint do not keep the walk going
	loud  int   // queued commits without it
	seq   int
}

func newWalker(s *store, cut map[plumbing.Hash]bool, quiet paint) *walker {
	return &walker{store: s, cut: cut, marks: map[plumbing.Hash]*mark{}, quiet: quiet}
}

// add gives paint to a commit and queues it if it did not have all of it.
func (w *walker) add(h plumbing.Hash, p paint) error {
	m := w.marks[h]
	if m == nil {
		n, err := w.store.node(h)
		if err != nil {
			return err
		}
		m = &mark{node: n}
		w.marks[h] = m
	}
	if m.paint&p == p {
		return nil
	}
	if m.queued && m.paint&w.quiet == 0 {
		w.loud--
	}
	m.paint |= p
	if m.paint&w.quiet == 0 {
		w.loud++
	}
	if !m.queued {
		w.seq++
		m.seq, m.queued = w.seq, true
		heap.Push(&w.queue, m)
	}
	return nil
}

// next takes the newest commit off the queue.
func (w *walker) next() *mark {
	m := heap.Pop(&w.queue).(*mark)
	m.queued, m.done = false, true
	if m.paint&w.quiet == 0 {
		w.loud--
	}
	return m
}

// dateQueue is a heap with the newest commit first, then the one queued first.
type dateQueue []*mark

func (q dateQueue) Len() int { return len(q) }

func (q dateQueue) Less(i, j int) bool {
	if q[i].date != q[j].date {
		return q[i].date > q[j].date
	}
	return q[i].seq < q[j].seq
}

func (q dateQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push is for package heap.
func (q *dateQueue) Push(x any) { *q = append(*q, x.(*mark)) }

// Pop is for package heap.
func (q *dateQueue) Pop() any {
	old := *q
	m := old[len(old)-1]
	*q = old[:len(old)-1]
	return m
}

func lessID(a, b plumbing.Hash) bool { return bytes.Compare(a[:], b[:]) < 0 }
