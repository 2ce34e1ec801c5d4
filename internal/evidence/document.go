package evidence

import (
	"regexp"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
)

// branchForm wants the full name: a short one could be a tag's.
var branchForm = regexp.MustCompile(`^refs/heads/[^\s]+$`)

func (f *file) document(root node, d *Document) {
	var version int64
	f.object(root, "", fields{
		"version":      f.number(&version, 1),
		"pull_request": func(n node, path string) { f.pullRequest(n, path, &d.PullRequest) },
		"reviews":      func(n node, path string) { f.reviews(n, path, d) },
	}, fields{
		"repository":         f.text(&d.Repository, repositoryForm, "write owner/name, such as acme/shop"),
		"teams":              func(n node, path string) { f.teams(n, path, d) },
		"open_pull_requests": func(n node, path string) { f.open(n, path, d) },
	})
	d.Version = int(version)
}

func (f *file) pullRequest(n node, path string, p *PullRequest) {
	f.object(n, path, fields{
		"author":  f.into(&p.Author),
		"head":    f.sha(&p.Head),
		"commits": func(n node, path string) { f.commits(n, path, p) },
	}, fields{
		"number":    f.number(&p.Number, 1),
		"base_ref":  f.text(&p.BaseRef, branchForm, "write the full name, such as refs/heads/main"),
		"base":      f.sha(&p.Base),
		"draft":     f.truth(&p.Draft),
		"labels":    f.texts(&p.Labels),
		"pushed_by": f.logins(&p.Pushers),

		"base_changed_at": f.into(&p.BaseChangedAt),
	})
}

func (f *file) commits(n node, path string, p *PullRequest) {
	seen := map[string]bool{}
	f.list(n, path, func(n node, path string) {
		var c Commit
		f.object(n, path, fields{
			"sha":       f.sha(&c.SHA),
			"author":    f.account(&c.Author),
			"committer": f.account(&c.Committer),
		}, fields{
			"co_authors": f.logins(&c.CoAuthors),
		})
		f.once(seen, n, path, c.SHA)
		p.Commits = append(p.Commits, c)
	})
}

// once refuses an entry whose name was there before. The name "" is one that
// could not be read.
func (f *file) once(seen map[string]bool, n node, path, name string) {
	if name != "" && seen[name] {
		f.add("MS120", "keep one of the two", n.from, n.to, "%s: %s is listed twice", path, diag.Quote(name))
	}
	seen[name] = true
}

func (f *file) reviews(n node, path string, d *Document) {
	seen := map[string]bool{}
	f.list(n, path, func(n node, path string) {
		var r Review
		f.object(n, path, fields{
			"id":           f.number(&r.ID, 1),
			"by":           f.into(&r.By),
			"type":         f.text(&r.Type, nil, ""),
			"permission":   f.into(&r.Permission),
			"state":        f.into(&r.State),
			"commit":       f.sha(&r.Commit),
			"submitted_at": f.into(&r.SubmittedAt),
		}, nil)
		f.once(seen, n, path, digits(r.ID))
		d.Reviews = append(d.Reviews, r)
	})
}

// teams: two spellings of one team would let the order of keys decide.
func (f *file) teams(n node, path string, d *Document) {
	if n.shape != object {
		f.wrong(n, path, "an object")
		return
	}
	d.Teams = map[string]Team{}
	seen := map[string]bool{}
	for _, k := range n.keys {
		if !teamForm.MatchString(k.name) {
			f.add("MS104", "write organisation/team, such as acme/change-advisory", k.from, k.to, "%s is not a team", diag.Quote(k.name))
			continue
		}
		f.once(seen, node{from: k.from, to: k.to}, path, field.Fold(k.name))
		var t Team
		f.object(k.value, join(path, k.name), fields{"members": f.logins(&t.Members)}, nil)
		d.Teams[k.name] = t
	}
}

func (f *file) open(n node, path string, d *Document) {
	seen := map[string]bool{}
	f.list(n, path, func(n node, path string) {
		var o Open
		f.object(n, path, fields{
			"number": f.number(&o.Number, 1),
			"head":   f.sha(&o.Head),
		}, fields{
			"records": f.texts(&o.Records),
		})
		f.once(seen, n, path, digits(o.Number))
		d.OpenPullRequests = append(d.OpenPullRequests, o)
	})
}
