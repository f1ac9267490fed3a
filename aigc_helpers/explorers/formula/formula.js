// The formula explorer: curves, marks and numbers of formulas that follow sliders.
//
// The functions come from a generated module: on a page the file of its hash, live the
// same text behind this module, which calls provide().

import { Chart, formatNumber, seriesSample, WHOLE } from "../front/chart.js";
import { element, sliderRow } from "../front/controls.js";
import { clamp, fill } from "../front/core.js";
import { explorer, ExplorerView } from "../front/view.js";
import { SPECIAL } from "./special.js";

const TEXT = {
  zh: {
    group: "公式探索器",
    legend: "曲线",
    readouts: "读数",
    chart: "曲线图：{curves}。横轴 {x} 从 {low} 到 {high}。{settings}",
    setting: "{name} = {value}",
    separator: "，",
    status: "{settings}：{readouts}",
    undefined: "无定义",
  },
}.zh;
const GROUPS = ["curves", "readouts", "markers"];
const ROOM = 0.06; // of the range, above and below the curves
const TOO_WIDE = 2; // a free axis narrows when the curves need less than 1 / TOO_WIDE
const MATHML = "http://www.w3.org/1998/Math/MathML";
const MATH_TAGS = new Set(
  ("math mrow mi mn mo mfrac msqrt mroot msup msub msubsup munder mover munderover " +
    "mtable mtr mtd mtext mstyle mspace").split(" "),
);

/* ---- the functions ---- */

let provided = null; // of this module, if it carries its formulas
const loaded = new WeakMap(); // model -> its functions

export function provide(plotted) {
  provided = plotted;
}

// {curves, readouts, markers}, lists of functions of x and the sliders' values.
async function functionsOf(model) {
  const config = model.get("_config");
  if (!provided) checkName(config.formulas);
  const address = `formulas/${config.formulas}.js`;
  const plotted = provided ?? (await import(new URL(address, model.get("_assets")))).plotted;
  const functions = plotted(SPECIAL);
  for (const group of GROUPS) {
    if (functions[group].length !== config[group].length) {
      throw new Error(`the module of formulas does not fit: ${group}`);
    }
  }
  return functions;
}

function checkName(name) {
  if (!/^[0-9a-f]{64}$/.test(name)) throw new Error(`no module of formulas: ${name}`);
}

/* ---- formulas and numbers for readers ---- */

// Nodes of a tree [tag, child, ...]; tags that are not MathML's are left out.
function mathNode(tree) {
  if (typeof tree === "string") return document.createTextNode(tree);
  const [tag, ...children] = tree;
  const node = document.createElementNS(MATHML, MATH_TAGS.has(tag) ? tag : "mrow");
  node.append(...children.map(mathNode));
  return node;
}

function readoutText(value, { unit, whole }) {
  if (Number.isNaN(value)) return TEXT.undefined;
  return formatNumber(value, whole ? WHOLE : undefined) + (unit ? ` ${unit}` : "");
}

function decimalText(value, decimals) {
  return (value < 0 ? "−" : "") + Math.abs(value).toFixed(decimals);
}

/* ---- the view ---- */

class FormulaView extends ExplorerView {
  constructor(model, el) {
    const { title } = model.get("_config");
    super(model, el, "formula", { ...TEXT, group: title || TEXT.group });
    this.functions = loaded.get(model);
    this.free = Boolean(this.config.plot) && this.config.plot.y.low === null;
  }

  build() {
    const parts = [];
    if (this.config.plot) parts.push(this.buildChart());
    const side = element("div", { className: "aigc-formula-side" });
    if (this.config.curves.length) side.append(this.legend());
    this.rows = this.config.sliders.map((slider) => this.sliderRow(slider));
    const sliders = element("div", { className: "aigc-sliders" });
    sliders.append(...this.rows.map((row) => row.node));
    side.append(sliders);
    if (this.config.readouts.length) side.append(this.readoutList());
    return [...parts, side, this.actions()];
  }

  buildChart() {
    const { x, y, labels } = this.config.plot;
    this.chart = new Chart({
      x: { ...x, label: labels[0] },
      y: { log: y.log, low: y.low ?? (y.log ? 0.1 : 0), high: y.high ?? 1, label: labels[1] },
      height: 280,
    });
    this.chart.node.classList.add("aigc-formula-chart");
    return this.chart.node;
  }

  legend() {
    const node = element("ul", { className: "aigc-legend", "aria-label": TEXT.legend });
    this.config.curves.forEach(({ name, math }, series) => {
      const item = element("li", {}, seriesSample(series));
      item.append(this.named(name, math));
      node.append(item);
    });
    return node;
  }

  named(name, math) {
    const node = element("span", { className: "aigc-named" }, element("span", {}, name));
    if (math) node.append(element("span", { className: "aigc-math" }, mathNode(math)));
    return node;
  }

  readoutList() {
    const node = element("dl", { className: "aigc-readouts" });
    node.setAttribute("aria-label", TEXT.readouts);
    this.numbers = this.config.readouts.map(({ name, math }) => {
      const value = element("dd");
      const term = element("dt", {}, this.named(name, math));
      node.append(element("div", {}, term, value));
      return value;
    });
    return node;
  }

  sliderRow({ name, label, low, high, step, decimals }) {
    const short = (value) => decimalText(value, decimals);
    const long = (value) => fill(TEXT.setting, { name: label, value: short(value) });
    const made = sliderRow({ name: label, low, high, step, format: { short, long } });
    made.input.addEventListener("input", () => {
      this.set({ ...this.state, [name]: Number(made.input.value) });
    });
    made.input.addEventListener("change", () => this.save());
    return made;
  }

  /* -- state -- */

  showControls() {
    this.config.sliders.forEach(({ name }, i) => this.rows[i].show(this.state[name]));
  }

  // What is out of range is brought in, what is no number or slider is left out.
  change(state, settings) {
    const changed = { ...state };
    for (const { name, low, high } of this.config.sliders) {
      const value = Number(settings[name] ?? NaN);
      if (!Number.isNaN(value)) changed[name] = clamp(value, low, high);
    }
    return changed;
  }

  /* -- numbers -- */

  // Arguments of the functions: x first, if there is one.
  call(group, index, state, x = 0) {
    const values = this.config.sliders.map(({ name }) => state[name]);
    const first = this.config.plot ? [x] : [];
    return this.functions[group][index](...first, ...values);
  }

  answer(state) {
    const readouts = this.config.readouts.map((_, i) => this.call("readouts", i, state));
    if (!this.chart) return { source: "formula", readouts };
    const x = this.chart.samples();
    const values = this.config.sliders.map(({ name }) => state[name]);
    const curves = this.functions.curves.map((curve) => ({
      x,
      y: x.map((value) => curve(value, ...values)),
    }));
    return { source: "formula", readouts, curves, ...this.marked(state) };
  }

  // Vertical lines, and a dot where they meet a curve.
  marked(state) {
    const markers = [];
    const points = [];
    this.config.markers.forEach((_, i) => {
      const x = this.call("markers", i, state);
      markers.push({ x, series: 5 });
      this.config.curves.forEach((_, series) => {
        points.push({ x: [x], y: [this.call("curves", series, state, x)], series, size: 10 });
      });
    });
    return { markers, points };
  }

  /* -- picture -- */

  draw({ readouts, curves, markers, points }) {
    readouts.forEach((value, i) => {
      this.numbers[i].textContent = readoutText(value, this.config.readouts[i]);
    });
    if (!this.chart) return true;
    if (this.free) this.chart.frame(null, this.range(curves, false));
    const drawn = curves.map(({ x, y }, series) => ({ x, y, series }));
    this.chart.draw({ curves: drawn, markers, points });
    return true;
  }

  // A free axis widens at once, and narrows only at rest: nothing jumps while dragging.
  range(curves, atRest) {
    const { low, high, log } = this.chart.y;
    const [least, most] = extent(curves, log);
    const [from, to] = roomy(least, most, log);
    const size = log ? (a, b) => Math.log(b / a) : (a, b) => b - a;
    const loose = size(low, high) > TOO_WIDE * size(from, to);
    const first = !this.framed;
    this.framed = true;
    if (first || (atRest && loose)) return [from, to];
    return [least < low ? from : low, most > high ? to : high];
  }

  settled(answer, state) {
    if (this.free) {
      this.chart.frame(null, this.range(answer.curves, true));
      this.chart.draw(this.chart.content);
    }
    const settings = this.config.sliders
      .map(({ label, name, decimals }) =>
        fill(TEXT.setting, { name: label, value: decimalText(state[name], decimals) }),
      )
      .join(TEXT.separator);
    const readouts = this.config.readouts
      .map((readout, i) => {
        const value = readoutText(answer.readouts[i], readout);
        return fill(TEXT.setting, { name: readout.name, value });
      })
      .join(TEXT.separator);
    this.say(readouts ? fill(TEXT.status, { settings, readouts }) : settings);
    this.chart?.describe(this.describe(settings));
  }

  describe(settings) {
    const { x, labels } = this.config.plot;
    const curves = this.config.curves.map(({ name }) => name).join(TEXT.separator);
    const { low, high } = x;
    return fill(TEXT.chart, { curves, x: labels[0], low, high, settings });
  }

  start() {
    super.start();
    this.chart?.describe(this.describe(""));
  }

  end() {
    super.end();
    this.chart?.close();
  }
}

// Smallest and largest value that an axis can show; NaN where there is none.
function extent(curves, log) {
  let [least, most] = [Infinity, -Infinity];
  for (const { y } of curves) {
    for (const value of y) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return least <= most ? [least, most] : [log ? 0.1 : 0, 1];
}

// With some room around; a curve that stays near 0 keeps 0 as its foot.
function roomy(least, most, log) {
  if (log) return [least / 1.2, most * 1.2];
  const room = (most - least || Math.abs(most) || 1) * ROOM;
  const foot = least >= 0 && least < (most - least) * 0.25 ? 0 : least - room;
  return [foot, most + room];
}

const view = explorer(FormulaView);

export default {
  async render({ model, el }) {
    loaded.set(model, await functionsOf(model));
    return view.render({ model, el });
  },
};
