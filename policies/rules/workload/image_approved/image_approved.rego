# METADATA
# title: A model baked into an image is approved
# description: A container that serves a model nobody names runs an image the site knows.
# custom:
#   severity: high
#   evidence: []
#   since: '0.1'
#   who_can_act: you
#   parameters:
#     images: images that may serve a model nobody names; a * at the end stands for the rest
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.T0010.003
#     - AML.T0109
#     aisvs_1_0:
#     - 3.1.3
#   remedy:
#     deployer: name the model where the engine reads it, or have the image listed in images and pin it by digest
#     publisher: publish the model outside the image
#   why: 'A model inside an image has no reference to judge: card, license and signature are all hidden in a layer.'
#   denies:
#   - a container that serves a model names none, and its image is not on the site's list or not pinned by digest
#   - the site lists no images at all (a weaker finding, only recorded)
#   admits:
#   - containers that name their model
#   - an image of the list, pinned by digest
#   false_positives:
#   - 'routers and gateways that ask for an accelerator: list their images'
package weighbridge.rules.workload.image_approved

import data.weighbridge.lib.finding
import data.weighbridge.lib.parameters

deny contains finding.general(message) if {
	some container in _nameless
	images := parameters.value("workload.image_approved", "images")
	count(images) > 0
	image := container.image
	not _listed(image, images)
	message := concat("", [_subject(container), " names no model, and its image is not on the site's list"])
}

deny contains finding.general(message) if {
	some container in _nameless
	images := parameters.value("workload.image_approved", "images")
	_listed(container.image, images)
	container.image_digest == null
	message := concat("", [_subject(container), " names no model, and its image is not pinned by digest"])
}

deny contains object.union(finding.general(message), {"grade": "weak"}) if {
	some container in _nameless
	images := parameters.value("workload.image_approved", "images")
	count(images) == 0
	message := concat("", [_subject(container), " names no model, and the site lists no images that may"])
}

_nameless := [container |
	some container in input.serving
	count(container.models) == 0
	is_string(container.image)
]

_subject(container) := concat("", ["container ", container.container, " (", substring(container.image, 0, 100), ")"])

_listed(image, images) if {
	some pattern in images
	endswith(pattern, "*")
	startswith(image, trim_suffix(pattern, "*"))
}

_listed(image, images) if image in images

_listed(image, images) if {
	some pattern in images
	strings.any_prefix_match(image, [concat("", [pattern, "@"]), concat("", [pattern, ":"])])
}
