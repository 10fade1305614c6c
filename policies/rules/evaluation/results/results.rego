# METADATA
# title: Evaluation results present
# description: A card gives numbers of an evaluation.
# custom:
#   severity: medium
#   evidence:
#   - card
#   since: '0.1'
#   who_can_act: model_owner
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.M0008
#     aisvs_1_0:
#     - 6.1.4
#     - 11.1.2
#     eu_ai_act:
#     - Annex XI 2.1
#   remedy:
#     deployer: serve a model with results, or evaluate it for your use
#     publisher: give at least one number bound to a benchmark or metric, in text, a table or model-index
#   why: Without results nobody can tell whether the model does what it is deployed for, or whether a change made
#     it worse.
#   denies:
#   - no number is bound to a metric or benchmark
#   - only links, images, metric names, throughput or training loss are given
#   - 'there is no model card, or it cannot be read: then nothing is documented'
#   admits:
#   - numbers in text, a Markdown or HTML table, a code block or model-index
#   - a separate tokenizer, which needs no card of its own
#   false_positives:
#   - 'results in images only: write them out'
package weighbridge.rules.evaluation.results

import data.weighbridge.lib.models
import data.weighbridge.lib.sections

deny contains complaint if {
	some model in models.described
	complaint := sections.complaint(model, "evaluation_results", "evaluation results")
}
