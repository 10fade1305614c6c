# METADATA
# title: Numbers
# description: The built-in max and min compare numbers as texts in the embedded engine; these compare by value in both.
package weighbridge.lib.numbers

# METADATA
# description: The greatest of some numbers; undefined for none.
greatest(some_numbers) := top if {
	some top in some_numbers
	every other in some_numbers { other <= top }
}

# METADATA
# description: The least of some numbers; undefined for none.
least(some_numbers) := bottom if {
	some bottom in some_numbers
	every other in some_numbers { other >= bottom }
}
