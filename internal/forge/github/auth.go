package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// Auth is how the client proves who it is: an App, or else a token.
type Auth struct {
	Token  string
	AppID  int64
	AppKey []byte // PEM, PKCS#1 or PKCS#8
}

// String tells the kind and nothing else.
func (a Auth) String() string {
	switch {
	case a.AppID != 0 || len(a.AppKey) > 0:
		return "an App"
	case a.Token != "":
		return "a token"
	}
	return "nothing"
}

// GoString is String: %#v shows no secret either.
func (a Auth) GoString() string { return a.String() }

// ErrNoAuth is a client without a token and without an App.
var ErrNoAuth = errors.New("no token: set GITHUB_TOKEN, or give --app-id and --app-key-file")

// authenticate checks what the client was given to prove who it is.
func (c *Client) authenticate() error {
	a := &c.auth
	a.Token = strings.TrimSpace(a.Token) // a secret's file ends in a newline
	c.keep(a.Token)
	c.keep(strings.TrimSpace(string(a.AppKey)))
	switch {
	case a.AppID < 0 || (a.AppID == 0) != (len(a.AppKey) == 0):
		return errors.New("authenticate as App: give its id and its key, --app-id and --app-key-file")
	case a.AppID != 0:
		key, err := parseKey(a.AppKey)
		if err != nil {
			return err
		}
		c.app.key = key
	case a.Token == "":
		return ErrNoAuth
	case strings.ContainsFunc(a.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("read the token: it holds a space or a character that no token has: set GITHUB_TOKEN again")
	}
	return nil
}

// below is the repository that a path of the API is about.
var below = regexp.MustCompile(`^repos/([^/?]+)/([^/?]+)`)

// bearer is what to send as authentication with a path.
func (c *Client) bearer(ctx context.Context, path string) (string, error) {
	if c.app.key == nil {
		return c.auth.Token, nil
	}
	var r Repo
	if m := below.FindStringSubmatch(path); m != nil {
		r = Repo{m[1], m[2]}
	}
	return c.installed(ctx, r)
}

// forget drops a token that was refused and can be made anew.
func (c *Client) forget(bearer string) bool {
	c.app.mu.Lock()
	defer c.app.mu.Unlock()
	if c.app.key == nil || c.app.token != bearer {
		return false
	}
	c.app.token = ""
	return true
}

// Token is what proves to git who we are: the token, or the one of the App's
// installation in a repository, which lives for minutes. Nobody may print it.
func (c *Client) Token(ctx context.Context, r Repo) (string, error) {
	return c.bearer(ctx, r.path())
}

// workflowLogin is who acts with a workflow's token, and actionsApp the id of
// the App behind it on github.com; elsewhere the App has another id.
const (
	workflowLogin = "github-actions[bot]"
	actionsApp    = 15368
)

// Identity is who our comments and checks are by.
type Identity struct {
	Login string // as it stands below our comments
	App   int64  // id of the App behind our checks, 0 where it is not known
}

// Self is who our comments and checks are by, asked for once. A token of an
// installation may ask only GraphQL; where it is refused that too, it is taken
// for a workflow's.
func (c *Client) Self(ctx context.Context, _ Repo) (Identity, error) {
	c.mu.Lock()
	known := c.self
	c.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	self, err := c.askSelf(ctx)
	if err != nil {
		return Identity{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.self = &self
	return self, nil
}

func (c *Client) askSelf(ctx context.Context) (Identity, error) {
	if c.app.key != nil {
		a, err := c.asApp(ctx, request{method: http.MethodGet, path: "app", wantJSON: true})
		if err != nil {
			return Identity{}, fmt.Errorf("ask who the App is: %w", err)
		}
		var app struct {
			ID   int64  `json:"id"`
			Slug string `json:"slug"`
		}
		if err := decode(a, &app); err != nil || app.Slug == "" || app.ID != c.auth.AppID {
			return Identity{}, fmt.Errorf("ask who the App is: %w", ErrUnavailable)
		}
		return Identity{app.Slug + "[bot]", app.ID}, nil
	}
	if strings.HasPrefix(c.auth.Token, "ghs_") {
		return c.viewer(ctx)
	}
	var user struct {
		Login string `json:"login"`
	}
	_, err := c.do(ctx, http.MethodGet, "user", nil, &user)
	if errors.Is(err, ErrForbidden) && !unauthorized(err) {
		return c.workflow(), nil
	}
	if err != nil {
		return Identity{}, fmt.Errorf("ask whose token it is: %w", err)
	}
	if user.Login == "" {
		return Identity{}, fmt.Errorf("ask whose token it is: %w", ErrUnavailable)
	}
	return Identity{Login: user.Login}, nil
}

// viewer asks whose the token of an installation is. GitHub tells it a bot's
// login: https://docs.github.com/en/graphql/reference/queries#viewer
func (c *Client) viewer(ctx context.Context) (Identity, error) {
	a, err := c.ask(ctx, request{method: http.MethodPost, path: graphql, wantJSON: true, harmless: true, body: map[string]string{"query": viewerQuery}})
	if refused(err) {
		return c.workflow(), nil
	}
	if err != nil {
		return Identity{}, fmt.Errorf("ask whose token it is: %w", err)
	}
	var got struct {
		Errors []struct{} `json:"errors"`
		Data   struct {
			Viewer struct {
				Login string `json:"login"`
			} `json:"viewer"`
		} `json:"data"`
	}
	if err := decode(a, &got); err != nil {
		return Identity{}, fmt.Errorf("ask whose token it is: %w", ErrUnavailable)
	}
	login := got.Data.Viewer.Login
	if len(got.Errors) > 0 || login == workflowLogin || !strings.HasSuffix(login, "[bot]") {
		return c.workflow(), nil
	}
	return Identity{Login: login}, nil
}

const viewerQuery = `query{viewer{login}}`

func (c *Client) workflow() Identity {
	id := Identity{Login: workflowLogin}
	if strings.TrimSuffix(c.base.String(), "/") == DefaultAPI {
		id.App = actionsApp
	}
	return id
}

// decode reads an answer's JSON.
func decode(a answer, into any) error { return json.Unmarshal(a.body, into) }
