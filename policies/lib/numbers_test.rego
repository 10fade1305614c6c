package weighbridge.lib.numbers_test

import data.weighbridge.lib.numbers

test_numbers_compare_by_value_and_not_as_texts if {
	numbers.greatest({2, 121, 9}) == 121
	numbers.least({9, 10, 1800000000000000000}) == 9
	numbers.greatest({-5, 3}) == 3
}

test_none_has_no_greatest_and_no_least if {
	not numbers.greatest(set())
	not numbers.least(set())
}
