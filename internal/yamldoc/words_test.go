package yamldoc_test

import (
	"strings"
	"testing"
)

func TestT75WordsInDisguiseAreWarnedOf(t *testing.T) {
	for _, c := range []struct {
		name, text string
		warned     bool
	}{
		{"a Cyrillic a in a Latin word", "the p\u0430yments database", true},
		{"a Greek omicron in a Latin word", "st\u03bfrage", true},
		{"a Cyrillic capital between digits", "H2\u041e", true},
		{"the last word of a text", "see \u0455torage", true},
		{"letters spelt in two pieces", "Zu\u0308rich", true}, // not NFC
		{"the Kelvin sign", "\u212aelly", true},               // not NFC either
		{"German", "Größe der Fußnote überprüfen", false},
		{"French", "Déploiement à l’œuvre, naïveté", false},
		{"Japanese with Latin names", "データベースをPostgreSQLに移行する", false},
		{"Russian", "Обновить базу данных PostgreSQL", false},
		{"Russian with a hyphen", "IT-отдел", false},
		{"Greek", "Αναβάθμιση της βάσης PostgreSQL", false},
		{"a Greek letter that looks like none of ours", "Δt und 5 kΩ, λx", false},
		{"a micro sign", "5 µs", false},
		{"Vietnamese", "Nâng cấp cơ sở dữ liệu", false},
		{"Arabic", "تحديث قاعدة البيانات", false},
		{"Korean", "데이터베이스 업그레이드", false},
		{"emoji", "ship it \U0001f680", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got shape
			found := read("name: \""+c.text+"\"\n", &got)
			if c.warned != (len(found) == 1 && found[0].Code == "MS013") || !c.warned && len(found) != 0 {
				t.Errorf("%v", found)
			}
			if found.Errors() || got.Name != c.text {
				t.Error("a warning kept the text from being read")
			}
		})
	}
	found := read("name: n\nlabels: {te\u0430m: b}\n", new(shape))
	if len(found) != 1 || found[0].Code != "MS013" || !strings.Contains(found[0].Message, "U+0430") {
		t.Errorf("a key in disguise: %v", found)
	}
}
