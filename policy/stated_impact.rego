# METADATA
# title: Security and privacy impact are stated
# description: Some control packs want both thought about before approval, and written down.
# custom:
#   code: MS213
#   severity: error
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, PCI-DSS-6.5.1, NIST-CM-3, NIST-CM-4]
#   packs: [iso27001, nist-800-53, pci-dss, soc2]
#   evidence: [/security_impact, /privacy_impact]
package mergeseal.rules.stated_impact

import data.mergeseal.lib.judged

asks := {
	"security_impact": {"soc2", "iso27001", "pci-dss", "nist-800-53"},
	"privacy_impact": {"nist-800-53"},
}

deny contains {
	"code": "MS213",
	"message": sprintf("%s is missing, and %s asks for it", [key, concat(", ", packs)]),
	"path": concat("/", ["", key]),
	"hint": sprintf("write %s; that there is none is an answer, with a reason", [key]),
} if {
	judged.planned
	some key, asking in asks
	packs := sort({p | some p in input.law.packs; p in asking})
	count(packs) > 0
	trim_space(object.get(input.change, key, "")) == ""
}
