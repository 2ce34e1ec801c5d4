package cli

import (
	"os"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/forge/github"
)

// forgeAuth finds out who we are. An App that is named goes before a token.
func (g *global) forgeAuth(o forgeFlags) (github.Auth, error) {
	a := github.Auth{AppID: o.AppID, Token: strings.TrimSpace(first(g.env.Getenv, "GITHUB_TOKEN", "GH_TOKEN"))}
	if id := g.env.Getenv("MERGESEAL_APP_ID"); a.AppID == 0 && id != "" {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return a, usagef("MERGESEAL_APP_ID is not a number")
		}
		a.AppID = n
	}
	if a.AppID == 0 {
		return a, nil
	}
	file := o.AppKeyFile
	if file == "" {
		file = g.env.Getenv("MERGESEAL_APP_KEY_FILE")
	}
	if file == "" {
		if a.AppKey = []byte(g.env.Getenv("MERGESEAL_APP_KEY")); len(a.AppKey) == 0 {
			return a, usagef("App %d has no key: give --app-key-file, or MERGESEAL_APP_KEY", a.AppID)
		}
		return a, nil
	}
	key, err := os.ReadFile(g.abs(file))
	if err != nil {
		return a, usagef("read the App's key: %w", err)
	}
	a.AppKey = key
	return a, nil
}

func first(getenv func(string) string, names ...string) string {
	for _, n := range names {
		if v := getenv(n); v != "" {
			return v
		}
	}
	return ""
}
