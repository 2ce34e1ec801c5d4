package forgetest

import (
	"slices"
	"strings"
)

// ActionsApp is the App that GitHub Actions writes as.
const ActionsApp = 15368

// ActionsBot is the account of the workflow token.
const ActionsBot = "github-actions[bot]"

// Repo finds a repository by owner/name; nil if there is none.
func (st *State) Repo(name string) *Repo {
	for _, r := range st.Repos {
		if strings.EqualFold(r.Name, name) {
			return r
		}
	}
	return nil
}

// User finds an account by its login; nil if there is none.
func (st *State) User(login string) *User {
	for _, u := range st.Users {
		if strings.EqualFold(u.Login, login) {
			return u
		}
	}
	return nil
}

// Team finds a team; nil if there is none.
func (st *State) Team(org, slug string) *Team {
	for _, t := range st.Teams {
		if strings.EqualFold(t.Org, org) && strings.EqualFold(t.Slug, slug) {
			return t
		}
	}
	return nil
}

// App finds an App by its id; nil if there is none.
func (st *State) App(id int64) *App {
	for _, a := range st.Apps {
		if a.ID == id {
			return a
		}
	}
	return nil
}

func (st *State) installation(id int64) (*App, *Installation) {
	for _, a := range st.Apps {
		for _, i := range a.Installations {
			if i.ID == id {
				return a, i
			}
		}
	}
	return nil, nil
}

// covers reports whether an installation has a repository.
func (i *Installation) covers(repo string) bool {
	if len(i.Repos) > 0 {
		return slices.ContainsFunc(i.Repos, func(r string) bool { return strings.EqualFold(r, repo) })
	}
	return strings.EqualFold(i.Account, owner(repo))
}

func owner(repo string) string {
	o, _, _ := strings.Cut(repo, "/")
	return o
}

func base(repo string) string {
	_, n, _ := strings.Cut(repo, "/")
	return n
}

// Pull finds a pull request; nil if there is none.
func (r *Repo) Pull(number int64) *Pull {
	for _, p := range r.Pulls {
		if p.Number == number {
			return p
		}
	}
	return nil
}

// Branch finds a branch; nil if there is none.
func (r *Repo) Branch(name string) *Branch {
	for _, b := range r.Branches {
		if b.Name == name {
			return b
		}
	}
	return nil
}

// Label finds a label; nil if there is none. GitHub folds their case.
func (r *Repo) Label(name string) *Label {
	for _, l := range r.Labels {
		if strings.EqualFold(l.Name, name) {
			return l
		}
	}
	return nil
}

// commit finds a commit that the state names; nil if it names none.
func (r *Repo) commit(sha string) *Commit {
	for _, c := range r.Commits {
		if c.SHA == sha {
			return c
		}
	}
	for _, p := range r.Pulls {
		for _, c := range p.Commits {
			if c.SHA == sha {
				return c
			}
		}
	}
	return nil
}

// role is what a login may do in a repository, as its name and as one of the
// four permissions GitHub folds roles to:
// https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
func (r *Repo) role(login string) (name, permission string) {
	name = "none"
	if !r.Private {
		name = "read"
	}
	if strings.EqualFold(login, owner(r.Name)) {
		name = "admin"
	}
	for l, p := range r.Permissions {
		if strings.EqualFold(l, login) {
			name = p
		}
	}
	built := name
	if b := r.Roles[name]; b != "" {
		built = b
	}
	switch built {
	case "admin", "read", "write":
		permission = built
	case "maintain":
		permission = "write"
	case "triage":
		permission = "read"
	default:
		permission = "none"
	}
	return name, permission
}

// rank orders permissions and levels of access.
func rank(permission string) int {
	return slices.Index([]string{"none", "read", "write", "admin"}, permission)
}
