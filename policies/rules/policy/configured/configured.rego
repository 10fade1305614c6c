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
package weighbridge.rules.policy.configured
