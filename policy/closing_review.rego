# METADATA
# title: A closed change was looked back at
# description: |
#   Some control packs want a review with the closure: whether the change did
#   what it was for, said by somebody and on a day.
# custom:
#   code: MS217
#   severity: error
#   controls: [ISO20000-8.5.1.3, NIST-CM-4(2), PCI-DSS-6.5.2, COBIT-BAI07.08]
#   packs: [cobit, iso20000, nist-800-53, pci-dss]
#   evidence: [/review]
package mergeseal.rules.closing_review

deny contains {
	"code": "MS217",
	"message": sprintf("the change is closed without a review, and %s asks for one", [concat(", ", packs)]),
	"path": "/review",
	"hint": "add review {held, by, objectives_met}",
} if {
	input.amendment.class == "closure"
	input.change.type in {"normal", "emergency"}
	input.change.outcome
	count(packs) > 0
	not reviewed
}

packs := sort({p | some p in input.law.packs; p in {"cobit", "iso20000", "nist-800-53", "pci-dss"}})

reviewed if {
	count(input.change.review.by) > 0
	is_boolean(input.change.review.objectives_met)
}
