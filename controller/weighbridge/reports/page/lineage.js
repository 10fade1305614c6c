"use strict";
// The lineage as layers: a parent stands to the right of all its children, so that edges point one way; a circle is cut where it closes.
const SVG = "http://www.w3.org/2000/svg";
const BOX = { width: 210, height: 46, across: 130, down: 18 };

function drawing(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function layers(own, edges) {
  const parents = new Map();
  for (const edge of edges) {
    if (!parents.has(edge.child)) parents.set(edge.child, new Set());
    parents.get(edge.child).add(edge.parent);
  }
  const layer = new Map([[own, 0]]);
  // Each round moves what has a child further right; as many rounds as there are edges are enough without circles, and circles end there.
  for (let round = 0; round < Math.min(edges.length + 1, 64); round += 1) {
    let moved = false;
    for (const [child, above] of parents) {
      if (!layer.has(child)) continue;
      for (const parent of above) {
        if (parent === own || (layer.get(parent) ?? -1) > layer.get(child)) continue;
        layer.set(parent, layer.get(child) + 1);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return layer;
}

function short(text, most) {
  const letters = Array.from(text);
  return letters.length <= most ? text : letters.slice(0, most - 1).join("") + "…";
}

function lineageGraph(lineage, states) {
  const layer = layers(lineage.name, lineage.edges);
  const known = new Map(lineage.nodes.map((node) => [node.name, node]));
  const columns = [];
  for (const [name, place] of layer) (columns[place] ??= []).push(name);
  const used = columns.filter(Boolean);
  const at = new Map();
  used.forEach((names, column) => names.forEach((name, row) => at.set(name, { x: column * (BOX.width + BOX.across) + 4, y: row * (BOX.height + BOX.down) + 4 })));
  const width = used.length * (BOX.width + BOX.across) - BOX.across + 8;
  const height = Math.max(...used.map((names) => names.length)) * (BOX.height + BOX.down) - BOX.down + 8;
  const picture = drawing("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": described(lineage) });
  for (const edge of joined(lineage.edges)) if (at.has(edge.child) && at.has(edge.parent)) picture.append(...drawnEdge(edge, at));
  for (const [name, place] of at) picture.append(drawnNode(name, place, known.get(name), name === lineage.name, states));
  return picture;
}

// Several files may name the same parent: one line says all they say.
function joined(edges) {
  const lines = new Map();
  for (const edge of edges) {
    const key = JSON.stringify([edge.child, edge.parent]);
    const line = lines.get(key) ?? { child: edge.child, parent: edge.parent, pinned: false, says: new Set(), sources: new Set() };
    line.pinned ||= edge.pinned;
    line.sources.add(edge.source.replaceAll("_", " "));
    if (edge.relation !== "unstated") line.says.add(edge.relation);
    lines.set(key, line);
  }
  return [...lines.values()];
}

function drawnEdge(edge, at) {
  const from = at.get(edge.child), to = at.get(edge.parent), middle = BOX.height / 2;
  const x1 = from.x + BOX.width, y1 = from.y + middle, x2 = to.x, y2 = to.y + middle, bend = (x1 + x2) / 2;
  const label = drawing("text", { x: bend, y: (y1 + y2) / 2 - 4, "text-anchor": "middle", class: "small" }, short([...(edge.says.size ? edge.says : edge.sources)].join(", "), 22));
  return [drawing("path", { d: `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`, class: edge.pinned ? "" : "loose" }), label];
}

function drawnNode(name, place, node, self, states) {
  const state = node ? node.state : "found";
  const kind = states.get(name) ?? (state === "found" ? "fine" : "gap");
  const says = node ? (state === "found" ? node.license || "no license stated" : state.replace("_", " ")) : self ? "this model" : "";
  return drawing("g", { class: `${kind}${self ? " self" : ""}` },
    drawing("title", {}, name),
    drawing("rect", { x: place.x, y: place.y, width: BOX.width, height: BOX.height, rx: 6 }),
    drawing("text", { x: place.x + 10, y: place.y + 19 }, short(name, 30)),
    drawing("text", { x: place.x + 10, y: place.y + 36, class: "small" }, short(says, 34)));
}

function described(lineage) {
  const lines = lineage.edges.slice(0, 40).map((edge) => `${edge.child} from ${edge.parent}, ${edge.relation}`);
  return `Lineage of ${lineage.name}: ${lines.join("; ") || "no parent is known"}`;
}
