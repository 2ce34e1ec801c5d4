package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
)

// desk is where pull requests of one repository are judged.
type desk struct {
	*forge
	g      *global
	o      checkOptions
	place  *place
	mirror *gitrepo.Mirror
	target judge.Target  // what all have in common
	posted []github.Rung // where each verdict went, in order
}

// desk opens the clone around the folder, if there is one, and connects.
func (g *global) desk(ctx context.Context, o checkOptions) (*desk, error) {
	w, err := g.open()
	if err != nil {
		return nil, err
	}
	d := &desk{g: g, o: o, place: w}
	if err := d.connect(ctx); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *desk) connect(ctx context.Context) error {
	now, replay, err := d.g.clock()
	if err != nil {
		return err
	}
	slug, err := d.g.slug(d.place)
	if err != nil {
		return err
	}
	if d.forge, err = d.g.forge(d.o.Forge, slug); err != nil {
		return err
	}
	remote, err := d.remote(ctx)
	if err != nil {
		return failed(err)
	}
	if d.mirror, err = gitrepo.NewMirror("", d.place.repo, remote); err != nil {
		return failed(err)
	}
	d.target = d.place.target(d.o.Timeout)
	d.target.Repo, d.target.Folder = d.mirror.Repo(), nil
	if d.target.Builtin, err = builtin(); err != nil {
		return failed(err)
	}
	if d.target.Extra, err = d.g.policyDirs(d.o.PolicyDirs); err != nil {
		return err
	}
	d.target.Now, d.target.Replay, d.target.Tool, d.target.Repository = now, replay, d.g.env.Version, d.repo.String()
	return nil
}

func (d *desk) close() {
	if d.mirror != nil {
		if err := d.mirror.Close(); err != nil {
			d.g.warn("a temporary folder is left behind: %v", err)
		}
	}
	d.place.close()
}

// sshForm is the short way to write an address of SSH.
var sshForm = regexp.MustCompile(`^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:(.*)$`)

// slug is the repository that is asked for: GITHUB_REPOSITORY, or what the
// clone came from. It says where to ask and nothing more.
func (g *global) slug(w *place) (string, error) {
	if s := g.env.Getenv("GITHUB_REPOSITORY"); s != "" {
		return s, nil
	}
	if w.repo != nil {
		at := w.repo.RemoteURL()
		if m := sshForm.FindStringSubmatch(at); m != nil {
			at = m[1]
		} else if u, err := url.Parse(at); err == nil {
			at = u.Path
		}
		parts := strings.Split(strings.TrimSuffix(strings.Trim(at, "/"), ".git"), "/")
		if n := len(parts); n >= 2 && !filepath.IsAbs(w.repo.RemoteURL()) {
			return parts[n-2] + "/" + parts[n-1], nil
		}
	}
	return "", usagef("which repository is asked? set GITHUB_REPOSITORY to owner/name")
}

var errClosed = errors.New("it is closed")

// open reads a pull request that can still be merged.
func (d *desk) open(ctx context.Context, number int64) (github.PullRequest, error) {
	pr, err := d.client.PullRequest(ctx, d.repo, number)
	if err != nil {
		return pr, failed(fmt.Errorf("read pull request %d: %w", number, err))
	}
	if pr.State != "open" {
		return pr, usagef("pull request %d: %w", number, errClosed)
	}
	return pr, nil
}

// save keeps the evidence for a replay. With several pull requests each has a
// file of its own.
func (d *desk) save(o order, doc *evidence.Document) error {
	if d.o.SaveEvidence == "" {
		return nil
	}
	file := d.o.SaveEvidence
	if o.group != nil || d.o.PR == 0 {
		ext := filepath.Ext(file)
		file = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(file, ext), o.pr.Number, ext)
	}
	b, err := doc.JSON()
	if err == nil {
		err = writeFile(d.g.abs(file), func(w io.Writer) error { _, err := w.Write(b); return err })
	}
	if err != nil {
		return failed(fmt.Errorf("save evidence: %w", err))
	}
	return nil
}
