package rego

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// What the test binary does when it is run with one of these words.
const (
	asWorker  = "serve"
	asCrash   = "crash"   // ends without a word
	asChatter = "chatter" // answers with more than anybody wants
	asSpy     = "spy"     // answers with what it can see of its parent
)

func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[0] != "mergeseal" {
		os.Exit(m.Run())
	}
	var err error
	switch os.Args[1] {
	case asWorker:
		err = Serve(context.Background(), os.Stdin, os.Stdout, wait, func(err error) { panic(err) })
	case asCrash:
		panic("crash")
	case asChatter:
		_, err = os.Stdout.Write([]byte{0xff, 0xff, 0xff, 0xff})
	case asSpy:
		files, _ := os.ReadDir("/proc/self/fd")
		var names []string
		for _, f := range files {
			to, _ := os.Readlink("/proc/self/fd/" + f.Name())
			names = append(names, to)
		}
		dir, _ := os.Getwd()
		var first wireModules
		_ = readJSON(os.Stdin, &first)
		err = writeFrame(os.Stdout, wireCompiled{Found: []wireFinding{{Error: true, Message: fmt.Sprint(os.Environ()), Hint: strings.Join(names, "\n"), Code: dir}}})
	}
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func wait(ctx context.Context, d time.Duration) error {
	t, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-t.Done()
	return ctx.Err()
}

// apart compiles in a process of its own; it is ended with the test.
func apart(t *testing.T, word string, l Limits, mods ...Module) (*Apart, diag.List) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l.Sleep = wait
	a, found := Isolated(self, []string{word}, l, mods)
	if a != nil {
		t.Cleanup(a.Close)
	}
	return a, found
}

func TestPoliciesApartAnswerAsPoliciesHere(t *testing.T) {
	mods := append(builtin(t), acme(`deny contains {"code": "ACME001", "message": "m", "path": "/title", "hint": "h"} if input.change.type == "normal"

require contains {"code": "ACME001", "group": "cab", "count": "50%", "stage": 2, "reason": "r"}`))
	here := mustCompile(t, mods...)
	there, found := apart(t, asWorker, Limits{}, mods...)
	if there == nil || found.Errors() {
		t.Fatalf("%v", found)
	}
	if here.Digest() != there.Digest() {
		t.Error("two digests of the same sources")
	}
	if diff := cmp.Diff(here.Groups(), there.Groups()); diff != "" {
		t.Error(diff)
	}
	for _, scope := range []string{ScopeChange, ScopePullRequest, "nothing"} {
		in := input()
		in.Scope = scope
		want, wantFound := here.Evaluate(context.Background(), in)
		got, gotFound := there.Evaluate(context.Background(), in)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s\n%s", scope, diff)
		}
		if diff := cmp.Diff(wantFound, gotFound, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s\n%s", scope, diff)
		}
		if scope == ScopeChange && (len(got.Deny) == 0 || len(got.Require) == 0 || len(got.Deny[0].Controls) == 0) {
			t.Errorf("the rules said too little to compare: %+v", got)
		}
	}
	if there.Ending() != EndNone {
		t.Errorf("it ended: %d", there.Ending())
	}
}

func TestPoliciesApartThatDoNotCompileSayWhatOthersSay(t *testing.T) {
	bad := acme(`deny contains {"code": "ACME001", "message": "m"} if input.rsik.score > 1`)
	_, want := Compile([]Module{bad}, Options{})
	_, got := apart(t, asWorker, Limits{}, bad)
	if diff := cmp.Diff(want, got); diff != "" || !got.Errors() {
		t.Error(diff)
	}
}

// bombs are those that cancelling does not stop in time.
func bombs() map[string]string {
	return map[string]string{
		"numbers.range": `deny contains {"code": "ACME001", "message": "m"} if count(numbers.range(1, 100000000)) == input.version`,
		"replace": `text := concat("", [sprintf("%d", [x]) | some x in numbers.range(1, 100000)])

deny contains {"code": "ACME001", "message": "m"} if contains(replace(replace(text, "", text), "1", text), input.scope)`,
	}
}

func TestT96BombsEndAtALimitAndThisProcessStaysSmall(t *testing.T) {
	before, seen := resident(os.Getpid())
	if !seen {
		t.Log("not run: this system does not say how large a process is")
		return
	}
	for name, body := range bombs() {
		t.Run(name, func(t *testing.T) {
			// Nothing but the limits of the process may end it.
			a, found := apart(t, asWorker, Limits{Timeout: time.Hour}, acme(body))
			if a == nil {
				t.Fatal(found)
			}
			answers, found := a.Evaluate(context.Background(), input())
			if len(found) != 1 || found[0].Code != "MS504" || !found[0].Undecided || len(answers.Deny) > 0 {
				t.Errorf("%+v %v", answers, found)
			}
			if e := a.Ending(); e != EndMemory && e != EndTime {
				t.Errorf("it ended for another reason: %d", e)
			}
			if a.spent > a.limits.Wall+time.Second {
				t.Errorf("it was left running for %s", a.spent)
			}
			if a.cmd.ProcessState == nil || a.cmd.ProcessState.Success() {
				t.Errorf("the process is not gone: %v", a.cmd.ProcessState)
			}
			if _, again := a.Evaluate(context.Background(), input()); !cmp.Equal(found, again) {
				t.Errorf("a second question gets %v", again)
			}
			if after, _ := resident(os.Getpid()); after-before > 64<<20 {
				t.Errorf("this process grew by %d MiB", (after-before)>>20)
			}
		})
	}
}

func TestT96EachLimitEndsTheProcess(t *testing.T) {
	join := acme("deny contains {\"code\": \"ACME001\", \"message\": \"m\"} if {\n\tr := numbers.range(1, 3000)\n\tsome a in r\n\tsome b in r\n\tsome c in r\n\ta * b * c == -1\n}")
	long := acme(`deny contains {"code": "ACME001", "message": sprintf("%d", [x])} if some x in numbers.range(1, 20000)`)
	for name, c := range map[string]struct {
		limits Limits
		mod    Module
		want   Ending
	}{
		"time":   {Limits{Timeout: time.Hour}, join, EndTime},
		"memory": {Limits{Timeout: time.Hour, Wall: time.Hour}, acme(bombs()["numbers.range"]), EndMemory},
		"output": {Limits{Output: 64 << 10, Timeout: time.Hour, Wall: time.Minute}, long, EndOutput},
	} {
		t.Run(name, func(t *testing.T) {
			a, found := apart(t, asWorker, c.limits, c.mod)
			if a == nil {
				t.Fatal(found)
			}
			if _, found = a.Evaluate(context.Background(), input()); len(found) != 1 || !found[0].Undecided || a.Ending() != c.want {
				t.Errorf("ended %d, want %d: %v", a.Ending(), c.want, found)
			}
		})
	}
}

func TestT96AProcessThatIsNotSeenWatchesItself(t *testing.T) {
	limit := make(chan error)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go watchSelf(ctx, 1, wait, func(err error) { limit <- err; <-ctx.Done() })
	if err := <-limit; err == nil {
		t.Error("it did not notice")
	}
}

func TestAProcessThatCannotStartEndsOrTalksNonsenseIsAFinding(t *testing.T) {
	for _, word := range []string{asCrash, asChatter} {
		if a, found := apart(t, word, Limits{}, acme(speak)); a != nil || len(found) != 1 || found[0].Code != "MS504" || !found[0].Undecided {
			t.Errorf("%s: %v %v", word, a, found)
		}
	}
	for _, exe := range []string{"", "/nonexistent/mergeseal"} {
		if a, found := Isolated(exe, nil, Limits{Sleep: wait}, []Module{acme(speak)}); a != nil || len(found) != 1 || found[0].Code != "MS504" {
			t.Errorf("%s: %v %v", exe, a, found)
		}
	}
}

func TestT95AProcessApartSeesNothingOfThisOne(t *testing.T) {
	t.Setenv("MERGESEAL_SECRET", "s3cret")
	_, found := apart(t, asSpy, Limits{}, acme(speak))
	if len(found) != 1 {
		t.Fatal(found)
	}
	if env := found[0].Message; strings.Contains(env, "s3cret") || strings.Contains(env, "PATH=") || strings.Contains(env, "HOME=") {
		t.Errorf("its environment: %s", env)
	}
	here, err := os.Getwd()
	if err != nil || found[0].Code == here {
		t.Errorf("it works in %s: %v", found[0].Code, err)
	}
	if _, err := os.Stat(found[0].Code); !os.IsNotExist(err) {
		t.Errorf("its folder is left: %v", err)
	}
	for file := range strings.SplitSeq(found[0].Hint, "\n") {
		if file != "" && !strings.HasPrefix(file, "pipe:") && file != os.DevNull && !strings.HasPrefix(file, "/proc/") && !strings.HasPrefix(file, "/sys/fs/cgroup/") && !strings.HasPrefix(file, "anon_inode:") {
			t.Errorf("it holds %s", file)
		}
	}
}

func TestClosingTwiceIsClosingOnceAndLeavesNoAnswer(t *testing.T) {
	a, found := apart(t, asWorker, Limits{}, acme(speak))
	if a == nil {
		t.Fatal(found)
	}
	a.Close()
	a.Close()
	if answers, found := a.Evaluate(context.Background(), input()); len(found) != 1 || !found[0].Undecided || len(answers.Deny) > 0 {
		t.Errorf("%+v %v", answers, found)
	}
}
