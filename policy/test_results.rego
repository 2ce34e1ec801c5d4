# METADATA
# title: Tests ran, and their results are there
# description: |
#   Some control packs want to see that the tests before the change passed, not
#   only that somebody planned them.
# custom:
#   code: MS216
#   severity: error
#   controls: [NIST-CM-3(2), PCI-DSS-6.5.1, SOX-ITGC-Testing, COBIT-BAI07.05]
#   packs: [cobit, nist-800-53, pci-dss, sox-itgc]
#   evidence: [/test_plan/results]
package mergeseal.rules.test_results

import data.mergeseal.lib.judged

deny contains {
	"code": "MS216",
	"message": sprintf("%s, and %s asks for results that passed", [what, concat(", ", packs)]),
	"path": "/test_plan/results",
	"hint": "attach one: test_plan.results [{kind: junit, path: results/tests.xml}]",
} if {
	judged.normal
	judged.at_least_moderate
	count(packs) > 0
}

packs := sort({p | some p in input.law.packs; p in {"cobit", "nist-800-53", "pci-dss", "sox-itgc"}})

what := sprintf("%d of the attached test results failed", [input.tests.failed]) if input.tests.failed > 0

what := "no test result is attached that can be read" if {
	input.tests.failed == 0
	input.tests.passed == 0
}
