// Every text becomes a text node: nothing that a card, a name or a message holds is ever read as HTML.
const report = JSON.parse(document.getElementById("content").textContent);
const EFFECTS = ["deny", "warn", "grace", "excepted", "audit"];

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) if (value !== null && value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

function link(hash, text) { return element("a", { href: hash }, text); }
function badge(kind, text) { return element("span", { class: `badge ${kind}` }, text); }
function verdictOf(workload) { return report.verdicts[workload.verdict]; }
function outcomeBadge(name) { return badge(name, report.outcomes[name]); }
function plural(count, noun) { return `${count} ${noun}${count === 1 ? "" : "s"}`; }

function definition(pairs) {
  const list = element("dl");
  for (const [name, value] of pairs) if (value) list.append(element("dt", null, name), element("dd", null, value));
  return list;
}

function findingCard(finding, withModel) {
  const card = element("article", { class: `finding ${finding.effect}` });
  card.append(element("p", null, badge(finding.effect, finding.effect), " ", element("a", { href: `#/rule/${encodeURIComponent(finding.rule)}`, class: "mono" }, finding.rule), ` · ${finding.severity}`));
  if (withModel && finding.model !== null) card.append(element("p", { class: "mono" }, link(`#/model/${finding.model}`, report.models[finding.model].short)));
  card.append(element("p", null, finding.message));
  for (const [place, text] of finding.quotes) card.append(element("blockquote", null, element("cite", null, place), text ? ` ${text}` : ""));
  card.append(element("p", { class: "who" }, `you: ${finding.you}`));
  if (finding.actor !== "you") card.append(element("p", { class: "who" }, `${finding.actor}: ${finding.owner}`));
  if (finding.exception) card.append(element("p", null, `exception ${finding.exception.name} of ${finding.exception.owner}, until ${finding.exception.expires}`));
  if (finding.grace) card.append(element("p", null, `what runs may restart until ${finding.grace}`));
  return card;
}

function findingList(findings, withModel) {
  const sorted = [...findings].sort((a, b) => EFFECTS.indexOf(a.effect) - EFFECTS.indexOf(b.effect));
  return sorted.length ? sorted.map((finding) => findingCard(finding, withModel)) : [element("p", null, "No rule complains.")];
}

function workloadPage(number) {
  const workload = report.workloads[number];
  if (!workload) return [element("p", null, "There is no such workload in this report.")];
  const verdict = verdictOf(workload);
  const models = workload.models.map((one) => element("li", { class: "mono" }, link(`#/model/${one}`, report.models[one].short), ` ${report.models[one].role}`));
  return [
    element("h2", { tabindex: "-1" }, `${workload.kind} ${workload.name}`),
    element("p", null, outcomeBadge(verdict.outcome)),
    definition([["namespace", workload.namespace], ["stage", verdict.stage], ["manifest", workload.at], ["decision", workload.id]]),
    element("h3", null, "Models"), models.length ? element("ul", null, ...models) : element("p", null, "No model is named."),
    element("h3", null, "Findings"), ...findingList(verdict.findings, workload.models.length > 1),
  ];
}

function usesOf(number) {
  return report.workloads.map((workload, index) => [workload, index]).filter(([workload]) => workload.models.includes(number));
}

function findingsOf(number) {
  const seen = new Map();
  for (const [workload] of usesOf(number)) {
    for (const finding of verdictOf(workload).findings) if (finding.model === number) seen.set(`${finding.rule} ${finding.message} ${finding.effect}`, finding);
  }
  return [...seen.values()];
}

function statesFrom(model, findings) {
  const states = new Map();
  const mark = (name, effect) => { if (effect === "deny" || (effect === "warn" && states.get(name) !== "deny")) states.set(name, effect); };
  for (const finding of findings) {
    mark(model.lineage.name, finding.effect);
    for (const fact of finding.facts) if (fact.startsWith("lineage.edge:")) mark(fact.split(":").slice(2).join(":"), finding.effect);
  }
  return states;
}

function sizeText(bytes) { return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`; }

function sizePart(weights) {
  const rows = [["format", weights.format], ["size", sizeText(weights.size)]];
  if (weights.parameters) rows.push(["numbers kept", `${(weights.parameters / 1e9).toFixed(2)} billion`]);
  if (weights.bits) rows.push(["bits a parameter", weights.bits.toFixed(1)]);
  for (const [parent, ratio] of weights.parents) rows.push([`against ${parent}`, ratio.toFixed(3)]);
  const parts = [element("h3", null, "Size"), definition(rows)];
  if (weights.ratio !== null) {
    const meter = element("meter", { min: 0, max: 1.5, low: 0.9, high: 1.1, optimum: 1, value: Math.min(weights.ratio, 1.5), "aria-label": "size against its configuration" });
    parts.push(element("p", null, meter, ` ${weights.ratio.toFixed(3)} of what its configuration promises`));
  }
  return parts;
}

function modelPage(number) {
  const model = report.models[number];
  if (!model) return [element("p", null, "There is no such model in this report.")];
  const findings = findingsOf(number);
  const parts = [
    element("h2", { tabindex: "-1", class: "mono" }, model.short),
    definition([["reference", model.ref], ["role", model.role], ["commit", model.commit], ["digest", model.digest], ["license", model.license], ["files", model.files ? `${model.files.count}, loaded as ${model.files.formats.join(", ") || "nothing"}` : ""]]),
  ];
  if (model.lineage) parts.push(element("h3", null, "Lineage"), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Lineage" }, lineageGraph(model.lineage, statesFrom(model, findings))),
    element("p", { class: "who" }, `Solid lines are pinned to a commit.${model.lineage.left_out ? ` ${model.lineage.left_out} more ancestors are not drawn.` : ""}`));
  if (model.sections && Object.keys(model.sections).length) {
    const bars = Object.entries(model.sections).map(([name, state]) => element("li", { class: state }, element("span", null, name.replaceAll("_", " ")), element("b", null, state), element("i")));
    parts.push(element("h3", null, "Card"), element("ul", { class: "bars" }, ...bars));
  }
  if (model.weights) parts.push(...sizePart(model.weights));
  parts.push(element("h3", null, "Findings"), ...findingList(findings, false));
  if (model.gaps && model.gaps.length) parts.push(element("h3", null, "What is not there"), definition(model.gaps.map(([name, state, why]) => [name, `${state}: ${why}`])));
  if (model.places && model.places.length) parts.push(element("h3", null, "Evidence"), ...model.places.map(([name, place, text]) => element("blockquote", null, element("cite", null, `${name} · ${place}`), text ? ` ${text}` : "")));
  const uses = usesOf(number);
  const names = uses.slice(0, 200).map(([workload, index]) => element("li", null, link(`#/workload/${index}`, `${workload.namespace}/${workload.kind.toLowerCase()}/${workload.name}`)));
  parts.push(element("h3", null, `Used by ${plural(uses.length, "workload")}`), element("ul", null, ...names));
  return parts;
}

function rulePage(name) {
  const rule = report.rules[name];
  if (!rule) return [element("p", null, "No finding of this report is of that rule.")];
  const hits = report.workloads.filter((workload) => verdictOf(workload).findings.some((finding) => finding.rule === name)).length;
  return [element("h2", { tabindex: "-1", class: "mono" }, name), element("p", null, rule.title), element("p", null, rule.description),
    element("p", null, link(`#/workloads?rule=${encodeURIComponent(name)}`, plural(hits, "workload")))];
}
