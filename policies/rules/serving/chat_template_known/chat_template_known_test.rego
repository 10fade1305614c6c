package weighbridge.rules.serving.chat_template_known_test

import data.weighbridge.fixture
import data.weighbridge.rules.serving.chat_template_known

test_the_models_own_template_passes if {
	_said(null, []) == set()
}

test_another_template_is_a_violation if {
	_said("/etc/t.jinja", []) == {"container server replaces the chat template by /etc/t.jinja"}
}

test_an_approved_template_passes if {
	_said("/etc/t.jinja", ["/etc/t.jinja"]) == set()
}

_said(template, approved) := {finding.message |
	some finding in chat_template_known.deny with input as fixture.about(
		[],
		[fixture.container({"settings": fixture.settings({"chat_template": template})})],
	)
		with data.weighbridge.parameters as {"serving.chat_template_known": {"approved": approved}}
}
