package risk

import (
	"path"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/field"
)

// Kinds of file.
const (
	KindMigration      = "migration"      // changes the shape of stored data
	KindInfrastructure = "infrastructure" // where and how things run
	KindConfiguration  = "configuration"
	KindTest           = "test"
	KindDocument       = "document"
	KindCode           = "code" // and everything that no rule knows
)

// Kind classifies a file by its path alone, whatever its case. The first rule
// that matches decides. Documents are known by their names' endings, never by
// their folder alone, so that code below docs/ stays code.
func Kind(file string) string {
	name := field.Fold(path.Base(file))
	var folders []string
	if dir := field.Fold(path.Dir(file)); dir != "." {
		folders = strings.Split(dir, "/")
	}
	for _, r := range kindRules {
		if r.matches(name, folders) {
			return r.kind
		}
	}
	return KindCode
}

// kindRule matches a file by one of its parts, all in lower case.
type kindRule struct {
	kind     string
	names    []string // whole names
	patterns []string // of the name, as in path.Match
	folders  []string // anywhere above the file
	endings  []string // of the name; beside folders both must match
}

var kindRules = []kindRule{
	{kind: KindConfiguration, names: []string{"requirements.txt", "constraints.txt", "cmakelists.txt", "robots.txt", "go.mod", "go.sum", "codeowners"},
		patterns: []string{"requirements*.txt", "*-requirements.txt"}},
	{kind: KindDocument,
		names: []string{"readme", "license", "licence", "copying", "notice", "authors", "changelog", "contributing"},
		patterns: []string{"*.md", "*.markdown", "*.rst", "*.adoc", "*.asciidoc", "*.txt", "*.org",
			"*.po", "*.pot"}}, // translations of texts
	{kind: KindDocument, folders: []string{"releasenotes"}, endings: []string{".yaml", ".yml"}}, // as OpenStack's reno keeps them
	{kind: KindTest,
		folders:  []string{"test", "tests", "__tests__", "testdata", "spec", "specs", "e2e"},
		patterns: []string{"*_test.*", "test_*.py", "*.test.*", "*.spec.*", "*_spec.rb", "*test.java", "*tests.java", "*test.kt", "*tests.cs", "conftest.py"}},
	{kind: KindMigration,
		folders:  []string{"migrations", "migration", "migrate", "alembic", "flyway", "liquibase"},
		patterns: []string{"v[0-9]*__*.sql", "r__*.sql", "u[0-9]*__*.sql", "*.up.sql", "*.down.sql", "*.migration.sql", "*_migration.*"}},
	{kind: KindInfrastructure,
		names:    []string{"jenkinsfile", "vagrantfile", "procfile", ".gitlab-ci.yml", ".travis.yml", "chart.yaml", "helmfile.yaml", "kustomization.yaml", "kustomization.yml", "skaffold.yaml", "pulumi.yaml", "serverless.yml", "azure-pipelines.yml", "cloudbuild.yaml", "buildspec.yml"},
		patterns: []string{"*.tf", "*.tfvars", "*.tf.json", "*.hcl", "*.bicep", "*.nomad", "dockerfile", "dockerfile.*", "*.dockerfile", "containerfile*", "docker-compose*.y*ml", "compose.y*ml"},
		folders:  []string{"terraform", "k8s", "kubernetes", "kustomize", "helm", "charts", "argocd", "cloudformation", "ansible", "pulumi", ".circleci"}},
	{kind: KindInfrastructure, folders: []string{".github", "deploy", "deployment", "deployments", "manifests", "infra", "infrastructure"},
		endings: []string{".yaml", ".yml", ".json", ".tpl", ".toml", ".sh", ".jsonnet"}},
	{kind: KindConfiguration,
		names:    []string{".gitattributes", ".gitignore", ".editorconfig", ".npmrc"},
		patterns: []string{"*.yaml", "*.yml", "*.json", "*.toml", "*.ini", "*.cfg", "*.conf", "*.config", "*.properties", "*.xml", "*.lock", "*.env", ".env*"}},
}

func (r kindRule) matches(name string, folders []string) bool {
	if slices.Contains(r.names, name) || slices.ContainsFunc(r.patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return ok && err == nil
	}) {
		return true
	}
	if !slices.ContainsFunc(folders, func(f string) bool { return slices.Contains(r.folders, f) }) {
		return false
	}
	return len(r.endings) == 0 || slices.ContainsFunc(r.endings, func(e string) bool { return strings.HasSuffix(name, e) })
}
