package main

// The commands of scripts that talk to a GitHub of their own:
//
//	github start [-state FILE] [-ghes] [-page N]
//	    starts one and sets GITHUB_API_URL,
//	    GITHUB_SERVER_URL, GITHUB_REPOSITORY (the first of the state) and
//	    GITHUB_TOKEN (the first workflow token of the state; one is made if
//	    there is none). Its clock stands at $NOW. FILE is a forgetest.State as
//	    JSON; <rev NAME> in it is a commit of the folder the script is in. A
//	    request or an answer that GitHub's description does not know fails the
//	    script at its end.
//	github actions
//	    sets what a step of Actions has: GITHUB_ACTIONS, CI, GITHUB_RUN_ID,
//	    GITHUB_OUTPUT ($WORK/github_output), GITHUB_STEP_SUMMARY ($WORK/step_summary).
//	github event NAME FILE [KEY=VALUE...]
//	    writes an event's payload and sets GITHUB_EVENT_NAME, GITHUB_EVENT_PATH,
//	    GITHUB_REF, GITHUB_SHA, GITHUB_ACTOR. Keys: see forgetest.Server.Event.
//	github set POINTER JSON|@FILE
//	    changes the state at a place: pulls/42/reviews/- '{"user": "carol", "state": "APPROVED"}'.
//	    <rev NAME> as above. Pointers: see forgetest.Server.Set. A branch that
//	    moves: branches/main/sha '"<rev main>"'.
//	github pr-push N REV [ACTOR]
//	    gives pull request N a new head, and the repository it came from a look.
//	github merge N REV BY
//	    merges pull request N: its base branch moves to REV.
//	github after METHOD PATH N set POINTER JSON
//	github after METHOD PATH N pr-push N REV [ACTOR]
//	    does that once the N-th request from now that fits has been answered.
//	github fault [-late] METHOD PATH KEY=VALUE...
//	    sets an error. METHOD and PATH may be *; PATH is below the API's base.
//	    Keys: status, times (-1 is for ever), pass (so many first), reset, truncate,
//	    redirect (an address, or stranger), body, and any header by its name:
//	    github fault GET * status=429 times=2 Retry-After=1
//	github clock INSTANT
//	    sets the clock.
//	github journal [-writes|-counts]
//	    prints every request, the writes, or how many there were of both.
//	github forget
//	    empties the journal.
//	github dump POINTER
//	    prints a place of the state: JSON, or the bare text of a string.
//	github forgive TEXT
//	    takes away the violations that hold a text; there must be one.
//	github key FILE
//	    writes a private key for an App; "key_file" of the state names it.

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mergeseal/mergeseal/internal/forgetest"
)

// forge is the GitHub of one script.
type forge struct {
	*forgetest.Server
	repo string
	t    testscript.T
}

type forgeKey struct{}

// withForge gives every script room for a GitHub.
func withForge(env *testscript.Env) {
	env.Values[forgeKey{}] = &forge{t: env.T()}
}

func githubCommand(ts *testscript.TestScript, neg bool, args []string) {
	f := ts.Value(forgeKey{}).(*forge)
	commands := map[string]func(*testscript.TestScript, []string) string{
		"start": f.start, "actions": f.actions, "event": f.event, "set": f.set, "pr-push": f.push, "merge": f.merge, "after": f.after, "fault": f.fault,
		"clock": f.clock, "journal": f.journal, "forget": f.forget, "dump": f.dump, "forgive": f.forgive, "key": key,
	}
	if neg || len(args) == 0 || commands[args[0]] == nil {
		ts.Fatalf("usage: github COMMAND, see the top of github_test.go")
	}
	if f.Server == nil && args[0] != "start" && args[0] != "key" {
		ts.Fatalf("github %s: github start comes first", args[0])
	}
	if usage := commands[args[0]](ts, args[1:]); usage != "" {
		ts.Fatalf("usage: github %s", usage)
	}
}

func (f *forge) start(ts *testscript.TestScript, args []string) string {
	if f.Server != nil {
		ts.Fatalf("github start: there is one already")
	}
	o := forgetest.Options{State: &forgetest.State{}}
	for len(args) > 0 {
		switch {
		case args[0] == "-ghes":
			o.Enterprise = true
		case args[0] == "-state" && len(args) > 1:
			st, err := forgetest.Load([]byte(fill(ts, ts.ReadFile(args[1]))), filepath.Dir(ts.MkAbs(args[1])))
			ts.Check(err)
			o.State, args = st, args[1:]
		case args[0] == "-page" && len(args) > 1:
			n, err := strconv.Atoi(args[1])
			ts.Check(err)
			o.PageSize, args = n, args[1:]
		default:
			return "start [-state FILE] [-ghes] [-page N]"
		}
		args = args[1:]
	}
	now, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	o.Now = now
	if o.State.Tokens == nil {
		o.State.Tokens = map[string]*forgetest.Token{}
	}
	token := ""
	for secret, t := range o.State.Tokens {
		if t.Kind == "workflow" && (token == "" || secret < token) {
			token = secret
		}
	}
	if token == "" {
		token = "ghs_" + strings.Repeat("w", 36)
		o.State.Tokens[token] = &forgetest.Token{Kind: "workflow"}
	}
	s, err := forgetest.Start(o)
	ts.Check(err)
	f.Server = s
	ts.Defer(func() {
		s.Close()
		if v := s.Violations(); len(v) > 0 {
			f.t.Fatal("against GitHub's description:\n" + strings.Join(v, "\n"))
		}
	})
	ts.Setenv("GITHUB_API_URL", s.API())
	ts.Setenv("GITHUB_SERVER_URL", s.URL())
	ts.Setenv("GITHUB_TOKEN", token)
	if len(o.State.Repos) > 0 {
		f.repo = o.State.Repos[0].Name
		ts.Setenv("GITHUB_REPOSITORY", f.repo)
	}
	return ""
}

func (f *forge) actions(ts *testscript.TestScript, args []string) string {
	if len(args) > 0 {
		return "actions"
	}
	for name, v := range map[string]string{"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_RUN_ID": "9001", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_WORKFLOW": "mergeseal"} {
		ts.Setenv(name, v)
	}
	for name, file := range map[string]string{"GITHUB_OUTPUT": "github_output", "GITHUB_STEP_SUMMARY": "step_summary"} {
		path := ts.Getenv("WORK") + "/" + file
		ts.Check(os.WriteFile(path, nil, 0o600))
		ts.Setenv(name, path)
	}
	return ""
}

func (f *forge) event(ts *testscript.TestScript, args []string) string {
	if len(args) < 2 {
		return "event NAME FILE [KEY=VALUE...]"
	}
	e, err := f.Event(f.repo, args[0], pairs(ts, args[2:]))
	ts.Check(err)
	path := ts.MkAbs(args[1])
	ts.Check(os.WriteFile(path, e.Payload, 0o600))
	for name, v := range map[string]string{"NAME": e.Name, "PATH": path} {
		ts.Setenv("GITHUB_EVENT_"+name, v)
	}
	ts.Setenv("GITHUB_REF", e.Ref)
	ts.Setenv("GITHUB_SHA", e.SHA)
	ts.Setenv("GITHUB_ACTOR", e.Actor)
	return ""
}

func (f *forge) set(ts *testscript.TestScript, args []string) string {
	if len(args) != 2 {
		return "set POINTER JSON|@FILE"
	}
	ts.Check(f.Set(args[0], value(ts, args[1])))
	return ""
}

func (f *forge) push(ts *testscript.TestScript, args []string) string {
	if len(args) != 2 && len(args) != 3 {
		return "pr-push N REV [ACTOR]"
	}
	n, sha, actor := head(ts, args)
	ts.Check(f.Push(f.repo, n, sha, actor))
	return ""
}

func (f *forge) merge(ts *testscript.TestScript, args []string) string {
	if len(args) != 3 {
		return "merge N REV BY"
	}
	n, sha, by := head(ts, args)
	ts.Check(f.Merge(f.repo, n, sha, by))
	return ""
}

func (f *forge) after(ts *testscript.TestScript, args []string) string {
	const usage = "after METHOD PATH N set POINTER JSON, or after METHOD PATH N pr-push N REV [ACTOR]"
	if len(args) < 6 {
		return usage
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	method, path := star(args[0]), star(args[1])
	switch args[3] {
	case "set":
		f.AfterSet(method, path, n, args[4], value(ts, args[5]))
	case "pr-push":
		number, sha, actor := head(ts, args[4:])
		f.AfterPush(method, path, n, f.repo, number, sha, actor)
	default:
		return usage
	}
	return ""
}

func head(ts *testscript.TestScript, args []string) (number int64, sha, actor string) {
	number, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	if len(args) > 2 {
		actor = args[2]
	}
	return number, fill(ts, "<rev "+args[1]+">"), actor
}

func star(s string) string {
	if s == "*" {
		return ""
	}
	return s
}

func (f *forge) fault(ts *testscript.TestScript, args []string) string {
	late := len(args) > 0 && args[0] == "-late"
	if late {
		args = args[1:]
	}
	if len(args) < 3 {
		return "fault [-late] METHOD PATH KEY=VALUE..."
	}
	x := forgetest.Fault{Method: star(args[0]), Path: star(args[1]), Late: late, Headers: map[string]string{}}
	for key, v := range pairs(ts, args[2:]) {
		number := map[string]*int{"status": &x.Status, "times": &x.Times, "pass": &x.Pass, "truncate": &x.Truncate}[key]
		switch {
		case number != nil:
			n, err := strconv.Atoi(v)
			ts.Check(err)
			*number = n
		case key == "reset":
			x.Reset = true
		case key == "redirect":
			x.RedirectTo = v
		case key == "body":
			x.Body = v
		default:
			x.Headers[key] = v
		}
	}
	f.Fault(x)
	return ""
}

func (f *forge) clock(ts *testscript.TestScript, args []string) string {
	if len(args) != 1 {
		return "clock INSTANT"
	}
	now, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	f.SetNow(now)
	return ""
}

func (f *forge) journal(ts *testscript.TestScript, args []string) string {
	switch {
	case len(args) == 0:
		say(ts, f.Text(false))
	case slices.Equal(args, []string{"-writes"}):
		say(ts, f.Text(true))
	case slices.Equal(args, []string{"-counts"}):
		requests, writes := f.Counts()
		say(ts, fmt.Sprintf("%d requests\n%d writes\n", requests, writes))
	default:
		return "journal [-writes|-counts]"
	}
	return ""
}

func (f *forge) forget(_ *testscript.TestScript, _ []string) string {
	f.Forget()
	return ""
}

func (f *forge) dump(ts *testscript.TestScript, args []string) string {
	if len(args) != 1 {
		return "dump POINTER"
	}
	data, err := f.Get(args[0])
	ts.Check(err)
	var text string
	if json.Unmarshal(data, &text) == nil {
		say(ts, strings.TrimSuffix(text, "\n")+"\n")
	} else {
		say(ts, string(data))
	}
	return ""
}

func (f *forge) forgive(ts *testscript.TestScript, args []string) string {
	if len(args) != 1 {
		return "forgive TEXT"
	}
	if f.Forgive(args[0]) == 0 {
		ts.Fatalf("no violation holds %q; there are %q", args[0], f.Violations())
	}
	return ""
}

func key(ts *testscript.TestScript, args []string) string {
	if len(args) != 1 {
		return "key FILE"
	}
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	ts.Check(err)
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k)}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(block), 0o600))
	return ""
}

func say(ts *testscript.TestScript, text string) {
	_, err := ts.Stdout().Write([]byte(text))
	ts.Check(err)
}

// pairs reads KEY=VALUE words.
func pairs(ts *testscript.TestScript, words []string) map[string]string {
	out := map[string]string{}
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		out[k] = fill(ts, v)
	}
	return out
}

// value is JSON, or that of a file.
func value(ts *testscript.TestScript, word string) []byte {
	if file, named := strings.CutPrefix(word, "@"); named {
		word = ts.ReadFile(file)
	}
	return []byte(fill(ts, word))
}
