package forgetest

import (
	"encoding/json"
	"time"
)

// State is everything the fake knows. Its JSON form is fake.json of a script.
// What is left out gets a default when a server takes the state over: ids,
// instants, the default branch main, an account for every login that is named.
type State struct {
	Repos  []*Repo           `json:"repos"`
	Users  []*User           `json:"users,omitempty"`
	Teams  []*Team           `json:"teams,omitempty"`
	Apps   []*App            `json:"apps,omitempty"`
	Tokens map[string]*Token `json:"tokens,omitempty"` // by the token itself
	Faults []*Fault          `json:"faults,omitempty"`
	NextID int64             `json:"next_id,omitempty"` // of whatever is made next
}

// User is an account.
type User struct {
	Login   string   `json:"login"`
	ID      int64    `json:"id"`
	Type    string   `json:"type,omitempty"` // User (default), Bot, Organization
	Emails  []string `json:"emails,omitempty"`
	Members []string `json:"members,omitempty"` // of an organisation
}

// Team is a team of an organisation.
type Team struct {
	Org     string   `json:"org"`
	Slug    string   `json:"slug"`
	ID      int64    `json:"id"`
	Members []string `json:"members,omitempty"`
}

// App is a GitHub App and where it is installed.
type App struct {
	ID            int64           `json:"id"`
	Slug          string          `json:"slug"`
	PublicKey     string          `json:"public_key,omitempty"` // PEM; a private key serves as well
	KeyFile       string          `json:"key_file,omitempty"`   // instead of it, read by Load
	Installations []*Installation `json:"installations,omitempty"`
}

// Installation is one installation of an App.
type Installation struct {
	ID          int64             `json:"id"`
	Account     string            `json:"account"`
	Repos       []string          `json:"repos,omitempty"`       // full names; none is all of the account
	Permissions map[string]string `json:"permissions,omitempty"` // checks: write, …
	Suspended   bool              `json:"suspended,omitempty"`
}

// Repo is a repository.
type Repo struct {
	ID            int64             `json:"id"`
	Name          string            `json:"name"` // owner/name
	Private       bool              `json:"private,omitempty"`
	DefaultBranch string            `json:"default_branch,omitempty"`
	Git           string            `json:"git,omitempty"`         // folder of a repository that fills ours
	Permissions   map[string]string `json:"permissions,omitempty"` // role by login: read, triage, write, maintain, admin or a custom one
	Roles         map[string]string `json:"roles,omitempty"`       // the built-in role below a custom one
	Branches      []*Branch         `json:"branches,omitempty"`
	Refs          map[string]string `json:"refs,omitempty"` // others: refs/tags/v1
	Rulesets      []*Ruleset        `json:"rulesets,omitempty"`
	Pulls         []*Pull           `json:"pulls,omitempty"`
	Commits       []*Commit         `json:"commits,omitempty"` // those not listed with a pull request
	Checks        []*Check          `json:"checks,omitempty"`
	Statuses      []*Status         `json:"statuses,omitempty"` // oldest first
	Labels        []*Label          `json:"labels,omitempty"`
	Activity      []*Activity       `json:"activity,omitempty"` // oldest first
	Deployments   []*Deployment     `json:"deployments,omitempty"`
	Environments  []*Environment    `json:"environments,omitempty"`
	Workflows     []*Workflow       `json:"workflows,omitempty"`
	Runs          []*Run            `json:"runs,omitempty"`
	Contents      []*Content        `json:"contents,omitempty"`
	Generous      bool              `json:"generous,omitempty"`  // workflows that ask for nothing may write
	Approving     bool              `json:"approving,omitempty"` // workflows may approve pull requests
}

// Branch is a branch. Protection is GitHub's own object, absent if there is none.
type Branch struct {
	Name       string          `json:"name"`
	SHA        string          `json:"sha"`
	Protection json.RawMessage `json:"protection,omitempty"`
}

// Ruleset is a set of rules; Rules and BypassActors are GitHub's own objects.
type Ruleset struct {
	ID           int64             `json:"id"`
	Name         string            `json:"name"`
	Enforcement  string            `json:"enforcement,omitempty"` // active (default), evaluate, disabled
	Source       string            `json:"source,omitempty"`      // the repository (default) or an organisation
	Branches     []string          `json:"branches,omitempty"`    // names it is in force for; none is all
	Rules        []json.RawMessage `json:"rules,omitempty"`
	BypassActors []json.RawMessage `json:"bypass_actors,omitempty"`
}

// Pull is a pull request. Commits and Files that are left out come from git.
type Pull struct {
	Number         int64      `json:"number"`
	ID             int64      `json:"id"`
	Title          string     `json:"title,omitempty"`
	Body           string     `json:"body,omitempty"`
	State          string     `json:"state,omitempty"` // open (default), closed
	Draft          bool       `json:"draft,omitempty"`
	Locked         bool       `json:"locked,omitempty"`
	Author         string     `json:"author"`
	Base           string     `json:"base,omitempty"` // branch
	BaseSHA        string     `json:"base_sha,omitempty"`
	Branch         string     `json:"branch,omitempty"`    // of the head
	Fork           string     `json:"fork,omitempty"`      // owner/name of the head, if another repository
	NoFork         bool       `json:"no_fork,omitempty"`   // the fork was deleted
	SHA            string     `json:"sha"`                 // of the head
	Labels         []string   `json:"labels,omitempty"`    // by name
	Requested      []string   `json:"requested,omitempty"` // reviewers
	RequestedTeams []string   `json:"requested_teams,omitempty"`
	Commits        []*Commit  `json:"commits,omitempty"`
	Files          []*File    `json:"files,omitempty"`
	Reviews        []*Review  `json:"reviews,omitempty"`
	Comments       []*Comment `json:"comments,omitempty"`
	Events         []*Event   `json:"events,omitempty"`
	MergedBy       string     `json:"merged_by,omitempty"`
	MergeSHA       string     `json:"merge_sha,omitempty"`
	CreatedAt      time.Time  `json:"created_at,omitzero"`
	MergedAt       time.Time  `json:"merged_at,omitzero"`
}

// Commit is a commit; an empty author or committer has no account.
type Commit struct {
	SHA       string   `json:"sha"`
	Author    string   `json:"author,omitempty"`
	Committer string   `json:"committer,omitempty"`
	Message   string   `json:"message,omitempty"`
	Parents   []string `json:"parents,omitempty"`
	Tree      string   `json:"tree,omitempty"`
}

// File is one changed file.
type File struct {
	Name     string `json:"name"`
	Status   string `json:"status,omitempty"` // modified (default), added, removed, renamed
	Previous string `json:"previous,omitempty"`
}

// Review is a review. User "" is an account that is gone.
type Review struct {
	ID     int64     `json:"id"`
	User   string    `json:"user"`
	State  string    `json:"state"` // APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED, PENDING
	Commit string    `json:"commit,omitempty"`
	Body   string    `json:"body,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Comment is a comment below a pull request.
type Comment struct {
	ID   int64     `json:"id"`
	User string    `json:"user"`
	App  int64     `json:"app,omitempty"`
	Body string    `json:"body"`
	At   time.Time `json:"at,omitzero"`
	Last time.Time `json:"last,omitzero"` // update
}

// Check is a check run.
type Check struct {
	ID          int64             `json:"id"`
	Name        string            `json:"name"`
	SHA         string            `json:"sha"`
	App         int64             `json:"app"`
	Status      string            `json:"status"`
	Conclusion  string            `json:"conclusion,omitempty"`
	ExternalID  string            `json:"external_id,omitempty"`
	DetailsURL  string            `json:"details_url,omitempty"`
	Title       string            `json:"title,omitempty"`
	Summary     string            `json:"summary,omitempty"`
	Text        string            `json:"text,omitempty"`
	Annotations []json.RawMessage `json:"annotations,omitempty"`
	StartedAt   time.Time         `json:"started_at,omitzero"`
	CompletedAt time.Time         `json:"completed_at,omitzero"`
}

// Status is a commit status.
type Status struct {
	ID          int64     `json:"id"`
	SHA         string    `json:"sha"`
	Context     string    `json:"context"`
	State       string    `json:"state"`
	Description string    `json:"description,omitempty"`
	TargetURL   string    `json:"target_url,omitempty"`
	Creator     string    `json:"creator,omitempty"`
	At          time.Time `json:"at,omitzero"`
}

// Label is a label of a repository.
type Label struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Color       string `json:"color,omitempty"`
	Description string `json:"description,omitempty"`
}

// Activity is one push or the like.
type Activity struct {
	ID     int64     `json:"id"`
	Actor  string    `json:"actor"`
	Kind   string    `json:"kind,omitempty"` // push (default), force_push, branch_creation, …
	Ref    string    `json:"ref"`            // refs/heads/…
	Before string    `json:"before"`
	After  string    `json:"after"`
	At     time.Time `json:"at,omitzero"`
}

// Deployment is a deployment with what became of it, oldest first.
type Deployment struct {
	ID          int64               `json:"id"`
	SHA         string              `json:"sha"`
	Ref         string              `json:"ref,omitempty"`
	Environment string              `json:"environment,omitempty"`
	Task        string              `json:"task,omitempty"`
	Description string              `json:"description,omitempty"`
	Payload     json.RawMessage     `json:"payload,omitempty"`
	Creator     string              `json:"creator,omitempty"`
	Statuses    []*DeploymentStatus `json:"statuses,omitempty"`
	At          time.Time           `json:"at,omitzero"`
}

// DeploymentStatus is one step of a deployment.
type DeploymentStatus struct {
	ID          int64     `json:"id"`
	State       string    `json:"state"`
	Description string    `json:"description,omitempty"`
	LogURL      string    `json:"log_url,omitempty"`
	Creator     string    `json:"creator,omitempty"`
	At          time.Time `json:"at,omitzero"`
}

// Environment is where deployments go. Rules and Gates are GitHub's own objects.
type Environment struct {
	ID    int64             `json:"id"`
	Name  string            `json:"name"`
	Rules []json.RawMessage `json:"rules,omitempty"`
	Gates []json.RawMessage `json:"gates,omitempty"` // custom deployment protection rules
}

// Workflow is a workflow file.
type Workflow struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Path  string `json:"path"`
	State string `json:"state,omitempty"`
}

// Run is a run of a workflow. Pulls is empty for a fork's, as on GitHub.
type Run struct {
	ID         int64         `json:"id"`
	Workflow   int64         `json:"workflow,omitempty"`
	Name       string        `json:"name,omitempty"`
	Event      string        `json:"event"`
	Status     string        `json:"status,omitempty"`
	Conclusion string        `json:"conclusion,omitempty"`
	Branch     string        `json:"branch,omitempty"`
	SHA        string        `json:"sha"`
	Fork       string        `json:"fork,omitempty"` // owner/name of the head, if another repository
	Actor      string        `json:"actor,omitempty"`
	Pulls      []int64       `json:"pulls,omitempty"`
	Gates      []*GateReview `json:"gates,omitempty"` // what custom protection rules answered
}

// GateReview is the answer of a custom deployment protection rule.
type GateReview struct {
	App         int64  `json:"app"`
	Environment string `json:"environment"`
	State       string `json:"state"`
	Comment     string `json:"comment,omitempty"`
}

// Content is a file at a ref; ref "" is the default branch. Where there is
// none, git is asked.
type Content struct {
	Path string `json:"path"`
	Ref  string `json:"ref,omitempty"`
	Text string `json:"text"`
}
