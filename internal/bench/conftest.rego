# What a team writes for conftest to find the same mistakes, without score,
# collisions or requirements.
package main

required := ["id", "title", "type", "owner", "services", "environments", "reason", "impact", "schedule", "implementation_plan", "test_plan", "rollback_plan"]

deny contains sprintf("%s is missing", [key]) if {
	some key in required
	not input[key]
}

deny contains "the title is too short or too long" if not count(input.title) in numbers.range(8, 160)

deny contains sprintf("%s is not a type", [input.type]) if not input.type in {"standard", "normal", "emergency", "registration"}

deny contains sprintf("rollback_plan.%s says nothing", [key]) if {
	some key in ["method", "trigger", "steps", "minutes", "verify"]
	blank(input.rollback_plan[key])
}

deny contains sprintf("test_plan.%s says nothing", [key]) if {
	some key in ["before", "after"]
	blank(input.test_plan[key])
}

deny contains "a step says nothing" if {
	some step in input.implementation_plan
	blank(step)
}

deny contains "the end is not after the start" if end <= start

deny contains "the rollback takes longer than the window" if input.rollback_plan.minutes * 60000000000 > end - start

deny contains "the notice is too short" if start - now < 48 * 3600 * 1000000000

deny contains "inside the year-end freeze" if {
	start < time.parse_rfc3339_ns("2025-01-04T08:00:00+01:00")
	end > time.parse_rfc3339_ns("2024-12-18T18:00:00+01:00")
}

blank(value) if lower(trim_space(value)) in {"", "tbd", "n/a", "none", "-"}

blank(value) if count(value) == 0

start := time.parse_rfc3339_ns(input.schedule.start)

end := time.parse_rfc3339_ns(input.schedule.end)

now := time.parse_rfc3339_ns("2026-11-21T09:00:00Z")
