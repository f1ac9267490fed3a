// The sweep explorer: what was computed for each value of one or two sliders.

import { ExplorerError, pictureOf } from "../front/answers.js";
import { Chart, formatNumber, seriesSample, WHOLE } from "../front/chart.js";
import { button, element, sliderRow } from "../front/controls.js";
import { fill, paintTile } from "../front/core.js";
import { explorer, ExplorerView } from "../front/view.js";
import { Sweep } from "./stored.js";

const TEXT = {
  zh: {
    group: "参数扫描探索器",
    stop: "{value}，第 {place} 个，共 {n} 个",
    stored: "{settings} · 预先算好的结果",
    fresh: "{settings} · Python 内核刚算好的结果",
    setting: "{name} = {value}",
    separator: "，",
    field: "{name} = ",
    reading: "{name} {value}",
    picture: "{name}，{settings}",
    curve: "{name}随{axis}变化的曲线，当前 {settings}，{readings}",
    logarithmic: "{name}（对数刻度）",
    notNumber: "不是数",
    compute: "计算新的值",
    computing: "计算中…",
    working: "Python 内核正在计算 {settings}，可能要等一会儿。已算好的值照常可以看。",
    between: "请在“{name}”一栏填 {low} 到 {high} 之间的数。",
    betweenWhole: "请在“{name}”一栏填 {low} 到 {high} 之间的整数。",
    kernelError: "Python 内核没能算出结果：{error}",
    fresher: "刚算好的值",
  },
}.zh;
const CURVE_HEIGHT = 200; // pixels
const PICTURE_WIDTH = 340; // pixels, on a wide page

class SweepView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "sweep", TEXT);
    this.sweep = new Sweep(this.config);
    this.sheets = null;
  }

  /* -- building -- */

  build() {
    const { axes, charts, pictures, texts } = this.config;
    this.rows = axes.map((axis, i) => this.axisRow(axis, i));
    const sliders = element("div", { className: "aigc-sliders" });
    sliders.append(...this.rows.map((row) => row.node));
    this.pictures = pictures.map((picture) => this.pictureOf(picture));
    this.values = [];
    this.charts = charts.map((chart) => this.chartOf(chart));
    this.texts = texts.map(({ name }) => this.textOf(name));
    const body = element("div", { className: "aigc-sweep-body" });
    const shown = [this.pictures, [...this.texts, ...this.charts]];
    for (const parts of shown.filter((some) => some.length)) {
      body.append(element("div", {}, ...parts.map(({ node }) => node)));
    }
    const form = this.live && this.config.new_values ? [this.form()] : [];
    return [sliders, ...form, body, this.actions()];
  }

  opening() {
    return this.live ? this.text.waitForKernel : "";
  }

  axisRow(axis, i) {
    const last = axis.values.length - 1;
    const short = (place) => written(axis.values[place]);
    const long = (place) =>
      fill(TEXT.stop, { value: short(place), place: place + 1, n: last + 1 });
    const made = sliderRow({
      name: axis.name, low: 0, high: last, step: 1, format: { short, long }, text: TEXT,
    });
    made.input.addEventListener("input", () => {
      const change = (old, other) =>
        other === i ? axis.values[Number(made.input.value)] : old;
      const stored = this.sweep.nearest(this.state.value);
      this.set({ ...this.state, value: stored.map(change) });
    });
    made.input.addEventListener("change", () => this.save());
    return made;
  }

  pictureOf({ name, tile: [height, width] }) {
    const canvas = element("canvas", { width, height, className: "aigc-sweep-picture" });
    canvas.setAttribute("role", "img");
    canvas.style.setProperty("width", `${Math.max(width, PICTURE_WIDTH)}px`);
    canvas.classList.toggle("aigc-pixels", width * 2 <= PICTURE_WIDTH);
    const node = element("figure", {}, canvas, element("figcaption", {}, name));
    return { name, canvas, node };
  }

  // One number has its value in the title, more than one have a legend.
  chartOf({ name, numbers }) {
    const [axis] = this.config.axes;
    const { low, high, log } = this.sweep.scale(numbers);
    const title = log ? fill(TEXT.logarithmic, { name }) : name;
    const head = element("p", {}, `${title} `);
    const keys = numbers.map((index, series) => this.keyOf(index, series));
    if (numbers.length === 1) head.append(this.values[numbers[0]]);
    const node = element("div", { className: "aigc-number" }, head);
    if (numbers.length > 1) node.append(element("ul", { className: "aigc-keys" }, ...keys));
    const chart = new Chart({
      x: { ...this.sweep.room(axis), log: axis.log, label: axis.name },
      y: { low, high, log },
      height: CURVE_HEIGHT,
    });
    node.append(chart.node);
    return { name, numbers, node, chart };
  }

  keyOf(index, series) {
    const value = (this.values[index] = element("strong", {}));
    const { name } = this.config.numbers[index];
    return element("li", {}, seriesSample(series), ` ${name} `, value);
  }

  textOf(name) {
    const value = element("span", {});
    const title = element("strong", {}, name);
    const node = element("p", { className: "aigc-sweep-text" }, title, value);
    return { name, value, node };
  }

  /* -- a new value, by the kernel -- */

  form() {
    this.inputs = this.config.axes.map((axis) => this.input(axis));
    this.button = element("button", { type: "submit" }, TEXT.compute);
    const labels = this.inputs.map((input, i) =>
      element("label", {}, fill(TEXT.field, this.config.axes[i]), input),
    );
    const form = element("form", { className: "aigc-compute", noValidate: true });
    form.append(...labels, this.button, (this.freshNode = element("div")));
    this.freshNode.className = "aigc-fresh";
    this.freshNode.setAttribute("role", "group");
    this.freshNode.setAttribute("aria-label", TEXT.fresher);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.compute().catch((error) => this.fail(error));
    });
    return form;
  }

  input({ values, whole }) {
    return element("input", {
      type: "number", min: values[0], max: values.at(-1), step: whole ? 1 : "any",
      value: values[0], inputMode: "decimal",
    });
  }

  wanted() {
    return this.inputs.map((input, i) => {
      const { name, values, whole } = this.config.axes[i];
      const [low, high] = [values[0], values.at(-1)];
      const value = input.value === "" ? NaN : Number(input.value);
      if (value >= low && value <= high && (!whole || Number.isInteger(value))) {
        return value;
      }
      input.focus();
      const text = whole ? TEXT.betweenWhole : TEXT.between;
      const ends = { low: written(low), high: written(high) };
      throw new ExplorerError(fill(text, { name, ...ends }));
    });
  }

  async compute() {
    if (this.computing) return;
    const value = this.wanted();
    if (!this.sweep.has(value)) {
      this.work(true, value);
      try {
        await this.learn(value);
      } finally {
        this.work(false);
      }
    }
    this.finish({ ...this.state, value });
  }

  // What the kernel gives for a value that is not stored; it may have it already.
  async learn(value) {
    const { message, buffers } = await this.kernel.ask({ compute: value }, Infinity);
    const pictures = await picturesOf(buffers);
    if (this.sweep.has(value)) return;
    this.sweep.add(value, message, pictures);
    this.offer(value);
    this.showControls();
  }

  work(computing, value) {
    this.computing = computing;
    this.button.textContent = computing ? TEXT.computing : TEXT.compute;
    this.button.setAttribute("aria-disabled", String(computing));
    this.el.firstElementChild.setAttribute("aria-busy", String(computing));
    if (computing) this.say(fill(TEXT.working, { settings: this.settings(value) }));
  }

  // A button that leads back to a value that the kernel has computed.
  offer(value) {
    const press = () => this.finish({ ...this.state, value });
    this.freshNode?.append(button(this.settings(value), press));
  }

  /* -- what the reader does -- */

  // "1=4&2=0.01": the stored value that is nearest.
  change(state, settings) {
    const value = state.value.map((old, i) => {
      const text = settings[i + 1];
      return text === undefined ? old : Number(text) || 0;
    });
    return { ...state, value: this.sweep.has(value) ? value : this.sweep.nearest(value) };
  }

  preset({ value }) {
    return { ...this.initial, value };
  }

  // The state's value, or the nearest one that is known: nothing is shown under
  // another value's name.
  shown(state) {
    return this.sweep.has(state.value) ? state.value : this.sweep.nearest(state.value);
  }

  showControls() {
    const value = this.shown(this.state);
    const near = this.sweep.nearest(value);
    this.rows.forEach((row, i) => {
      row.show(this.config.axes[i].values.indexOf(near[i]));
      if (value[i] === near[i]) return;
      row.output.textContent = written(value[i]); // between two stops
      row.input.setAttribute("aria-valuetext", written(value[i]));
    });
    const { numbers, texts } = this.sweep.record(value);
    this.values.forEach((node, i) => (node.textContent = this.readable(numbers[i], i)));
    this.charts.forEach((part) => this.showChart(part, numbers));
    this.texts.forEach((part, i) => (part.value.textContent = texts[i]));
  }

  showChart({ numbers, chart }, now) {
    const at = this.shown(this.state);
    const { low, high } = this.sweep.scale(numbers);
    const lines = numbers.map((index) => this.sweep.curve(index, at));
    chart.frame(null, [low, high]);
    chart.draw({
      curves: lines.map(({ x, y }, series) => ({ x, y, series })),
      points: lines.flatMap(({ x, y, fresh }, series) => [
        { x, y, series, size: 5 },
        { ...fresh, series: lines.length > 1 ? series : 1, size: 7 },
        { x: [at[0]], y: [now[numbers[series]]], series, size: 12 },
      ]),
      markers: [{ x: at[0], series: 5 }],
    });
  }

  /* -- pictures -- */

  async answer(state) {
    if (this.live && !this.sheets) await this.load();
    if (this.live && !this.sweep.has(state.value)) {
      await this.learn(state.value).catch((error) => this.fail(error));
    }
    const source = this.sweep.has(state.value) === "fresh" ? "kernel" : "stored";
    return { source, value: this.shown(state) };
  }

  // The stored pictures, and what was computed before this view was made.
  async load() {
    const { message, buffers } = await this.kernel.ask({});
    const sheets = await picturesOf(buffers);
    for (const value of message.fresh) await this.learn(value);
    this.sheets = sheets;
  }

  draw({ value }) {
    const { place, pictures } = this.sweep.record(value);
    this.pictures.forEach(({ canvas }, i) => {
      const { tile, columns } = this.config.pictures[i];
      const sheet = this.live ? this.sheets[i] : this.model.get("_sprites")[i];
      if (pictures) paintTile(canvas, pictures[i], tile, 0, 0);
      else paintTile(canvas, sheet, tile, Math.floor(place / columns), place % columns);
    });
    return true;
  }

  /* -- words -- */

  settled({ source, value: shown }) {
    const settings = this.settings(shown);
    const { numbers } = this.sweep.record(shown);
    for (const { name, canvas } of this.pictures) {
      canvas.setAttribute("aria-label", fill(TEXT.picture, { name, settings }));
    }
    const axis = this.config.axes[0].name;
    for (const { name, numbers: own, chart } of this.charts) {
      const readings = this.readings(numbers, own).join(TEXT.separator);
      chart.describe(fill(TEXT.curve, { name, axis, settings, readings }));
    }
    if (this.computing || this.failed) return;
    this.say(this.summary(source, settings, numbers));
  }

  summary(source, settings, numbers) {
    const readings = this.readings(numbers, [...numbers.keys()]);
    const all = [settings, ...readings].join(TEXT.separator);
    return fill(source === "kernel" ? TEXT.fresh : TEXT.stored, { settings: all });
  }

  // The numbers with these indices, each with its name.
  readings(numbers, indices) {
    return indices.map((i) => {
      const { name } = this.config.numbers[i];
      return fill(TEXT.reading, { name, value: this.readable(numbers[i], i) });
    });
  }

  // A value of the number with that index.
  readable(value, i) {
    if (Number.isNaN(value)) return TEXT.notNumber;
    const most = this.sweep.decimals(i);
    if (most === 0 && Number.isInteger(value)) return formatNumber(value, WHOLE);
    const readable = formatNumber(value);
    const zeros = (readable.split(".")[1] ?? "").length - most;
    return readable.includes("×") || zeros <= 0 ? readable : trimmed(readable, zeros);
  }

  settings(value) {
    const parts = this.config.axes.map(({ name }, i) =>
      fill(TEXT.setting, { name, value: written(value[i]) }),
    );
    return parts.join(TEXT.separator);
  }

  end() {
    super.end();
    for (const { chart } of this.charts) chart.close();
  }
}

function picturesOf(buffers) {
  return Promise.all(buffers.map((buffer) => pictureOf(buffer, "image/webp")));
}

// Without so many zeros at the end, and without a point that nothing follows.
function trimmed(text, zeros) {
  return text.slice(0, -zeros).replace(/\.$/, "");
}

function written(value) {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

export default explorer(SweepView);
