package rego

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Limits is what policies that are not law may take. The zero value is the
// default.
type Limits struct {
	Timeout time.Duration // of one evaluation, as in Options
	Wall    time.Duration // of compiling, and again of all evaluations together; 0 is 2 s
	Memory  int64         // resident, in bytes; 0 is 256 MiB
	Output  int64         // of one answer, in bytes; 0 is 1 MiB
	// Sleep waits, and ends early with its context.
	Sleep Sleep
}

// Sleep waits for a time, or returns its context's error.
type Sleep func(context.Context, time.Duration) error

func (l Limits) filled() Limits {
	if l.Timeout <= 0 {
		l.Timeout = DefaultTimeout
	}
	if l.Wall <= 0 {
		l.Wall = 2 * time.Second
	}
	if l.Memory <= 0 {
		l.Memory = 256 << 20
	}
	if l.Output <= 0 {
		l.Output = 1 << 20
	}
	return l
}

// Ending is why the process of isolated policies was ended.
type Ending uint8

// The endings.
const (
	EndNone   Ending = iota // it was not
	EndStart                // it could not be started
	EndTime                 // it took too long
	EndMemory               // it grew too large
	EndOutput               // it said too much
	EndCrash                // it ended by itself
)

// Apart is a compiled set of policies in a process of its own: with limits that
// are enforced from outside, an empty environment, and nothing of this process
// but a pipe each way. Evaluating OPA's built-ins cannot be cancelled promptly,
// and what they allocate cannot be taken back; a process can be ended. Safe for
// concurrent use; Close ends the process.
type Apart struct {
	limits Limits
	digest string
	groups []verdict.Mention
	encode encoder

	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	dir    string
	spent  time.Duration // by evaluations
	ending Ending
	ended  diag.List // what every later question is answered with
}

// Isolated compiles policies in a process that runs exe with args, which must
// lead to Serve on its streams. A limit that is reached, and a process that
// cannot be started or ends by itself, is a finding that leaves the question
// undecided; a process is not started twice.
func Isolated(exe string, args []string, limits Limits, mods []Module) (*Apart, diag.List) {
	a := &Apart{limits: limits.filled(), digest: digest(mods), encode: encoderOf(reflect.TypeFor[verdict.Input]())}
	if err := a.start(exe, args); err != nil {
		return nil, diag.List{undecided("MS504", nil, "no process could be started for policies that are not in force: %s", oneLine(err.Error()))}
	}
	first := wireModules{Modules: mods, TimeoutNS: a.limits.Timeout.Nanoseconds()}
	if _, seen := resident(os.Getpid()); !seen {
		first.Memory = a.limits.Memory
	}
	var said wireCompiled
	if found := a.talk(context.Background(), first, &said, a.limits.Wall); found != nil {
		a.Close()
		return nil, found
	}
	found := findingsOf(said.Found)
	if !said.Ready {
		a.Close()
		return nil, sorted(found)
	}
	a.groups, a.spent = said.Groups, 0
	return a, sorted(found)
}

func (a *Apart) start(exe string, args []string) error {
	var err error
	if exe == "" {
		return errors.New("this program does not know its own file")
	}
	if a.dir, err = os.MkdirTemp("", "mergeseal-policies-"); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	a.cmd = exec.Command(exe) //nolint:gosec // this program itself
	a.cmd.Args = append([]string{"mergeseal"}, args...)
	a.cmd.Dir = a.dir
	a.cmd.Env = []string{"GOMEMLIMIT=" + strconv.FormatInt(a.limits.Memory*3/4, 10), "GOTRACEBACK=none"}
	out, err := a.cmd.StdoutPipe()
	if err == nil {
		a.in, err = a.cmd.StdinPipe()
	}
	if err == nil {
		err = a.cmd.Start()
	}
	if err != nil {
		return errors.Join(err, os.Remove(a.dir))
	}
	a.out = bufio.NewReader(out)
	return nil
}

// Digest identifies the sources, as that of Policies.
func (a *Apart) Digest() string { return a.digest }

// Groups are as those of Policies.
func (a *Apart) Groups() []verdict.Mention { return a.groups }

// Ending is why the process was ended, EndNone while it runs or is closed.
func (a *Apart) Ending() Ending {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ending
}

// Evaluate asks as that of Policies does.
func (a *Apart) Evaluate(ctx context.Context, in *verdict.Input) (verdict.Answers, diag.List) {
	input, err := a.encode(reflect.ValueOf(in).Elem())
	if err != nil {
		return verdict.Answers{}, diag.List{undecided("MS504", nil, "%s", err)}
	}
	plain, err := ast.JSON(input.Value)
	if err != nil {
		return verdict.Answers{}, diag.List{undecided("MS504", nil, "encode input: %s", err)}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended != nil {
		return verdict.Answers{}, a.ended
	}
	var said wireAnswers
	if found := a.talk(ctx, plain, &said, a.limits.Wall-a.spent); found != nil {
		return verdict.Answers{}, found
	}
	answers, found, err := fromWire(said)
	if err != nil {
		return verdict.Answers{}, diag.List{undecided("MS504", nil, "%s", err)}
	}
	return answers, found
}

// Close ends the process. It may be called twice.
func (a *Apart) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.end(diag.List{undecided("MS504", nil, "the policies are not asked any more")})
}

// end makes sure that nothing is left of the process.
func (a *Apart) end(why diag.List) {
	if a.ended != nil {
		return
	}
	a.ended = why
	_ = a.cmd.Process.Kill() // it may have ended already
	_ = a.cmd.Wait()         // says only that it was ended
	_ = os.RemoveAll(a.dir)  // the machine's own folder for such things
}

// talk puts one frame and reads one, while somebody watches the process.
func (a *Apart) talk(ctx context.Context, ask, reply any, wall time.Duration) diag.List {
	ctx, cancel := context.WithTimeout(ctx, wall)
	defer cancel()
	answered, done := context.WithCancel(ctx)
	defer done()
	watched := make(chan Ending)
	go func() { watched <- a.watch(answered) }()
	err := writeFrame(a.in, ask)
	var b []byte
	if err == nil {
		if b, err = readFrame(a.out, a.limits.Output); err == nil {
			err = json.Unmarshal(b, reply)
		}
	}
	done()
	ending := <-watched
	switch {
	case ending != EndNone:
	case err == nil:
		return nil
	case errors.Is(err, errFrame):
		ending = EndOutput
	default:
		ending = EndCrash
	}
	a.ending = ending
	a.end(diag.List{a.why(ending)})
	return a.ended
}

// watch ends the process at a limit, and says which it was. It counts the time
// in looks, since nothing here has a clock.
func (a *Apart) watch(ctx context.Context) Ending {
	for a.limits.Sleep(ctx, lookEvery) == nil {
		a.spent += lookEvery
		if n, _ := resident(a.cmd.Process.Pid); n > a.limits.Memory {
			_ = a.cmd.Process.Kill() // it may have ended already
			return EndMemory
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return EndNone
	}
	_ = a.cmd.Process.Kill() // it may have ended already
	return EndTime
}

func (a *Apart) why(e Ending) diag.Finding {
	var f diag.Finding
	switch e {
	case EndTime, EndMemory:
		// One sentence for both: which limit comes first depends on the machine,
		// and the words are part of a verdict's digest.
		f = undecided("MS504", nil, "policies that are not in force took more than %s or %d MiB and were ended", a.limits.Wall, a.limits.Memory>>20)
	case EndOutput:
		f = undecided("MS504", nil, "policies that are not in force said more than %d KiB at once and were ended", a.limits.Output>>10)
	case EndNone, EndStart, EndCrash:
		f = undecided("MS504", nil, "the process of policies that are not in force ended by itself")
	}
	return f.WithHint("look for rules that build long lists or texts")
}

// resident is how much memory a process has, in bytes, where the system says so
// as Linux does.
func resident(pid int) (int64, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}
