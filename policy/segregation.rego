# METADATA
# title: Not one person alone
# description: |
#   Some control packs want the person who asks for a change and the person who
#   carries it out to be two. That the approver is a third follows from routing.
# custom:
#   code: MS218
#   severity: error
#   controls: [NIST-AC-5, PCI-DSS-6.5.4, SOX-ITGC-Segregation]
#   packs: [nist-800-53, pci-dss, sox-itgc]
#   evidence: [/owner, /implementers]
package mergeseal.rules.segregation

import data.mergeseal.lib.judged

deny contains {
	"code": "MS218",
	"message": sprintf("nobody but the owner is named to carry the change out, and %s wants two people", [concat(", ", packs)]),
	"path": "/implementers",
	"hint": "name under implementers who carries it out",
} if {
	judged.normal
	count(packs) > 0
	count(others) == 0
}

packs := sort({p | some p in input.law.packs; p in {"nist-800-53", "pci-dss", "sox-itgc"}})

others := {i | some i in object.get(input.change, "implementers", []); lower(i) != lower(input.change.owner)}
