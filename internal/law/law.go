package law

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/source"
)

// Law is everything the base commit says, checked, with the defaults filled in.
type Law struct {
	Config   Config // nothing that has a default is left out
	Services *Services
	Groups   *Groups
	Windows  []Window // sorted by id
	Models   []Model  // sorted by name and version
	Digests  Digests
	Files    []string     // every file that was read, sorted
	Index    source.Index // of mergeseal.yaml

	loc *time.Location
}

// Location is the zone of dates shown and typed without one.
func (l *Law) Location() *time.Location {
	if l.loc == nil {
		return time.UTC
	}
	return l.loc
}

// Digests are of the files each part was read from, "sha256:" and hex; an
// inline list belongs to mergeseal.yaml. No file at all has the digest of
// nothing.
type Digests struct {
	Config, Calendar, Services, Groups, Models string
}

// digestOf is over each file's path and bytes in the order of the paths, both
// with their lengths before them, so that no two sets of files look alike.
func digestOf(files map[string][]byte) string {
	h := sha256.New()
	for _, p := range slices.Sorted(maps.Keys(files)) {
		var lengths [16]byte
		binary.BigEndian.PutUint64(lengths[:8], uint64(len(p)))
		binary.BigEndian.PutUint64(lengths[8:], uint64(len(files[p])))
		h.Write(lengths[:])
		h.Write([]byte(p))
		h.Write([]byte{0})
		h.Write(files[p])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// TouchesLaw lists which of the changed paths are law, sorted: those that the
// key law names, mergeseal.yaml itself, and every file or folder it reads.
func (l *Law) TouchesLaw(paths []string) []string {
	globs := slices.Concat(l.Config.Law, Globs{ConfigPath}, l.Config.Services.Paths, l.Config.Groups.Paths, l.Config.Models.Paths)
	if b := l.Config.Services.Backstage; b != nil {
		globs = append(globs, b.Glob)
	}
	for _, c := range l.Config.Calendars {
		globs = append(globs, c.Path)
	}
	for _, k := range l.Config.Keys {
		globs = append(globs, k.PublicKey)
	}
	var out []string
	for _, p := range slices.Sorted(slices.Values(paths)) {
		inside := slices.ContainsFunc(l.Config.Policy.Dirs, func(dir string) bool { return strings.HasPrefix(p, dir+"/") })
		if inside || matchAny(globs, p) {
			out = append(out, p)
		}
	}
	return slices.Compact(out)
}

// CoverageFor lists the entries of coverage that name a path, in the order of
// the file.
func (l *Law) CoverageFor(p string) []Coverage {
	var out []Coverage
	for _, c := range l.Config.Coverage {
		if matchAny(c.Paths, p) {
			out = append(out, c)
		}
	}
	return out
}
