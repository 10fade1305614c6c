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
#   why: A hub that is down says nothing about a model, neither good nor bad. The finding is never worded as a violation,
#     and taking evidence away never turns a denial into an admission.
#   denies:
#   - a fact that a rule needs is unknown, the rule has not already found a full violation without it, and no valid
#     exception covers the rule
#   admits:
#   - rules that are off
#   - 'what `workload.resolved` says already: references nobody can read, and kinds no source can look at'
#   - ancestors deeper than anybody looks
package weighbridge.rules.evidence.available
