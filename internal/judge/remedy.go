package judge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Remedies is what would make a change pass.
type Remedies struct {
	// Outcome is what the record and the pull request as a whole come to now,
	// other records left aside.
	Outcome verdict.Outcome
	Sets    []Remedy // the cheapest first
	Blocks  []string // codes of what no move cures, and objection; only without sets
	Judged  int      // how many sets of moves were judged
	Whole   bool     // the search was not cut short
}

// Remedy is a set of moves that was applied and judged, and of which no part
// can be left out. With Outcome pass the approvals were assumed and judged too;
// with pending it is known who is asked, and not who could answer.
type Remedy struct {
	Outcome   verdict.Outcome
	Moves     []remedy.Move
	Approvals []remedy.Approval
	Before    []byte // the record as it was judged, and as the moves make it
	After     []byte
}

// Asks is what only the author can say before the remedy is applied.
func (r Remedy) Asks() []remedy.Ask {
	var out []remedy.Ask
	for _, m := range r.Moves {
		out = append(out, m.Asks...)
	}
	return out
}

// ErrUnsaid means that something only the author knows is still to be said.
var ErrUnsaid = errors.New("say it first")

// ErrNoRemedy means that with what the author says the set does not pass.
var ErrNoRemedy = errors.New("it does not pass like this")

// workshop is the engine of a search: it makes moves and judges what they make.
type workshop struct {
	*bench
	ctx   context.Context //nolint:containedctx // lives as long as one search
	moves []remedy.Move
	now   *trial // of the record as it stands
	sets  map[string]*made
}

func (b *bench) remedies(ctx context.Context, f *facts) (*Remedies, error) {
	now, err := b.judge(ctx, nil, b.run.Evidence)
	if err != nil {
		return nil, err
	}
	out := &Remedies{Outcome: now.outcome, Whole: true}
	if b.subject.file == nil || f.input == nil || now.outcome == verdict.OutcomePass || now.outcome == verdict.OutcomeError {
		for _, x := range now.against {
			out.Blocks = append(out.Blocks, x.Code)
		}
		slices.Sort(out.Blocks)
		out.Blocks = slices.Compact(out.Blocks)
		return out, nil
	}
	r := &workshop{bench: b, ctx: ctx, now: now, sets: map[string]*made{}}
	if f.subject.full() && open(&f.record) {
		if r.moves, err = b.moves(ctx, f); err != nil {
			return nil, fmt.Errorf("list moves: %w", err)
		}
	}
	found, err := remedy.Search(r.moves, r)
	if err != nil {
		return nil, fmt.Errorf("search remedies: %w", err)
	}
	out.Judged, out.Whole = found.Judged, found.Whole
	for _, s := range found.Sets {
		one := Remedy{Outcome: verdict.OutcomePending, Approvals: s.Approvals, Before: b.subject.file.Source}
		for _, i := range s.Moves {
			one.Moves = append(one.Moves, r.moves[i])
		}
		if one.After, err = b.apply(one.Moves, nil); err != nil {
			return nil, err
		}
		if s.Assumed {
			one.Outcome = verdict.OutcomePass
		}
		proven, err := b.prove(ctx, one)
		if err != nil {
			return nil, err
		}
		if proven {
			out.Sets = append(out.Sets, one)
		}
	}
	if len(out.Sets) == 0 {
		out.Blocks = found.Blocks
	}
	return out, nil
}

// apply writes moves into the record, with what the author says.
func (b *bench) apply(moves []remedy.Move, say map[string]string) ([]byte, error) {
	var edits []splice.Edit
	for _, m := range moves {
		edits = append(edits, m.Edits(say)...)
	}
	// Items are taken out from the back, so that the others keep their places.
	slices.SortStableFunc(edits, func(x, y splice.Edit) int {
		if x.Op != splice.Remove || y.Op != splice.Remove {
			return boolInt(x.Op == splice.Remove) - boolInt(y.Op == splice.Remove)
		}
		return strings.Compare(y.Pointer, x.Pointer)
	})
	return splice.Apply(b.subject.file.Source, edits)
}

// prove judges a remedy from the ground up.
func (b *bench) prove(ctx context.Context, r Remedy) (bool, error) {
	src := r.After
	if len(r.Moves) == 0 {
		src = nil
	}
	var by []field.Login
	if r.Outcome == verdict.OutcomePass {
		by = logins(r.Approvals)
	}
	t, err := b.whole(ctx, src, b.assumed(src != nil, by))
	if err != nil {
		return false, err
	}
	return t.outcome == r.Outcome && !t.harms && !t.objected(), nil
}

// With applies a remedy with what the author says, judges the result as before,
// and returns the record. The error wraps ErrUnsaid or ErrNoRemedy.
func (e *Explanation) With(ctx context.Context, r Remedy, say map[string]string) ([]byte, error) {
	for key := range say {
		if !slices.ContainsFunc(r.Asks(), func(a remedy.Ask) bool { return a.Key == key }) {
			return nil, fmt.Errorf("%w: %s is not asked for", ErrUnsaid, strconv.Quote(key))
		}
	}
	for _, a := range r.Asks() {
		if strings.TrimSpace(say[a.Key]) == "" {
			return nil, fmt.Errorf("%w: %s, %s", ErrUnsaid, a.Key, a.What)
		}
	}
	var err error
	if r.After, err = e.bench.apply(r.Moves, say); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoRemedy, err)
	}
	proven, err := e.bench.prove(ctx, r)
	if err != nil {
		return nil, err
	}
	if !proven {
		why := "what is said is not accepted"
		if f := change.Parse(e.Path, "", r.After); f.Found.Errors() {
			f.Found.Sort()
			i := slices.IndexFunc(f.Found, func(x diag.Finding) bool { return x.Severity == diag.Error })
			why = f.Found[i].Code + ": " + f.Found[i].Message
		}
		return nil, fmt.Errorf("%w: %s", ErrNoRemedy, change.Redact(why))
	}
	return r.After, nil
}
