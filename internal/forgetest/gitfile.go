package forgetest

import "strings"

type treeEntry struct{ kind, sha, path string }

// gitFolder lists a folder of a commit; nil if there is none.
func (s *Server) gitFolder(r *Repo, sha, path string) []treeEntry {
	dir := s.git[strings.ToLower(r.Name)]
	if dir == "" {
		return nil
	}
	text, err := runGit(dir, "ls-tree", "-z", "--full-tree", sha, strings.Trim(path, "/")+"/")
	if err != nil {
		return nil
	}
	var out []treeEntry
	for line := range strings.SplitSeq(strings.TrimSuffix(string(text), "\x00"), "\x00") {
		meta, name, ok := strings.Cut(line, "\t")
		f := strings.Fields(meta)
		if !ok || len(f) != 3 {
			continue
		}
		kind := map[string]string{"tree": "dir", "blob": "file", "commit": "submodule"}[f[1]]
		out = append(out, treeEntry{kind: kind, sha: f[2], path: name})
	}
	return out
}

// gitFile is a file of a commit; its id is "" if there is none.
func (s *Server) gitFile(r *Repo, sha, path string) (string, []byte) {
	dir := s.git[strings.ToLower(r.Name)]
	if dir == "" {
		return "", nil
	}
	id, err := runGit(dir, "rev-parse", "-q", "--verify", sha+":"+path)
	if err != nil {
		return "", nil
	}
	data, err := runGit(dir, "cat-file", "blob", strings.TrimSpace(string(id)))
	if err != nil {
		return "", nil
	}
	return strings.TrimSpace(string(id)), data
}
