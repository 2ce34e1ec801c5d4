package render

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// Pages of HTML: one file each, which needs no network and no script to be
// read. Nothing of a repository ever stands in a style or a script: those are
// ours, and the page's policy names them by their hashes, so that a browser
// runs nothing else even if an escaper failed (T64).

//go:embed templates
var templates embed.FS

// sheet is what all pages share: policy, style, script, and when it was made.
type sheet struct {
	Title      string
	Policy     string // for the Content-Security-Policy
	Style      template.CSS
	Script     template.JS
	Zone       string // IANA name for the script, "" when it has none
	ZoneText   string
	Made       instantView
	Repository string
	Origin     string // what it was made from, after the instant
}

// asset reads an embedded file; that it is there is held by every test.
func asset(names ...string) (string, error) {
	var all []string
	for _, n := range names {
		b, err := templates.ReadFile("templates/" + n)
		if err != nil {
			return "", fmt.Errorf("read asset: %w", err)
		}
		all = append(all, string(b))
	}
	return strings.Join(all, "\n"), nil
}

// newSheet joins the styles and scripts of a page. placed is CSS that we made
// of numbers.
func newSheet(name, placed string) (sheet, error) {
	style, err := asset("base.css", name+".css")
	if err != nil {
		return sheet{}, err
	}
	script, err := asset("zone.js", name+".js")
	if err != nil {
		return sheet{}, err
	}
	style += placed
	return sheet{
		Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // ours, from embedded files and numbers
		Policy: "default-src 'none'; style-src " + hashed(style) + "; script-src " + hashed(script) + "; base-uri 'none'; form-action 'none'",
	}, nil
}

// hashed names an inline element's text as a policy does:
// https://www.w3.org/TR/CSP3/#grammardef-hash-source
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// fillPage fills a template. It writes nothing when it fails.
func fillPage(w io.Writer, name string, view any) error {
	t, err := template.New(name).Option("missingkey=error").ParseFS(templates, "templates/parts.html", "templates/"+name)
	if err != nil {
		return fmt.Errorf("parse page: %w", err)
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, name, view); err != nil {
		return fmt.Errorf("fill page: %w", err)
	}
	return write(w, out.Bytes(), nil)
}
