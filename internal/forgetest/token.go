package forgetest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Token is who a token speaks for.
type Token struct {
	Kind         string            `json:"kind"`                   // workflow, user, installation
	Login        string            `json:"login,omitempty"`        // of a user
	Installation int64             `json:"installation,omitempty"` // of an App
	Repo         string            `json:"repo,omitempty"`         // of a workflow; "" is every one
	Permissions  map[string]string `json:"permissions,omitempty"`  // pull_requests: write, …; nil is the kind's default
	ReadOnly     bool              `json:"read_only,omitempty"`    // of a workflow run on a fork's pull request
	Expires      time.Time         `json:"expires,omitzero"`
}

// identity is who asks.
type identity struct {
	kind         string // "" is nobody, jwt is an App as itself
	login        string
	app          *App
	installation *Installation
	permissions  map[string]string // nil: what the login may
	readOnly     bool
	repo         string
}

func (w identity) String() string {
	switch {
	case w.kind == "":
		return "anonymous"
	case w.kind == "jwt":
		return "app/" + w.app.Slug
	}
	return w.login
}

// workflowPermissions are what the workflow of the documentation asks for.
func workflowPermissions() map[string]string {
	return map[string]string{"metadata": "read", "contents": "read", "pull_requests": "write", "checks": "write", "statuses": "write", "actions": "read"}
}

// refusal is a reason in GitHub's words.
type refusal string

func (r refusal) Error() string { return string(r) }

// who reads the credentials of a request; an error is GitHub's 401.
func (s *Server) who(r *http.Request) (identity, error) {
	h := r.Header.Get("Authorization")
	if h == "" {
		return identity{}, nil
	}
	scheme, secret, _ := strings.Cut(h, " ")
	switch strings.ToLower(scheme) {
	case "bearer", "token":
	case "basic":
		_, pass, ok := r.BasicAuth()
		if !ok {
			return identity{}, refusal("Bad credentials")
		}
		secret = pass
	default:
		return identity{}, refusal("Bad credentials")
	}
	if strings.Count(secret, ".") == 2 {
		return s.jwt(secret)
	}
	t := s.st.Tokens[secret]
	if t == nil {
		t = s.minted[secret]
	}
	if t == nil || !t.Expires.IsZero() && !s.now.Before(t.Expires) {
		return identity{}, refusal("Bad credentials")
	}
	id := identity{kind: t.Kind, login: t.Login, permissions: plain(t.Permissions), readOnly: t.ReadOnly, repo: t.Repo}
	switch t.Kind {
	case "user":
	case "workflow":
		id.login, id.app = ActionsBot, s.st.App(ActionsApp)
		if t.Permissions == nil {
			id.permissions = workflowPermissions()
		}
	case "installation":
		id.app, id.installation = s.st.installation(t.Installation)
		if id.app == nil || id.installation.Suspended {
			return identity{}, refusal("Bad credentials")
		}
		id.login = id.app.Slug + "[bot]"
		if t.Permissions == nil {
			id.permissions = plain(id.installation.Permissions)
		}
		if id.permissions == nil {
			id.permissions = map[string]string{}
		}
	default:
		return identity{}, refusal("the fake knows no token of kind " + t.Kind)
	}
	return id, nil
}

// plain spells permissions as the API does, whichever way a workflow does.
func plain(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	out := map[string]string{"metadata": "read"}
	for k, v := range m {
		out[strings.ReplaceAll(k, "-", "_")] = v
	}
	return out
}

// jwt verifies an App's own token. RS256, at most ten minutes ahead, not made
// in the future, issuer the App's id:
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
func (s *Server) jwt(text string) (identity, error) {
	var app *App
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation()).ParseWithClaims(text, claims, func(*jwt.Token) (any, error) {
		iss := fmt.Sprint(claims["iss"])
		if f, ok := claims["iss"].(float64); ok {
			iss = strconv.FormatInt(int64(f), 10)
		}
		n, err := strconv.ParseInt(iss, 10, 64)
		if err != nil {
			return nil, refusal("'Issuer' claim ('iss') must be an Integer")
		}
		if app = s.st.App(n); app == nil || app.PublicKey == "" {
			return nil, refusal("Integration not found")
		}
		if key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(app.PublicKey)); err == nil {
			return &key.PublicKey, nil
		}
		return jwt.ParseRSAPublicKeyFromPEM([]byte(app.PublicKey))
	})
	if err != nil {
		return identity{}, refusal("A JSON web token could not be decoded: " + err.Error())
	}
	exp, err := claims.GetExpirationTime()
	if err != nil || exp == nil {
		return identity{}, refusal("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	}
	if !exp.After(s.now) {
		return identity{}, refusal("'Expiration time' claim ('exp') is too old")
	}
	if exp.After(s.now.Add(10 * time.Minute)) {
		return identity{}, refusal("'Expiration time' claim ('exp') is too far in the future")
	}
	iat, err := claims.GetIssuedAt()
	if err != nil || iat == nil || iat.After(s.now) {
		return identity{}, refusal("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	}
	return identity{kind: "jwt", app: app}, nil
}
