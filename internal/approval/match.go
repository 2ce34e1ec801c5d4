package approval

// A requirement is filled seat by seat: a group has one seat for each member,
// which the member or a delegate can take. No person takes two seats, and no
// requirement more of them than it needs. What comes first keeps what it has:
// filling a later place moves people around but never empties an earlier one,
// so that one approval more never takes anything away.

// table is the seats of one requirement.
type table []seat

// seat is one place at a table, and the people who could take it: rising
// indexes into one list of approvers.
type seat struct {
	chair int // of the circle it stands for, nobody for none
	who   []int
}

const nobody = -1

// seating is who sits where.
type seating struct {
	tables []table
	taken  [][]int // table → seat → person or nobody
	at     []place // person → where they sit
}

type place struct{ table, seat int }

func newSeating(tables []table, people int) *seating {
	s := &seating{tables: tables, taken: make([][]int, len(tables)), at: make([]place, people)}
	for i, t := range tables {
		s.taken[i] = make([]int, len(t))
		for j := range t {
			s.taken[i][j] = nobody
		}
	}
	for p := range s.at {
		s.at[p] = place{nobody, nobody}
	}
	return s
}

// fill seats one more person at a table, if there is any way to: an augmenting
// path of a maximum matching (Kuhn), with one stop more for the seats.
func (s *seating) fill(t int) bool {
	w := walk{s, make([]bool, len(s.tables)), make([]bool, len(s.at))}
	return w.table(t)
}

// walk is one search; nothing is visited twice.
type walk struct {
	*seating
	tables, people []bool
}

func (w *walk) table(t int) bool {
	if w.tables[t] {
		return false
	}
	w.tables[t] = true
	for i, who := range w.taken[t] {
		if who == nobody && w.seat(place{t, i}) {
			return true
		}
	}
	return false
}

// seat finds somebody for a seat: somebody free, or somebody whose own seat
// goes to another person, or whose table does with another seat instead.
func (w *walk) seat(to place) bool {
	for _, p := range w.seating.tables[to.table][to.seat].who {
		if w.people[p] {
			continue
		}
		w.people[p] = true
		from := w.at[p]
		switch {
		case from.table == nobody || w.seat(from):
		case w.table(from.table):
			w.taken[from.table][from.seat] = nobody
		default:
			continue
		}
		w.taken[to.table][to.seat], w.at[p] = p, to
		return true
	}
	return false
}

// sitting lists the people at a table.
func (s *seating) sitting(t int) (people []int) {
	for _, p := range s.taken[t] {
		if p != nobody {
			people = append(people, p)
		}
	}
	return people
}
