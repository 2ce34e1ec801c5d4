// Package ci holds this project to its own house rules where no linter can:
// modules that are known to be safe, pinned actions, small files, and pages
// that name every package. It is tests and nothing else; .ci/run runs them
// with all others, and readers/ is what it runs beside them.
package ci
