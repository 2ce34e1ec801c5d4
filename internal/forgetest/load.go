package forgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Load reads a state from JSON. Files it names are relative to dir.
func Load(data []byte, dir string) (*State, error) {
	st := &State{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(st); err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	for _, a := range st.Apps {
		if a.KeyFile == "" {
			continue
		}
		pem, err := os.ReadFile(under(dir, a.KeyFile))
		if err != nil {
			return nil, fmt.Errorf("read key of App %d: %w", a.ID, err)
		}
		a.PublicKey, a.KeyFile = string(pem), ""
	}
	for _, r := range st.Repos {
		if r.Git != "" {
			r.Git = under(dir, r.Git)
		}
	}
	return st, nil
}

func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// id is that of the next thing that is made.
func (st *State) id() int64 {
	st.NextID = max(st.NextID, 1000) + 1
	return st.NextID
}

// settle fills in what a state leaves out.
func (st *State) settle(now time.Time) {
	if st.App(ActionsApp) == nil {
		st.Apps = append(st.Apps, &App{ID: ActionsApp, Slug: "github-actions"})
	}
	for _, a := range st.Apps {
		st.account(a.Slug+"[bot]", "Bot")
		for _, i := range a.Installations {
			ensure(&i.ID, st)
			st.account(i.Account, "Organization")
		}
	}
	for _, t := range st.Teams {
		ensure(&t.ID, st)
		o := st.account(t.Org, "Organization")
		for _, m := range t.Members {
			st.account(m, "User")
			if !slices.Contains(o.Members, m) {
				o.Members = append(o.Members, m)
			}
		}
	}
	for _, t := range st.Tokens {
		st.account(t.Login, "User")
	}
	for _, r := range st.Repos {
		st.settleRepo(r, now)
	}
	for _, u := range st.Users {
		ensure(&u.ID, st)
		orElse(&u.Type, "User")
	}
}

func (st *State) settleRepo(r *Repo, now time.Time) {
	ensure(&r.ID, st)
	orElse(&r.DefaultBranch, "main")
	st.account(owner(r.Name), "Organization")
	for _, login := range sorted(r.Permissions) {
		st.account(login, "User")
	}
	for _, p := range r.Pulls {
		st.settlePull(r, p, now)
	}
	for _, c := range r.Commits {
		st.account(c.Author, "User")
		st.account(c.Committer, "User")
	}
	for _, c := range r.Checks {
		ensure(&c.ID, st)
		instant(&c.StartedAt, now)
		if c.Status == "completed" {
			instant(&c.CompletedAt, now)
		}
	}
	for _, s := range r.Statuses {
		ensure(&s.ID, st)
		instant(&s.At, now)
		st.account(s.Creator, "User")
	}
	for _, l := range r.Labels {
		ensure(&l.ID, st)
	}
	for _, a := range r.Activity {
		ensure(&a.ID, st)
		orElse(&a.Kind, "push")
		instant(&a.At, now)
		st.account(a.Actor, "User")
	}
	for _, d := range r.Deployments {
		ensure(&d.ID, st)
		instant(&d.At, now)
		st.account(d.Creator, "User")
		for _, s := range d.Statuses {
			ensure(&s.ID, st)
			instant(&s.At, now)
			st.account(s.Creator, "User")
		}
	}
	for _, x := range r.Rulesets {
		ensure(&x.ID, st)
		orElse(&x.Enforcement, "active")
		orElse(&x.Source, r.Name)
	}
	for _, e := range r.Environments {
		ensure(&e.ID, st)
	}
	for _, w := range r.Workflows {
		ensure(&w.ID, st)
		orElse(&w.State, "active")
	}
	for _, x := range r.Runs {
		ensure(&x.ID, st)
		orElse(&x.Status, "completed")
		st.account(x.Actor, "User")
		st.account(owner(x.Fork), "User")
	}
}

func (st *State) settlePull(r *Repo, p *Pull, now time.Time) {
	ensure(&p.ID, st)
	orElse(&p.State, "open")
	orElse(&p.Title, fmt.Sprintf("Pull request %d", p.Number))
	orElse(&p.Base, r.DefaultBranch)
	orElse(&p.Branch, fmt.Sprintf("branch-%d", p.Number))
	instant(&p.CreatedAt, now)
	st.account(p.Author, "User")
	st.account(owner(p.Fork), "User")
	if b := r.Branch(p.Base); b != nil {
		orElse(&p.BaseSHA, b.SHA)
	}
	if p.MergedBy != "" {
		p.State = "closed"
		instant(&p.MergedAt, now)
	}
	for _, c := range p.Commits {
		st.account(c.Author, "User")
		st.account(c.Committer, "User")
	}
	for _, v := range p.Reviews {
		ensure(&v.ID, st)
		orElse(&v.Commit, p.SHA)
		instant(&v.At, now)
		st.account(v.User, "User")
	}
	for _, c := range p.Comments {
		ensure(&c.ID, st)
		instant(&c.At, now)
		instant(&c.Last, c.At)
		st.account(c.User, "User")
	}
	for _, name := range p.Labels {
		st.label(r, name)
	}
}

// label finds a label or makes it, as GitHub does when one is put on.
func (st *State) label(r *Repo, name string) *Label {
	l := r.Label(name)
	if l == nil {
		l = &Label{ID: st.id(), Name: name}
		r.Labels = append(r.Labels, l)
	}
	return l
}

// account finds an account or makes it; nil for "".
func (st *State) account(login, kind string) *User {
	if login == "" {
		return nil
	}
	if u := st.User(login); u != nil {
		return u
	}
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	u := &User{Login: login, ID: st.id(), Type: kind}
	st.Users = append(st.Users, u)
	return u
}

func ensure(id *int64, st *State) {
	if *id == 0 {
		*id = st.id()
	}
}

func orElse(s *string, otherwise string) {
	if *s == "" {
		*s = otherwise
	}
}

func instant(t *time.Time, otherwise time.Time) {
	if t.IsZero() {
		*t = otherwise
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
