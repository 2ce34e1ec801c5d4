package approval

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/field"
)

// circle is everybody who could meet one requirement, as far as is known.
type circle struct {
	chairs    []chair           // of members who are not excluded, by name
	names     map[string]string // who may be named in output: folded login → as written
	excluded  map[string]string // members who never approve → why
	added     map[string]string // people this very change adds → the group
	left      map[string]string // people who are no more in it → the group
	refused   map[string]string // delegates who do not count → why
	open      bool              // anybody with write access
	private   bool              // some of the groups may not be told about
	unknown   []string          // teams and owners whose people are not known, sorted
	undefined []string          // groups nobody defined, sorted
	sets      []circle          // of code owners: one of each must approve
}

// chair is one member's, for the member or one of those who stand in.
type chair struct {
	member string
	who    []string // folded logins, the member among them
}

// asker gathers circles. It holds what they have in common.
type asker struct {
	*Question
	excludedBy map[string]string
	teams      map[string][]field.Login
	edge       time.Time
}

func (q *Question) asker() *asker {
	a := &asker{Question: q, excludedBy: q.excluded(), teams: map[string][]field.Login{}}
	for name, t := range q.Evidence.Teams {
		a.teams[field.Fold(name)] = t.Members
	}
	return a
}

func (a *asker) circle(r Requirement) circle {
	b := a.builder()
	b.open = r.Peer
	if r.Codeowners {
		for _, set := range a.Codeowners {
			b.sets = append(b.sets, a.owners(b, set))
		}
	}
	for _, name := range groupsOf(r, a.Groups) {
		people, teams, ok := a.Groups.Members(name)
		if !ok {
			b.undefined = append(b.undefined, name)
			continue
		}
		a.group(b, name, people, teams)
	}
	for _, p := range r.Or {
		a.member(b, field.Login(p), true)
	}
	return b.done()
}

// groupsOf names the groups of a requirement, each once and sorted. Owners of
// several services are one circle: any of them knows what the change touches.
func groupsOf(r Requirement, groups GroupView) []string {
	names := slices.Clone(r.AnyOf)
	if r.Group != "" {
		names = append(names, r.Group)
	}
	for _, s := range r.OwnersOf {
		if g := groups.OwnerOf(s); g != "" {
			names = append(names, g)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (a *asker) group(b *builder, name string, people []field.Login, teams []string) {
	private := a.Groups.Private(name)
	b.private = b.private || private
	for _, p := range a.Added[name] {
		b.added[p.Fold()] = name
	}
	for _, p := range a.Left[name] {
		b.left[p.Fold()] = name
	}
	people = slices.DeleteFunc(slices.Clone(people), func(p field.Login) bool {
		return slices.ContainsFunc(a.Added[name], p.Same)
	})
	for _, t := range teams {
		members, known := a.teams[field.Fold(t)]
		if !known {
			b.unknown = append(b.unknown, t)
		}
		people = append(people, members...)
	}
	mine := map[string]bool{}
	for _, p := range people {
		mine[p.Fold()] = a.member(b, p, !private)
	}
	if d, ok := a.Groups.(Delegator); ok {
		for _, one := range d.Delegations(name) {
			a.delegation(b, one, mine, !private)
		}
	}
}

// owners adds a rule's owners to the circle, and makes one of them alone.
func (a *asker) owners(b *builder, set OwnerSet) circle {
	alone := a.builder()
	for _, into := range []*builder{b, alone} {
		people := slices.Clone(set.People)
		into.unknown = append(into.unknown, set.Unknown...)
		for _, t := range set.Teams {
			members, known := a.teams[field.Fold(t)]
			if !known {
				into.unknown = append(into.unknown, t)
			}
			people = append(people, members...)
		}
		for _, p := range people {
			a.member(into, p, true)
		}
	}
	return alone.done()
}

// builder is a circle while it grows.
type builder struct {
	circle
	stands map[string]map[string]bool // member → who can take the chair
}

func (a *asker) builder() *builder {
	return &builder{stands: map[string]map[string]bool{}, circle: circle{
		names: map[string]string{}, excluded: map[string]string{}, added: map[string]string{},
		left: map[string]string{}, refused: map[string]string{},
	}}
}

// done puts everything in order.
func (b *builder) done() circle {
	for _, m := range slices.Sorted(maps.Keys(b.stands)) {
		b.chairs = append(b.chairs, chair{m, slices.Sorted(maps.Keys(b.stands[m]))})
	}
	slices.Sort(b.unknown)
	b.unknown = slices.Compact(b.unknown)
	slices.Sort(b.undefined)
	return b.circle
}

// member gives somebody a chair, unless they never approve.
func (a *asker) member(b *builder, p field.Login, shown bool) bool {
	fold := p.Fold()
	if shown {
		b.names[fold] = string(p)
	}
	why := a.excludedBy[fold]
	if strings.HasSuffix(fold, "[bot]") && !slices.ContainsFunc(a.Bots, p.Same) {
		why = "a bot"
	}
	if why != "" {
		b.excluded[fold] = why
		return false
	}
	if b.stands[fold] == nil {
		b.stands[fold] = map[string]bool{fold: true}
	}
	return true
}

// delegation lets somebody take a member's chair. Mine are the members of the
// group it belongs to; one who never approves has nothing to hand on.
func (a *asker) delegation(b *builder, d Delegation, mine map[string]bool, shown bool) {
	if d.To.Same(d.From) {
		return
	}
	in := a.inScope(d)
	for _, at := range []time.Time{d.Since, d.Until} {
		if in && at.After(a.At) && (a.edge.IsZero() || at.Before(a.edge)) {
			a.edge = at
		}
	}
	why := ""
	switch {
	case !mine[d.From.Fold()]:
		why = ", who has no say in this change"
	case a.At.Before(d.Since):
		why = ", but not yet"
	case !a.At.Before(d.Until):
		why = ", but no longer"
	case !in:
		why = ", but not for this change"
	}
	to := d.To.Fold()
	if why != "" || a.excludedBy[to] != "" {
		if why != "" {
			b.refused[to] = "stands in for " + string(d.From) + why
		}
		return
	}
	if shown && b.names[to] == "" {
		b.names[to] = string(d.To)
	}
	b.stands[d.From.Fold()][to] = true
}

// inScope reports whether a delegation covers everything the change is about.
func (a *asker) inScope(d Delegation) bool {
	if len(d.Levels) > 0 && !slices.Contains(d.Levels, a.Level) {
		return false
	}
	if len(d.Services) == 0 {
		return true
	}
	for _, s := range a.Services {
		if !slices.Contains(d.Services, s) {
			return false
		}
	}
	return len(a.Services) > 0
}

// sits reports whether somebody could take a seat: as a member, a delegate, or
// because anybody can.
func (c circle) sits(fold string) bool {
	return c.open || slices.ContainsFunc(c.chairs, func(ch chair) bool { return slices.Contains(ch.who, fold) })
}

// table sets the circle's seats for approvers, by folded login. With possible,
// everybody who might belong to an unknown team does.
func (c circle) table(approvers []string, possible bool) (t table) {
	members := map[string]bool{}
	index := map[string]int{}
	for i, p := range approvers {
		index[p] = i
	}
	for i, ch := range c.chairs {
		members[ch.member] = true
		s := seat{chair: i}
		for _, p := range ch.who {
			if j, ok := index[p]; ok {
				s.who = append(s.who, j)
			}
		}
		slices.Sort(s.who)
		t = append(t, s)
	}
	for j, p := range approvers {
		if c.open || possible && len(c.unknown) > 0 && !members[p] {
			t = append(t, seat{nobody, []int{j}})
		}
	}
	t = slices.DeleteFunc(t, func(s seat) bool { return len(s.who) == 0 })
	slices.SortStableFunc(t, func(a, b seat) int { return slices.Compare(a.who, b.who) })
	return t
}
