package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/net/http/httpproxy"

	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/render"
)

// forgeFlags are the flags of commands that ask a forge.
type forgeFlags struct {
	API        string
	Wait       time.Duration
	AppID      int64
	AppKeyFile string
}

func (o *forgeFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.API, "api-url", "", "address of the forge's API (default: GITHUB_API_URL, else https://api.github.com)")
	f.DurationVar(&o.Wait, "api-wait", 30*time.Second, "longest time to wait for the API in all, when it is busy or broken")
	f.Int64Var(&o.AppID, "app-id", 0, "GitHub App to act as (default: MERGESEAL_APP_ID, else the token in GITHUB_TOKEN or GH_TOKEN)")
	f.StringVar(&o.AppKeyFile, "app-key-file", "", "private key of the App (default: MERGESEAL_APP_KEY_FILE, or the key itself in MERGESEAL_APP_KEY)")
}

// forge is one repository of one forge, and how to talk to it.
type forge struct {
	client *github.Client
	repo   github.Repo
	server string // where its people and git go: https://github.com
	wire   http.RoundTripper
}

// forge connects to the repository's forge. Addresses and secrets come from
// flags and the environment, never from a file of a repository (T17).
func (g *global) forge(o forgeFlags, slug string) (*forge, error) {
	repo, err := github.ParseRepo(slug)
	if err != nil {
		return nil, usagef("%w", err)
	}
	if o.API == "" {
		o.API = strings.TrimSuffix(g.env.Getenv("GITHUB_API_URL"), "/")
	}
	auth, err := g.forgeAuth(o)
	if err != nil {
		return nil, err
	}
	proxy := g.proxy()
	wire, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, failed(fmt.Errorf("make transport: Go's own is a %T", http.DefaultTransport))
	}
	wire = wire.Clone()
	wire.Proxy = proxy
	now, err := g.running()
	if err != nil {
		return nil, err
	}
	if o.Wait <= 0 {
		o.Wait = -1 // none; the client takes zero for its default
	}
	client, err := github.New(github.Options{
		API: o.API, Auth: auth, Proxy: proxy, Wait: o.Wait, Now: now, Sleep: g.env.Sleep, Random: g.env.Random,
		Agent: "mergeseal/" + g.env.Version, Log: g.progress,
	})
	if err != nil {
		return nil, usagef("%w", err)
	}
	return &forge{client: client, repo: repo, server: g.server(o.API), wire: wire}, nil
}

// proxy reads the variables that other programs read.
func (g *global) proxy() func(*http.Request) (*url.URL, error) {
	env := func(name string) string { return first(g.env.Getenv, name, strings.ToLower(name)) }
	c := httpproxy.Config{HTTPProxy: env("HTTP_PROXY"), HTTPSProxy: env("HTTPS_PROXY"), NoProxy: env("NO_PROXY"), CGI: g.env.Getenv("REQUEST_METHOD") != ""}
	choose := c.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }
}

// server is where git goes: GITHUB_SERVER_URL, else what belongs to the API.
func (g *global) server(api string) string {
	if s := g.env.Getenv("GITHUB_SERVER_URL"); s != "" {
		return strings.TrimSuffix(s, "/")
	}
	u, err := url.Parse(api)
	if api == "" || err != nil || u.Host == "api.github.com" {
		return "https://github.com"
	}
	return u.Scheme + "://" + strings.TrimPrefix(u.Host, "api.")
}

// remote is where the repository's commits are.
func (f *forge) remote(ctx context.Context) (gitrepo.Remote, error) {
	token, err := f.client.Token(ctx, f.repo)
	if err != nil {
		return gitrepo.Remote{}, fmt.Errorf("authenticate for git: %w", err)
	}
	return gitrepo.Remote{URL: f.server + "/" + f.repo.String() + ".git", Token: token, Client: f.wire}, nil
}

// progress is said to people who wait at a terminal, and to those who asked.
func (g *global) progress(line string) {
	if !g.quiet && (g.verbose || g.env.Terminals.Err) {
		g.warn("%s", line)
	}
}

// warn says on stderr what a person should know beside the result.
func (g *global) warn(format string, args ...any) {
	if !g.quiet {
		fmt.Fprintf(g.env.Stderr, "mergeseal: %s\n", render.Plain(fmt.Sprintf(format, args...)))
	}
}
