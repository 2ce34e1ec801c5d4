# A complete normal change that no rule has anything against, for the tests to
# spoil one fact at a time.
package mergeseal.lib.example_test

normal := {
	"scope": "change",
	"now": {"epoch_ns": 1796112000000000000},
	"change": {
		"id": "CHG-1", "type": "normal", "declared_type": "normal",
		"impact": {"users": "some", "outage": "none"},
		"security_impact": "none: no new access", "privacy_impact": "none: no personal data",
		"test_plan": {"before": ["suite"], "after": ["smoke"]},
	},
	"amendment": {"class": "new", "fields": []},
	"schedule": {"start_ns": 2, "end_ns": 3, "minutes": 60, "notice_seconds": 172800},
	"risk": {"score": 30, "level": "moderate"},
	"services": [{"name": "shop", "tier": 1, "tier_known": true, "owner": "shop-team", "declared": true, "derived": true}],
	"diff": {"law_touched": [], "uncovered": []},
	"freezes": [],
	"maintenance": {"required": [], "inside": true, "next": ""},
	"collisions": [],
	"plans": {"empty": []},
	"rollback": {"method": "revert", "complete": true, "missing": [], "minutes": 10, "fits_window": true, "rehearsed": true},
	"tests": {"before": true, "after": true},
	"questionnaire": [],
	"emergencies": {"overdue": []},
	"groups": ["cab", "change-managers", "on-call", "policy-owners", "shop-team"],
	"law": {"owners": "policy-owners", "packs": []},
	"settings": {"notice_hours": 48, "overdue_emergencies": 3, "routing_own": [], "routing": {
		"low": [{"peer": true, "count": 1}],
		"moderate": [{"peer": true, "count": 1}, {"owners": true, "count": 1}],
		"high": [{"peer": true, "count": 1}, {"owners": true, "count": 1}, {"group": "cab", "count": 2}],
		"very_high": [
			{"peer": true, "count": 1}, {"owners": true, "count": 1},
			{"group": "cab", "count": 2}, {"group": "change-managers", "count": 1},
		],
		"standard": [],
		"registration": [],
		"emergency": [{"group": "on-call", "count": 1}],
		"closure": [{"peer": true, "count": 1}],
		"withdrawal": [{"peer": true, "count": 1}],
		"editorial": [],
	}},
}

# but replaces values, objects merged.
but(changes) := object.union(normal, changes)

standard := but({"change": {"type": "standard", "declared_type": "standard"}, "model": {"name": "certs", "inside": true, "left": []}})

emergency := but({"change": {"type": "emergency", "declared_type": "emergency", "emergency": {"incident": "INC-1", "why": "the shop is down"}}})

registration := but({"change": {"type": "registration", "declared_type": "registration"}})

# lighter: the classes of amendment with a path of their own.
lighter := ["closure", "withdrawal", "editorial", "removal"]

# parts of an element but its words.
told(set) := {[e.code, object.get(e, "path", "")] | some e in set}
