package judge

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/codeowners"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// maxOwners is what GitHub reads of a CODEOWNERS file:
// https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners#codeowners-file-size
const maxOwners = 3 << 20

// readOwners finds the code owners of everything the diff touches, by the
// CODEOWNERS of the base: the first that exists at GitHub's three places.
// Without one nobody owns anything.
func (r *run) readOwners() (diag.List, error) {
	r.owners = []approval.OwnerSet{}
	var paths []string
	for _, c := range r.ground.diff {
		paths = append(paths, c.Path)
	}
	for _, place := range codeowners.Places() {
		b, err := r.ground.law.Read(place, maxOwners)
		if errors.Is(err, tree.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read code owners: %w", err)
		}
		rules, found := codeowners.Parse(place, b)
		r.sources[place] = b
		if rules != nil {
			r.owners = append(r.owners, rules.Sets(paths)...)
		}
		return found, nil
	}
	return nil, nil
}

// ownedOnly drops what asks for code owners where nothing that is touched has
// any: then there is nobody to ask.
func (r *run) ownedOnly(needed []approval.Requirement) []approval.Requirement {
	if len(r.owners) > 0 {
		return needed
	}
	return slices.DeleteFunc(needed, func(q approval.Requirement) bool { return q.Codeowners })
}
