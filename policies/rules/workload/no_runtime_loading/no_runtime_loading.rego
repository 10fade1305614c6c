# METADATA
# title: The running pod cannot load other models
# description: What runs is what was judged, also an hour after it started.
# custom:
#   severity: high
#   evidence: []
#   since: '0.1'
#   who_can_act: you
#   parameters:
#     sealed_namespaces: namespaces in which nothing can be loaded at run time, by network policy or a read-only
#       store
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.T0010.003
#     - AML.T0109
#     aisvs_1_0:
#     - 3.1.3
#   remedy:
#     deployer: drop the flag or variable that the finding names; list adapters with --lora-modules instead of loading
#       them later
#     publisher: nothing to do
#   why: A server that loads models on request runs what nobody judged, as soon as somebody asks it to.
#   denies:
#   - a flag or variable lets the container load models or adapters while it runs
#   - the engine always offers it, and the namespace is not in `sealed_namespaces` (a weaker finding)
#   admits:
#   - adapters in a fixed list
#   - a namespace whose network policy or read-only store the site vouches for
#   false_positives:
#   - 'ollama and LocalAI behind a network policy: list the namespace in sealed_namespaces'
package weighbridge.rules.workload.no_runtime_loading

import data.weighbridge.lib.finding
import data.weighbridge.lib.parameters

deny contains finding.general(message) if {
	some container in input.serving
	switches := container.settings.runtime_loading
	count(switches) > 0
	message := concat("", [
		"container ", container.container, " may load other models while it runs: ",
		finding.shown({switch | some switch in switches}),
	])
}

deny contains object.union(finding.general(message), {"grade": "weak"}) if {
	some container in input.serving
	container.engine in data.weighbridge.engines.loads_at_run_time
	sealed := parameters.value("workload.no_runtime_loading", "sealed_namespaces")
	not input.namespace.name in sealed
	count(container.settings.runtime_loading) == 0
	message := concat("", [
		"container ", container.container, " runs ", container.engine,
		", which loads models on request",
	])
}
