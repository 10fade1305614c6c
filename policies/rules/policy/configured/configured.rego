# METADATA
# title: Every rule is fully configured
# description: A rule is judged only with METADATA, an action in every profile and all its parameters; `main` refuses else.
# custom:
#   severity: critical
#   since: "0.1"
#   who_can_act: policy_owner
#   remedy:
#     deployer: nothing to fix in this manifest
#     publisher: complete METADATA, data/profiles.yaml and data/parameters.yaml
#   why: A rule that lost its list or its action would admit everything without a word.
#   denies:
#   - a rule has no METADATA, judges nothing, or has no action in one of the profiles
#   - a parameter that a rule names has no value
#   - a data document is missing
#   admits:
#   - the library as it is published, and rules of a site with METADATA
package weighbridge.rules.policy.configured
