const PAGE = 100;
const view = document.getElementById("view");
const summary = document.getElementById("summary");

const searched = report.workloads.map((workload) => {
  const verdict = verdictOf(workload);
  return [workload.namespace, workload.kind, workload.name, workload.at, workload.id, ...workload.models.map((one) => report.models[one].ref), ...verdict.findings.map((one) => one.rule)].join(" ").toLowerCase();
});

const ORDER = Object.keys(report.outcomes);
const worstFirst = report.workloads.map((_, index) => index).sort((a, b) => ORDER.indexOf(verdictOf(report.workloads[a]).outcome) - ORDER.indexOf(verdictOf(report.workloads[b]).outcome) || a - b);

function choices(name, label, values, chosen) {
  const select = element("select", { name }, element("option", { value: "" }, "all"));
  for (const [value, text] of values) select.append(element("option", { value, ...(value === chosen ? { selected: "" } : {}) }, text));
  return element("label", null, label, select);
}

function distinct(values) { return [...new Set(values)].sort().map((value) => [value, value]); }

function matches(index, wanted) {
  const workload = report.workloads[index], verdict = verdictOf(workload);
  return (!wanted.outcome || verdict.outcome === wanted.outcome) && (!wanted.namespace || workload.namespace === wanted.namespace)
    && (!wanted.rule || verdict.findings.some((one) => one.rule === wanted.rule)) && (!wanted.severity || verdict.findings.some((one) => one.severity === wanted.severity && one.effect !== "excepted"))
    && wanted.words.every((word) => searched[index].includes(word));
}

function workloadRow(index) {
  const workload = report.workloads[index], verdict = verdictOf(workload);
  const worst = verdict.findings[0];
  return element("tr", null,
    element("td", null, outcomeBadge(verdict.outcome)),
    element("th", { scope: "row" }, link(`#/workload/${index}`, `${workload.kind.toLowerCase()}/${workload.name}`)),
    element("td", null, workload.namespace),
    element("td", { class: "mono" }, workload.models.map((one) => report.models[one].short).join(", ")),
    element("td", null, worst ? `${worst.rule}: ${worst.message}` : ""));
}

function table(heads, sortable) {
  const row = element("tr", null, ...heads.map((head) => element("th", { scope: "col" }, head)));
  const made = element("table", sortable ? { class: "sortable" } : null, element("thead", null, row), element("tbody"));
  return made;
}

function workloadsPage(query) {
  const counted = element("p", { role: "status" });
  const listed = table(["result", "workload", "namespace", "models", "worst finding"], true);
  const more = element("button", { class: "more", type: "button" }, "Show more");
  const form = element("form", { role: "search", "aria-label": "Filter workloads" },
    element("label", null, "search", element("input", { name: "q", type: "search", value: query.get("q") ?? "", autocomplete: "off" })),
    choices("outcome", "result", Object.entries(report.outcomes), query.get("outcome")),
    choices("namespace", "namespace", distinct(report.workloads.map((one) => one.namespace)), query.get("namespace")),
    choices("severity", "severity", ["critical", "high", "medium", "low", "info"].map((one) => [one, one]), query.get("severity")),
    choices("rule", "rule", distinct(Object.keys(report.rules)), query.get("rule")));
  let found = [], shown = 0;
  const show = () => {
    listed.tBodies[0].append(...found.slice(shown, shown + PAGE).map(workloadRow));
    shown = Math.min(shown + PAGE, found.length);
    counted.textContent = `${plural(found.length, "workload")}, ${shown} shown`;
    more.hidden = shown >= found.length;
  };
  const filter = () => {
    const said = Object.fromEntries(new FormData(form));
    const wanted = { ...said, words: said.q.toLowerCase().split(/\s+/).filter(Boolean) };
    found = worstFirst.filter((index) => matches(index, wanted));
    shown = 0;
    listed.tBodies[0].replaceChildren();
    show();
    const kept = new URLSearchParams(Object.entries(said).filter(([, value]) => value)).toString();
    history.replaceState(null, "", `#/workloads${kept ? `?${kept}` : ""}`);
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  more.addEventListener("click", show);
  filter();
  return [element("h2", { tabindex: "-1" }, "Workloads"), form, counted, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Workloads" }, listed), more];
}

function modelsPage() {
  const listed = table(["model", "role", "license", "workloads", "refused or held", "worst finding"], true);
  const uses = report.models.map(() => [0, 0]);
  for (const workload of report.workloads) {
    const blocked = ["denied", "held"].includes(verdictOf(workload).outcome);
    for (const one of workload.models) { uses[one][0] += 1; uses[one][1] += blocked; }
  }
  const worst = report.models.map(() => null);
  for (const verdict of report.verdicts) for (const finding of verdict.findings) if (finding.model !== null) worst[finding.model] ??= finding;
  report.models.forEach((model, number) => listed.tBodies[0].append(element("tr", null, element("th", { scope: "row", class: "mono" }, link(`#/model/${number}`, model.short)), element("td", null, model.role), element("td", null, model.license ?? ""),
    element("td", { class: "number" }, String(uses[number][0])), element("td", { class: "number" }, String(uses[number][1])), element("td", null, worst[number] ? `${worst[number].rule}: ${worst[number].message}` : ""))));
  return [element("h2", { tabindex: "-1" }, "Models"), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Models" }, listed)];
}

function rulesPage() {
  const counts = new Map(Object.keys(report.rules).map((name) => [name, { deny: 0, warn: 0, audit: 0, excepted: 0, grace: 0 }]));
  const perVerdict = report.verdicts.map((verdict) => new Map(verdict.findings.map((one) => [one.rule, one.effect])));
  for (const workload of report.workloads) for (const [rule, effect] of perVerdict[workload.verdict]) counts.get(rule)[effect] += 1;
  const listed = table(["rule", "title", ...EFFECTS], true);
  for (const [name, count] of counts) listed.tBodies[0].append(element("tr", null, element("th", { scope: "row", class: "mono" }, link(`#/rule/${encodeURIComponent(name)}`, name)), element("td", null, report.rules[name].title), ...EFFECTS.map((one) => element("td", { class: "number" }, String(count[one])))));
  return [element("h2", { tabindex: "-1" }, "Rules"), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Rules" }, listed)];
}

function exceptionsPage() {
  const rows = new Map();
  report.workloads.forEach((workload) => verdictOf(workload).findings.forEach((finding) => {
    if (!finding.exception) return;
    const key = `${workload.namespace}/${finding.exception.name} ${finding.rule}`;
    const row = rows.get(key) ?? { ...finding.exception, rule: finding.rule, namespace: workload.namespace, count: 0 };
    row.count += 1;
    rows.set(key, row);
  }));
  const listed = table(["expires", "exception", "owner", "rule", "namespace", "workloads"], true);
  for (const row of [...rows.values()].sort((a, b) => a.expires.localeCompare(b.expires))) listed.tBodies[0].append(element("tr", null, element("td", null, row.expires), element("th", { scope: "row" }, row.name), element("td", null, row.owner), element("td", { class: "mono" }, row.rule), element("td", null, row.namespace), element("td", { class: "number" }, String(row.count))));
  return [element("h2", { tabindex: "-1" }, "Exceptions"), rows.size ? element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Exceptions" }, listed) : element("p", null, "No exception holds a finding back.")];
}

function sortBy(head, column) {
  const body = head.closest("table").tBodies[0];
  const up = head.getAttribute("aria-sort") !== "ascending";
  for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...body.rows].sort((a, b) => a.cells[column].textContent.localeCompare(b.cells[column].textContent, "en", { numeric: true }));
  body.append(...(up ? rows : rows.reverse()));
}

function makeSortable(part) {
  for (const head of part.querySelectorAll("table.sortable thead th")) {
    if (head.querySelector("button")) continue;
    const button = element("button", { type: "button" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => sortBy(head, [...head.parentNode.children].indexOf(head)));
  }
}

const VIEWS = { workloads: (_, query) => workloadsPage(query), models: modelsPage, rules: rulesPage, exceptions: exceptionsPage,
  workload: (rest) => workloadPage(Number(rest)), model: (rest) => modelPage(Number(rest)), rule: rulePage };
const PLACES = { workload: "workloads", model: "models", rule: "rules" };

function route(first) {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, rest] = path.split("/");
  const known = Object.hasOwn(VIEWS, name) ? name : "";
  summary.hidden = known !== "";
  view.replaceChildren(...(known ? VIEWS[known](decodeURIComponent(rest ?? ""), new URLSearchParams(query)) : []));
  makeSortable(view);
  for (const one of document.querySelectorAll("nav a")) one.toggleAttribute("aria-current", one.hash.replace(/^#\/?/, "") === (PLACES[known] ?? known));
  if (!first) (view.querySelector("h2") ?? document.getElementById("main")).focus();
  if (!first) scrollTo(0, 0);
}

for (const row of document.querySelectorAll("tr[data-namespace]")) {
  const head = row.querySelector("th"), text = head.textContent;
  head.replaceChildren(link(`#/workloads?namespace=${encodeURIComponent(text)}`, text));
}
makeSortable(summary);
addEventListener("hashchange", () => route(false));
route(true);
