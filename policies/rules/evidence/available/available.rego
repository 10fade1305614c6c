# METADATA
# title: Every source needed could answer
# description: A rule is decided on what is known, and a source that keeps silent is named; `main` reports it.
# custom:
#   severity: high
#   since: "0.1"
#   who_can_act: platform
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003]}
#   remedy:
#     deployer: nothing to fix in this manifest, try again later
#     publisher: find out why the source does not answer; a token tells private from absent
package weighbridge.rules.evidence.available
