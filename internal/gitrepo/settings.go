package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"
)

// settings is all that is read of the repository's configuration. Nothing in
// it names a command or a file to read.
type settings struct {
	remotes  []string // sorted
	urls     map[string]string
	fileMode bool // the file system keeps the executable bit
	symlinks bool // the file system keeps symlinks
}

// readSettings reads one config file. Includes are not followed; the user's
// and the system's configuration are not read. It refuses repository formats
// that would be misread: see https://git-scm.com/docs/repository-version.
func readSettings(path string) (settings, error) {
	s := settings{fileMode: true, symlinks: true}
	b, err := readSmall(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read config: %w", err)
	}
	c := config.New()
	if err := config.NewDecoder(bytes.NewReader(b)).Decode(c); err != nil {
		return s, fmt.Errorf("read config: %w", err)
	}
	core := c.Section("core")
	switch v := core.Option("repositoryformatversion"); v {
	case "", "0", "1":
	default:
		return s, fmt.Errorf("read config: repository format version %q is not supported", v)
	}
	for _, o := range c.Section("extensions").Options {
		if err := checkExtension(strings.ToLower(o.Key), strings.ToLower(o.Value)); err != nil {
			return s, fmt.Errorf("read config: %w", err)
		}
	}
	s.fileMode = !isFalse(core.Option("filemode"))
	s.symlinks = !isFalse(core.Option("symlinks"))
	s.urls = map[string]string{}
	for _, sub := range c.Section("remote").Subsections {
		s.remotes = append(s.remotes, sub.Name)
		s.urls[sub.Name] = sub.Option("url")
	}
	sort.Strings(s.remotes)
	return s, nil
}

func checkExtension(key, value string) error {
	switch key {
	case "objectformat":
		if value == "sha1" {
			return nil
		}
		return fmt.Errorf("object format %q is not supported", value)
	case "refstorage":
		if value == "files" {
			return nil
		}
		return fmt.Errorf("ref storage %q is not supported", value)
	case "noop", "noop-v1", "partialclone", "preciousobjects", "worktreeconfig", "relativeworktrees":
		return nil
	default:
		return fmt.Errorf("repository extension %q is not supported", key)
	}
}

func isFalse(v string) bool {
	switch strings.ToLower(v) {
	case "false", "no", "off", "0":
		return true
	default:
		return false
	}
}
