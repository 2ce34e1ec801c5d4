package mergeseal.rules.halted_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.halted

test_a_change_goes_on if count(halted.warn) == 0 with input as example.normal

test_a_hold_is_said if {
	facts := example.but({"change": {"hold": {"reason": "waiting for parts"}}})
	example.told(halted.warn) == {["MS212", "/hold"]} with input as facts
}

test_a_cancellation_is_said if {
	facts := example.but({"change": {"canceled": {"reason": "not needed"}}})
	example.told(halted.warn) == {["MS212", "/canceled"]} with input as facts
}
