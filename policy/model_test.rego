package mergeseal.rules.model_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.model

left := object.union(example.standard, {"change": {"type": "normal"}, "model": {"inside": false, "left": [{"path": "/rollback_plan", "message": "rollback_plan differs"}]}})

test_inside_is_inside if count(model.warn) == 0 with input as example.standard

test_the_field_is_named if {
	example.told(model.warn) == {["MS209", "/rollback_plan"]} with input as left
}

test_outside_for_no_given_reason_is_outside if {
	example.told(model.warn) == {["MS209", "/model"]} with input as object.union(left, {"model": {"left": []}})
}

test_other_types_have_no_model if {
	count(model.warn) == 0 with input as object.union(left, {"change": {"declared_type": "normal"}})
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(model.warn) == 0 with input as object.union(left, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(model.warn) == 0 with input as object.union(left, {"change": {"canceled": {"reason": "not needed"}}})
}
