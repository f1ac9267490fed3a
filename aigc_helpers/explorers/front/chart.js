// Axes, curves, points, bars and markers in one SVG that all explorers share.
//
//   const chart = new Chart({ x: { low: 0, high: 1, label: "x" }, y: { log: true } });
//   box.append(chart.node);
//   chart.frame([0, 1], [0.01, 10]);            ranges; axes are drawn if they changed
//   chart.draw({
//     curves: [{ x, y, series: 0 }],            equal lengths; NaN and ∞ leave gaps
//     points: [{ x, y, series: 1, size: 5 }],   dots, any number, one element a series
//     bars: [{ x: [0, 1], y, series: 2 }],      from y = 0, or the axis, 0.8 wide
//     markers: [{ x: 0.5, series: 3 }],         vertical lines across the plot
//   });
//   chart.describe("…");                        what a screen reader says
//   chart.data(event)                           [x, y] under a pointer
// An axis is {low, high, log, label, ticks}; ticks false leaves numbers and lines out.
// SVG keeps text crisp on every screen and takes its colours from the style sheet:
// a series has a colour and a pattern of dashes of its own (chart.css).
// svg(tag, attributes, …children) makes any other SVG node.

import { clamp } from "./core.js";

const SVG = "http://www.w3.org/2000/svg";
const MINUS = "−";
const FAR = 1e5; // pixels; beyond it a curve is cut, renderers lose precision there
const LOWEST = 0.02; // a bar of a log axis starts at the axis
const N_SAMPLES = 301; // about every second pixel of a wide chart
export const N_SERIES = 6;

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/* ---- numbers for readers ---- */

const SUPERSCRIPT = { "-": "⁻", ..."⁰¹²³⁴⁵⁶⁷⁸⁹" };

function power(exponent) {
  return "10" + [...String(exponent)].map((digit) => SUPERSCRIPT[digit]).join("");
}

export const WHOLE = 0; // digits of a count

// 1234.5 -> "1234", 0.00001234 -> "1.234×10⁻⁵", with that many significant digits;
// WHOLE gives all digits of a count: 17 -> "17".
export function formatNumber(value, digits = 4) {
  if (Number.isNaN(value)) return "—";
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (size === Infinity) return sign + "∞";
  if (digits === WHOLE) return sign + size.toFixed();
  if (size === 0) return (0).toFixed(digits - 1);
  let [head, exponent] = size.toExponential(digits - 1).split("e").map(Number);
  if (exponent > 5 || exponent < -3) {
    return `${sign}${head.toFixed(digits - 1)}×${power(exponent)}`;
  }
  return sign + size.toFixed(clamp(digits - 1 - exponent, 0, 12));
}

/* ---- ticks ---- */

// About n round numbers from low to high: {values, text(value)}.
export function linearTicks(low, high, n) {
  const rough = (high - low) / Math.max(1, n);
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((part) => part * size >= rough * 0.999) * size;
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    values.push(i * step);
  }
  const decimals = clamp(-Math.floor(Math.log10(step) + 1e-9), 0, 12);
  const far = Math.max(Math.abs(low), Math.abs(high));
  const plain = far < 1e5 && decimals <= 4;
  const text = (value) => {
    if (!plain && Math.abs(value) > step / 2) return formatNumber(value, 2);
    return (value < -step / 2 ? MINUS : "") + Math.abs(value).toFixed(decimals);
  };
  return { values, text: (value) => (plain || value ? text(value) : "0") };
}

// Powers of ten from low to high; with fewer than two of them 2 and 5 times these.
export function logTicks(low, high, n) {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const every = Math.max(1, Math.ceil((to - from) / Math.max(1, n)));
  const parts = to - from <= 2 ? [1, 2, 5] : [1];
  const values = [];
  for (let e = Math.ceil(from / every) * every; e <= to; e += every) {
    for (const part of parts) {
      const value = part * 10 ** e;
      if (value >= low * 0.999 && value <= high * 1.001) values.push(value);
    }
  }
  const short = from >= -3 && to <= 4;
  const text = (value) => {
    if (short) return String(Number(value.toPrecision(1)));
    const exponent = Math.floor(Math.log10(value) + 1e-9);
    const part = Math.round(value / 10 ** exponent);
    return (part === 1 ? "" : `${part}×`) + power(exponent);
  };
  return { values, text };
}

/* ---- one axis ---- */

class Axis {
  constructor({ low = 0, high = 1, log = false, label = "", ticks = true }) {
    Object.assign(this, { log, label, ticks, length: 1, reversed: false });
    this.range(low, high);
  }

  // True if the range changed.
  range(low, high) {
    if (this.log && !(low > 0)) low = high > 0 ? high / 1e6 : 1e-3;
    if (!(high > low)) high = low + (Math.abs(low) || 1);
    if (low === this.low && high === this.high) return false;
    Object.assign(this, { low, high });
    return true;
  }

  share(value) {
    if (!this.log) return (value - this.low) / (this.high - this.low);
    return Math.log(value / this.low) / Math.log(this.high / this.low);
  }

  // Pixels from the plot's left or upper edge; NaN where the axis has no such value.
  at(value) {
    const share = this.share(value);
    const pixels = (this.reversed ? 1 - share : share) * this.length;
    return Number.isFinite(pixels) ? clamp(pixels, -FAR, FAR) : NaN;
  }

  value(pixels) {
    const share = this.reversed ? 1 - pixels / this.length : pixels / this.length;
    if (!this.log) return this.low + share * (this.high - this.low);
    return this.low * (this.high / this.low) ** share;
  }

  // n values from end to end, at equal distances on the screen.
  samples(n) {
    const last = n - 1;
    const value = this.log
      ? (i) => this.low * (this.high / this.low) ** (i / last)
      : (i) => (this.low * (last - i) + this.high * i) / last;
    return Float64Array.from({ length: n }, (_, i) => value(i));
  }

  marks(space) {
    if (!this.ticks) return { values: [], text: String };
    const n = Math.max(2, Math.floor(this.length / space));
    return (this.log ? logTicks : linearTicks)(this.low, this.high, n);
  }
}

/* ---- paths ---- */

const place = (value) => value.toFixed(2);

function curvePath(x, y, across, up) {
  let path = "";
  let last = NaN;
  for (let i = 0; i < x.length; i++) {
    const [px, py] = [across.at(x[i]), up.at(y[i])];
    const drawn = Number.isFinite(px) && Number.isFinite(py);
    const jumps = Math.min(py, last) < 0 && Math.max(py, last) > up.length; // a pole
    if (drawn) {
      const move = Number.isNaN(last) || jumps;
      path += `${move ? "M" : "L"}${place(px)} ${place(py)}`;
    }
    last = drawn ? py : NaN;
  }
  return path;
}

// A line of no length with round ends is a dot.
function pointPath(x, y, across, up) {
  let path = "";
  for (let i = 0; i < x.length; i++) {
    const [px, py] = [across.at(x[i]), up.at(y[i])];
    if (Number.isFinite(px) && Number.isFinite(py)) {
      path += `M${place(px)} ${place(py)}h0`;
    }
  }
  return path;
}

function barPath(x, y, across, up) {
  const foot = clamp(up.log ? up.length : up.at(0), 0, up.length);
  let path = "";
  for (let i = 0; i < x.length; i++) {
    const [left, right] = [across.at(x[i] - 0.4), across.at(x[i] + 0.4)];
    const top = up.at(y[i]);
    if (![left, right, top].every(Number.isFinite)) continue;
    if (up.log && up.share(y[i]) < -LOWEST) continue;
    path += `M${place(left)} ${place(foot)}V${place(top)}H${place(right)}`;
    path += `V${place(foot)}Z`;
  }
  return path;
}

/* ---- the chart ---- */

const LAYERS = ["bars", "curves", "points", "markers"];

export class Chart {
  // height in pixels, or a share of the width: aspect 1 is a square.
  constructor({ x = {}, y = {}, height = 240, aspect = 0 } = {}) {
    this.x = new Axis(x);
    this.y = new Axis(y);
    this.y.reversed = true;
    Object.assign(this, { height, aspect, content: {} });
    this.axes = svg("g", { class: "aigc-axes" });
    this.plot = svg("svg", { class: "aigc-plot", overflow: "hidden" });
    this.layers = LAYERS.map((name) => svg("g", { class: `aigc-${name}` }));
    this.plot.append(...this.layers);
    this.svg = svg("svg", { role: "img", class: "aigc-chart-svg" });
    this.svg.append(this.axes, this.plot);
    this.node = document.createElement("div");
    this.node.className = "aigc-chart";
    this.node.append(this.svg);
    this.layout(480);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.node);
  }

  // Ranges [low, high]; the axes are drawn again only if one changed.
  frame(x, y) {
    const moved = [x && this.x.range(...x), y && this.y.range(...y)];
    if (moved.some(Boolean)) this.layout(this.width);
  }

  // What is not named goes away.
  draw(content) {
    this.content = content;
    this.layers.forEach((layer, i) => this.fillLayer(layer, content[LAYERS[i]] ?? []));
  }

  describe(text) {
    this.svg.setAttribute("aria-label", text);
  }

  // [x, y] of the axes under a pointer or touch.
  data(event) {
    const box = this.plot.getBoundingClientRect();
    const corner = this.svg.getBoundingClientRect();
    const left = event.clientX - (box.width ? corner.left + this.left : 0);
    const top = event.clientY - corner.top - this.top;
    return [this.x.value(left), this.y.value(top)];
  }

  // Values of the x axis, the same at every width; the middle is one of them.
  samples() {
    return this.x.samples(N_SAMPLES);
  }

  close() {
    this.observer.disconnect();
  }

  /* -- layout -- */

  resize() {
    const { width } = this.node.getBoundingClientRect();
    if (!width || Math.abs(width - this.width) < 1) return;
    this.layout(width);
    this.draw(this.content);
  }

  layout(width) {
    this.width = width;
    const height = this.aspect ? width * this.aspect : this.height;
    this.top = this.y.label ? 32 : 10;
    const bottom = (this.x.ticks ? 22 : 6) + (this.x.label ? 18 : 0);
    this.y.length = height - this.top - bottom;
    const marks = this.y.marks(34);
    const longest = Math.max(0, ...marks.values.map((v) => marks.text(v).length));
    this.left = this.y.ticks ? 14 + 7 * longest : 6;
    this.x.length = Math.max(1, width - this.left - 14);
    const box = { width, height, viewBox: `0 0 ${width} ${height}` };
    for (const [key, value] of Object.entries(box)) this.svg.setAttribute(key, value);
    this.plot.setAttribute("x", this.left);
    this.plot.setAttribute("y", this.top);
    this.plot.setAttribute("width", this.x.length);
    this.plot.setAttribute("height", this.y.length);
    this.drawAxes(marks);
  }

  drawAxes(marks) {
    const { x, y, left, top } = this;
    const [right, foot] = [left + x.length, top + y.length];
    const parts = [];
    for (const value of marks.values) {
      const at = top + y.at(value);
      parts.push(svg("line", { class: "aigc-grid", x1: left, x2: right, y1: at, y2: at }));
      parts.push(this.text(marks.text(value), left - 8, at + 4, "end"));
    }
    const across = x.marks(56);
    for (const value of across.values) {
      const at = left + x.at(value);
      parts.push(svg("line", { class: "aigc-tick", x1: at, x2: at, y1: foot, y2: foot + 5 }));
      parts.push(this.text(across.text(value), at, foot + 19, "middle"));
    }
    const ends = { class: "aigc-base", x1: left, x2: right, y1: foot, y2: foot };
    if (x.ticks) parts.push(svg("line", ends));
    if (x.label) parts.push(this.text(x.label, (left + right) / 2, foot + 36, "middle"));
    if (y.label) parts.push(this.text(y.label, 0, 14, "start"));
    this.axes.replaceChildren(...parts);
  }

  text(text, x, y, anchor) {
    return svg("text", { x, y, "text-anchor": anchor }, text);
  }

  /* -- what is drawn -- */

  fillLayer(layer, items) {
    while (layer.childElementCount > items.length) layer.lastElementChild.remove();
    while (layer.childElementCount < items.length) layer.append(svg("path"));
    const kind = LAYERS[this.layers.indexOf(layer)];
    items.forEach((item, i) => this.place(layer.children[i], kind, item));
  }

  place(path, kind, item) {
    path.setAttribute("class", `aigc-series-${(item.series ?? 0) % N_SERIES}`);
    path.setAttribute("d", this.path(kind, item));
    if (item.size) path.setAttribute("stroke-width", item.size);
    else path.removeAttribute("stroke-width");
  }

  path(kind, { x, y }) {
    const at = this.x.at(x);
    if (kind === "curves") return curvePath(x, y, this.x, this.y);
    if (kind === "points") return pointPath(x, y, this.x, this.y);
    if (kind === "bars") return barPath(x, y, this.x, this.y);
    return Number.isFinite(at) ? `M${place(at)} 0V${place(this.y.length)}` : "";
  }
}

// The sample of a series that stands in a legend: its colour and its dashes.
export function seriesSample(series) {
  const path = svg("path", { class: `aigc-series-${series % N_SERIES}`, d: "M1 6H31" });
  const sample = svg("g", { class: "aigc-curves" }, path);
  return svg(
    "svg",
    { class: "aigc-sample", width: 32, height: 12, "aria-hidden": "true" },
    sample,
  );
}
