package mergeseal.rules.emergency_reminder_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.emergency_debt
import data.mergeseal.rules.emergency_reminder

owing := object.union(example.emergency, {"emergencies": {"overdue": ["CHG-9", "CHG-8"]}})

test_names_what_is_overdue if {
	some finding in emergency_reminder.warn with input as owing
	[finding.code, finding.path] == ["MS214", "/type"]
	contains(finding.message, "CHG-8, CHG-9")
}

test_a_team_without_debt_hears_nothing if {
	count(emergency_reminder.warn) == 0 with input as example.emergency
}

test_either_warns_or_stops_and_never_both if {
	every ids in [["CHG-1"], ["CHG-1", "CHG-2"], ["CHG-1", "CHG-2", "CHG-3"], ["CHG-1", "CHG-2", "CHG-3", "CHG-4"]] {
		facts := object.union(owing, {"emergencies": {"overdue": ids}})
		warned := emergency_reminder.warn with input as facts
		stopped := emergency_debt.deny with input as facts
		count(warned) + count(stopped) == 1
	}
}

test_at_a_limit_of_one_there_is_no_warning if {
	every limit in [0, 1] {
		facts := object.union(owing, {"settings": {"overdue_emergencies": limit}, "emergencies": {"overdue": ["CHG-9"]}})
		count(emergency_reminder.warn) == 0 with input as facts
	}
}

test_a_normal_change_owes_nothing if {
	count(emergency_reminder.warn) == 0 with input as object.union(owing, {"change": {"type": "normal"}})
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(emergency_reminder.warn) == 0 with input as object.union(owing, {"amendment": {"class": class}})
	}
}
