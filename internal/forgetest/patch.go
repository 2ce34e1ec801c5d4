package forgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Set changes one place of the state. A pointer is names and indexes with
// slashes between; one without a slash in front starts in the first
// repository: pulls/42/reviews/-. In a list, "-" is a new element at its end,
// and another word is the number, id, name, login, slug or sha of an element,
// or its index, which counts from the end if negative. A value of null takes
// the place away.
func (s *Server) Set(pointer string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.set(pointer, value)
}

func (s *Server) set(pointer string, value []byte) error {
	root, err := s.tree()
	if err != nil {
		return err
	}
	v, err := decode(value)
	if err != nil {
		return fmt.Errorf("set %s: %w", pointer, err)
	}
	root, err = put(root, segments(pointer), v)
	if err != nil {
		return fmt.Errorf("set %s: %w", pointer, err)
	}
	st, err := Load(marshal(root), s.dir)
	if err != nil {
		return fmt.Errorf("set %s: %w", pointer, err)
	}
	s.st = st
	s.st.settle(s.now)
	if err := s.settleGit(); err != nil {
		return err
	}
	for _, r := range s.st.Repos {
		if err := s.pullIn(r); err != nil {
			return err
		}
	}
	return nil
}

// Get is one place of the state as JSON.
func (s *Server) Get(pointer string) (json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.tree()
	if err != nil {
		return nil, err
	}
	for _, name := range segments(pointer) {
		switch at := v.(type) {
		case map[string]any:
			next, there := at[name]
			if !there {
				return nil, fmt.Errorf("get %s: there is no %s", pointer, name)
			}
			v = next
		case []any:
			i := index(at, name)
			if i < 0 || i >= len(at) {
				return nil, fmt.Errorf("get %s: there is no %s", pointer, name)
			}
			v = at[i]
		default:
			return nil, fmt.Errorf("get %s: nothing is below %s", pointer, name)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("get %s: %w", pointer, err)
	}
	return b.Bytes(), nil
}

func (s *Server) tree() (any, error) { return decode(marshal(s.st)) }

// decode keeps numbers as they are: ids are long.
func decode(data []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

func segments(pointer string) []string {
	if rest, absolute := strings.CutPrefix(pointer, "/"); absolute {
		pointer = rest
	} else {
		pointer = "repos/0/" + pointer
	}
	parts := strings.Split(strings.TrimSuffix(pointer, "/"), "/")
	for i, p := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(p)
	}
	return parts
}

func index(list []any, name string) int {
	for i, x := range list {
		m, _ := x.(map[string]any)
		for _, key := range []string{"number", "id", "name", "login", "slug", "sha"} {
			if v, there := m[key]; there && fmt.Sprint(v) == name {
				return i
			}
		}
	}
	n, err := strconv.Atoi(name)
	switch {
	case err != nil:
		return -1
	case n < 0:
		return len(list) + n
	}
	return n
}

func put(at any, path []string, v any) (any, error) {
	if len(path) == 0 {
		return v, nil
	}
	name := path[0]
	switch x := at.(type) {
	case nil: // what is empty is left out of the state's JSON
		if name == "-" {
			return put([]any{}, path, v)
		}
		return put(map[string]any{}, path, v)
	case map[string]any:
		if len(path) == 1 && v == nil {
			delete(x, name)
			return x, nil
		}
		next, err := put(x[name], path[1:], v)
		x[name] = next
		return x, err
	case []any:
		i := index(x, name)
		switch {
		case name == "-":
			next, err := put(nil, path[1:], v)
			return append(x, next), err
		case i < 0 || i >= len(x):
			return nil, fmt.Errorf("there is no %s", name)
		case len(path) == 1 && v == nil:
			return slices.Delete(x, i, i+1), nil
		}
		next, err := put(x[i], path[1:], v)
		x[i] = next
		return x, err
	}
	return nil, fmt.Errorf("nothing is below %s", name)
}
