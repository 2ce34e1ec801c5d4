package schedule

import "slices"

// relate works out once what the services in use depend on.
func (x *Index) relate(names []string) {
	below, above := map[string][][]string{}, map[string][][]string{}
	for _, name := range names {
		below[name] = x.dependencies(name)
		for _, path := range below[name] {
			back := slices.Clone(path)
			slices.Reverse(back)
			above[back[0]] = append(above[back[0]], back)
		}
	}
	x.below, x.above = below, above
}

// dependencies lists a shortest path, the first by name, from a service to each
// one it depends on within the rules' depth, both included. Cycles end.
func (x *Index) dependencies(service string) [][]string {
	if x.rules.Graph == nil {
		return nil
	}
	if paths, known := x.below[service]; known {
		return paths
	}
	seen := map[string]bool{service: true}
	var out [][]string
	for last, steps := [][]string{{service}}, 0; steps < x.rules.Depth && len(last) > 0; steps++ {
		var next [][]string
		for _, path := range last {
			s, known := x.rules.Graph.Lookup(path[len(path)-1])
			if !known {
				continue
			}
			for _, to := range sortedSet(s.DependsOn) {
				if !seen[to] {
					seen[to] = true
					next = append(next, append(slices.Clone(path), to))
				}
			}
		}
		out, last = append(out, next...), next
	}
	return out
}
