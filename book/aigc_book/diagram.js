// Mermaid flow charts in, SVG out: [source] on standard input, [{svg, targets}] back.
//
// Only a part of Mermaid's language is read, and strictly: a line that is not understood
// is an error, where other renderers leave it out. What is read here, Mermaid reads too.
//
//   flowchart TD                       or LR; the first line
//   accTitle: 概念图                    what the diagram is called
//   a["第一行<br>第二行"]                a node; every label stands in quotes
//   a -->|"生成文字"| b                 an arrow; -.-> has dashes; the label may be absent
//   click a "#section"                 where a node leads

const fs = require("fs");
const path = require("path");

const [modules] = process.argv.slice(2);
const ELK = require(path.join(modules, "elkjs", "lib", "elk.bundled.js"));

const NODE = /^(\w+)\["([^"]+)"\]$/;
const EDGE = /^(\w+) (-->|-\.->)(?:\|"([^"|]+)"\|)? (\w+)$/;
const CLICK = /^click (\w+) "(#[\w-]+)"$/;
const FONT = { node: 14, edge: 12 }; // pixels
const PADDING = { x: 10, y: 8 };
const LEADING = 1.35; // of the font size
const ARROW = 6; // length of an arrow's head
const DIRECTION = { TD: "DOWN", TB: "DOWN", LR: "RIGHT" };

/* ---- reading ---- */

function read(source) {
  const diagram = { title: "", nodes: new Map(), edges: [] };
  const lines = source.split("\n").map((line) => line.trim());
  lines.forEach((line, i) => {
    const fail = (why) => {
      throw new Error(`line ${i + 1} ${JSON.stringify(line)}: ${why}`);
    };
    if (line && !line.startsWith("%%")) readLine(diagram, line, fail);
  });
  if (!diagram.nodes.size) throw new Error("the diagram has no nodes");
  if (!diagram.title) throw new Error("no line accTitle: what is the diagram called?");
  return diagram;
}

function readLine(diagram, line, fail) {
  const known = (id) => diagram.nodes.get(id) ?? fail(`no node ${id} is declared above`);
  if (!diagram.direction) {
    const [, direction] = line.match(/^(?:flowchart|graph) (TD|TB|LR)$/) ?? [];
    diagram.direction = DIRECTION[direction] ?? fail("must be: flowchart TD, or LR");
    return;
  }
  const [title, node, edge, click] = [/^accTitle: (.+)$/, NODE, EDGE, CLICK].map((form) =>
    line.match(form),
  );
  if (title) diagram.title = title[1];
  else if (node) {
    if (diagram.nodes.has(node[1])) fail(`${node[1]} is declared twice`);
    diagram.nodes.set(node[1], { lines: node[2].split(/<br ?\/?>/) });
  } else if (edge) {
    const [, from, kind, label, to] = edge;
    [from, to].forEach(known);
    diagram.edges.push({ from, to, label, dashed: kind === "-.->" });
  } else if (click) known(click[1]).target = click[2];
  else fail('not understood; a label stands in quotes: a["…"], a -->|"…"| b');
}

/* ---- layout ---- */

// Chinese characters are as wide as high, others about half.
function widthOf(text, size) {
  const ems = Array.from(text, (c) => (c.codePointAt(0) > 0x2e7f ? 1 : 0.56));
  return size * ems.reduce((a, b) => a + b, 0);
}

function sized({ lines }) {
  return {
    width: Math.max(...lines.map((line) => widthOf(line, FONT.node))) + 2 * PADDING.x,
    height: lines.length * FONT.node * LEADING + 2 * PADDING.y,
  };
}

function graphOf({ direction, nodes, edges }) {
  const label = (text) => ({
    text,
    width: widthOf(text, FONT.edge) + 4,
    height: FONT.edge * LEADING,
  });
  return {
    id: "root",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": direction,
      "elk.edgeRouting": "ORTHOGONAL",
      "elk.padding": "[top=2,left=2,bottom=2,right=2]",
      "elk.spacing.nodeNode": "20",
      "elk.spacing.edgeNode": "12",
      "elk.spacing.edgeEdge": "10",
      "elk.layered.spacing.nodeNodeBetweenLayers": "26",
      "elk.layered.spacing.edgeNodeBetweenLayers": "12",
      "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
      "elk.layered.cycleBreaking.strategy": "MODEL_ORDER", // as the source lists them
      "elk.edgeLabels.inline": "true",
    },
    children: [...nodes].map(([id, node]) => ({ id, ...sized(node) })),
    edges: edges.map((edge, i) => ({
      id: `edge${i}`,
      sources: [edge.from],
      targets: [edge.to],
      labels: edge.label ? [label(edge.label)] : [],
    })),
  };
}

/* ---- drawing ---- */

const escape = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const round = (value) => Number(value.toFixed(1));

function drawNode({ x, y, width, height }, { lines, target }) {
  const middle = round(x + width / 2);
  const step = FONT.node * LEADING;
  const top = y + height / 2 - ((lines.length - 1) * step) / 2 + FONT.node * 0.36;
  const texts = lines.map((line, i) => {
    const place = `x="${middle}" y="${round(top + i * step)}"`;
    return `<tspan ${place}>${escape(line)}</tspan>`;
  });
  const at = `x="${round(x)}" y="${round(y)}"`;
  const size = `width="${round(width)}" height="${round(height)}"`;
  const shape = `<rect ${at} ${size} rx="7"/><text>${texts.join(" ")}</text>`;
  const group = `<g class="diagram-node">${shape}</g>`;
  return target ? `<a href="${escape(target)}">${group}</a>` : group;
}

function drawEdge({ sections, labels = [] }, { label, dashed }) {
  const [{ startPoint, bendPoints = [], endPoint }] = sections;
  const points = [startPoint, ...bendPoints, endPoint].map(({ x, y }) => [x, y]);
  const way = points.map((point) => point.map(round).join(" ")).join(" L ");
  const [[px, py], [x, y]] = points.slice(-2);
  const length = Math.hypot(x - px, y - py) || 1;
  const [dx, dy] = [((x - px) / length) * ARROW, ((y - py) / length) * ARROW];
  const corner = (side) => `${round(x - dx - side * dy * 0.5)} ${round(y - dy + side * dx * 0.5)}`;
  const parts = [
    `<path class="diagram-edge${dashed ? " diagram-dashed" : ""}" d="M ${way}"/>`,
    `<path class="diagram-head" d="M ${round(x)} ${round(y)} L ${corner(1)} L ${corner(-1)} Z"/>`,
  ];
  for (const box of labels) {
    const place = `x="${round(box.x + box.width / 2)}" y="${round(box.y + FONT.edge * 1.05)}"`;
    parts.push(`<text class="diagram-label" ${place}>${escape(label)}</text>`);
  }
  return parts;
}

function draw(diagram, { width, height, children, edges }) {
  const lines = edges.map((edge, i) => drawEdge(edge, diagram.edges[i]));
  const nodes = children.map((box) => drawNode(box, diagram.nodes.get(box.id)));
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const drawn = lines.flatMap(([way, head]) => [way, head]).join("");
  const labels = lines.flatMap((parts) => parts.slice(2)).join("");
  return (
    `<svg class="diagram" role="group" aria-label="${escape(diagram.title)}" ` +
    `viewBox="0 0 ${w} ${h}" width="${w}" height="${h}">` +
    `<g aria-hidden="true">${drawn}${labels}</g>${nodes.join("")}</svg>`
  );
}

async function render(source) {
  try {
    const diagram = read(source);
    const laid = await new ELK().layout(graphOf(diagram));
    const targets = [...diagram.nodes.values()].map(({ target }) => target);
    return { svg: draw(diagram, laid), targets: targets.filter(Boolean), width: laid.width };
  } catch (error) {
    return { error: error.message };
  }
}

async function main() {
  const sources = JSON.parse(fs.readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(await Promise.all(sources.map(render))));
}

main();
