// The latent explorer: sliders through a latent space, and the picture they make.
//
// z = mix(A, B, t) + coordinates · directions, where A is the sample of the seed (or a
// vector that Python set) and B the sample of the next seed.

import { ExplorerError, KernelSource, Network, Pump } from "./answers.js";
import { button, classChoice, element, sliderRow } from "./controls.js";
import { clamp, fill, floats, gaussian, paintGrey, paintTile } from "./core.js";
import { signed, slerp } from "./core.js";
import { followLinks, nearest } from "./links.js";

const TEXT = {
  zh: {
    group: "隐空间探索器",
    walk: "插值 A → B",
    walkHint: "球面插值：A 是当前样本，B 是下一个种子的样本",
    classes: "数字",
    random: "随机样本",
    reset: "重置",
    presets: "预设",
    seed: "种子 {seed}",
    deviations: "{value} 个标准差",
    share: "从 A 到 B 的 {value}",
    lowest: "拉到最左",
    highest: "拉到最右",
    picture: "生成的图像。{settings}",
    pictureOf: "生成的数字 {label}。{settings}",
    setting: "{name}：{value}",
    atRest: "各方向都在 0",
    stripOnly: "预先算好的图像：一次动一个滑块",
    waiting: "预先算好的图像 · 动一动滑块，浏览器就开始运行网络",
    loading: "预览 · 网络正在加载",
    byNetwork: "浏览器正在运行网络 · {ms} ms",
    byKernel: "Python 内核正在运行网络 · {ms} ms",
    byKernelFirst: "正在等 Python 内核",
    slow: "Python 内核还没有回答，可能正在运行别的代码。等它空闲后再动一次滑块。",
    kernelError: "Python 内核没能算出图像：{error}",
    noNetwork: "网络没有加载成功，图像仍是预先算好的。再动一次滑块会重新加载。",
    broken: "网络没能算出图像。重置或刷新页面可以再试一次。",
  },
}.zh;
const REACH = 3; // sliders run from -REACH to REACH standard deviations
const REST = 300; // ms without a new picture: then status and small pictures follow
const SAVE_EVERY = 100; // ms between two messages to Python while dragging

/* ---- state ---------------------------------------------------------------- */

class Space {
  constructor(config) {
    this.dim = config.latent_dim;
    this.directions = floats(config.directions); // (n, dim), row by row
    this.size = config.names.length;
  }

  start(state) {
    return state.base ? Float32Array.from(state.base) : gaussian(state.seed, this.dim);
  }

  z(state) {
    const a = this.start(state);
    const b = state.t ? gaussian(state.seed + 1, this.dim) : a;
    const z = state.t ? slerp(a, b, state.t) : a;
    state.coordinates.forEach((value, row) => {
      for (let i = 0; i < this.dim; i++) {
        z[i] += value * this.directions[row * this.dim + i];
      }
    });
    return z;
  }

  atRest(state) {
    return { ...state, t: 0, coordinates: new Array(this.size).fill(0) };
  }

  moved(state, row, value) {
    const change = (old, i) => (i === row ? value : old);
    return { ...state, coordinates: state.coordinates.map(change) };
  }
}

// Which tile of the filmstrip shows a state best, or null: [row, column].
function nearestTile(space, strip, state) {
  const { rest } = strip;
  if (JSON.stringify([state.seed, state.base]) !== strip.start) return null;
  if (state.label !== rest.label) return [space.size + 1, 2 * state.label + 1];
  const last = strip.positions - 1;
  const column = (value) => Math.round(((value + REACH) / (2 * REACH)) * last);
  const sizes = state.coordinates.map(Math.abs);
  const row = sizes.indexOf(Math.max(...sizes));
  const moved = space.moved(rest, row, state.coordinates[row]);
  const between = { ...rest, t: state.t };
  const goal = space.z(state);
  const gap = (other) => Math.hypot(...space.z(other).map((v, i) => v - goal[i]));
  if (gap(between) < gap(moved)) return [space.size, Math.round(state.t * last)];
  return [row, column(state.coordinates[row])];
}

/* ---- the view --------------------------------------------------------------- */

class LatentView {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.config = model.get("_config");
    this.space = new Space(this.config);
    this.initial = structuredClone(model.get("_state"));
    this.state = this.initial;
    this.live = this.config.source === "kernel";
    this.stripOnly = this.config.source === "strip";
    this.strip = this.live ? null : this.stripOf(this.config.strip);
    this.kernel = this.live ? new KernelSource(model, TEXT) : null;
    this.network = null;
    this.pump = new Pump(
      (request) => this.answer(request),
      (answer, request, ms) => this.paint(answer, request, ms),
      (error) => this.fail(error),
    );
    this.build();
    this.listen();
  }

  stripOf(strip) {
    const start = JSON.stringify([this.initial.seed, this.initial.base]);
    return { ...strip, rest: this.space.atRest(this.initial), start };
  }

  /* -- building -- */

  build() {
    const [height, width] = this.config.shape;
    this.canvas = element("canvas", { width, height, className: "aigc-picture" });
    this.canvas.setAttribute("role", "img");
    this.rows = this.config.names.map((name, row) => this.directionRow(name, row));
    this.walk = this.walkRow();
    this.status = element("p", { className: "aigc-status", role: "status" });
    const sliders = element("div", { className: "aigc-sliders" });
    sliders.append(...this.rows.map((row) => row.node), this.walk.node);
    const root = element("div", { className: "aigc-latent", role: "group" });
    root.setAttribute("aria-label", TEXT.group);
    root.append(this.canvas, sliders, ...this.choices(), this.status);
    this.el.replaceChildren(root);
  }

  directionRow(name, row) {
    const shape = this.config.shape;
    const short = (value) => signed(value);
    const long = (value) => fill(TEXT.deviations, { value: signed(value) });
    const made = sliderRow({
      name, shape, low: -REACH, high: REACH, step: 0.05,
      format: { short, long }, text: TEXT,
    });
    this.attach(made.input, (state, value) => this.space.moved(state, row, value));
    return made;
  }

  walkRow() {
    const short = (value) => value.toFixed(2);
    const long = (value) => fill(TEXT.share, { value: `${Math.round(value * 100)}%` });
    const made = sliderRow({
      name: TEXT.walk, hint: TEXT.walkHint, shape: this.config.shape,
      low: 0, high: 1, step: 0.01, format: { short, long }, text: TEXT,
    });
    made.node.classList.add("aigc-walk");
    this.attach(made.input, (state, t) => ({ ...state, t }));
    return made;
  }

  attach(input, change) {
    input.addEventListener("input", () => {
      const state = this.stripOnly ? this.strip.rest : this.state;
      this.set(change(state, Number(input.value)));
    });
    input.addEventListener("change", () => this.save());
  }

  choices() {
    const parts = [];
    if (this.config.n_classes) {
      const choose = (label) => this.choose(label);
      this.classes = classChoice(this.config.n_classes, TEXT.classes, choose);
      parts.push(this.classes.node);
    }
    const actions = element("div", { className: "aigc-actions" });
    this.seed = element("span", { className: "aigc-seed" });
    if (!this.stripOnly) actions.append(button(TEXT.random, () => this.random()));
    actions.append(button(TEXT.reset, () => this.finish(this.initial)), this.seed);
    if (!this.stripOnly && this.config.presets.length) actions.append(this.presets());
    return [...parts, actions];
  }

  presets() {
    const buttons = this.config.presets.map((preset) =>
      button(preset.name, () => this.finish(this.preset(preset))),
    );
    const node = element("div", { className: "aigc-presets", role: "group" });
    node.setAttribute("aria-label", TEXT.presets);
    node.append(...buttons);
    return node;
  }

  listen() {
    const touch = () => this.touch();
    for (const type of ["pointerdown", "focusin", "keydown"]) {
      this.el.addEventListener(type, touch);
    }
    if (!navigator.connection?.saveData) this.el.addEventListener("pointerenter", touch);
    this.follow = () => this.fromPython();
    this.model.on("change:_state", this.follow);
  }

  /* -- what the reader does -- */

  choose(label) {
    const state = this.stripOnly ? this.strip.rest : this.state;
    this.finish({ ...state, label });
  }

  random() {
    const rest = this.space.atRest(this.state);
    this.finish({ ...rest, seed: this.state.seed + 1, base: null });
  }

  preset({ name, base, ...rest }) {
    const state = { ...this.space.atRest(this.state), ...rest };
    if (rest.seed !== undefined) state.base = null;
    if (base !== undefined) state.base = base || new Array(this.space.dim).fill(0);
    return state;
  }

  // Settings of a link in the prose, all texts; what is out of range is brought in.
  apply({ preset, seed, label, t, ...axes }) {
    const number = (text, low, high) => clamp(Number(text) || 0, low, high);
    const whole = (text, high) => Math.trunc(number(text, 0, high));
    const named = this.config.presets.find(({ name }) => name === preset);
    let state = named ? this.preset(named) : this.state;
    if (seed) state = { ...state, seed: whole(seed, 2 ** 32 - 2), base: null };
    if (label) state = { ...state, label: whole(label, this.config.n_classes - 1) };
    if (t) state = { ...state, t: number(t, 0, 1) };
    for (const [axis, value] of Object.entries(axes)) {
      const row = Number(axis) - 1;
      if (!(row in state.coordinates)) continue;
      state = this.space.moved(state, row, number(value, -REACH, REACH));
    }
    this.touch();
    this.finish(state);
  }

  finish(state) {
    this.set(state);
    this.save();
  }

  /* -- state, and Python's copy of it -- */

  set(state) {
    this.state = state;
    this.showControls();
    this.request();
    this.saveSoon();
  }

  showControls() {
    const { coordinates, t, label, seed } = this.state;
    this.rows.forEach((row, i) => row.show(coordinates[i]));
    this.walk.show(t);
    this.classes?.show(label);
    this.seed.textContent = fill(TEXT.seed, { seed });
  }

  saveSoon() {
    if (!this.live || this.saving) return;
    this.saving = setTimeout(() => this.save(), SAVE_EVERY);
  }

  save() {
    clearTimeout(this.saving);
    this.saving = null;
    if (!this.live || this.saved === this.state) return;
    this.saved = this.state;
    this.sent = { ...this.state, z: Array.from(this.space.z(this.state)) };
    this.model.set("_state", this.sent);
    this.model.save_changes();
  }

  fromPython() {
    const state = this.model.get("_state");
    if (state === this.sent) return;
    const { z, ...rest } = state;
    this.state = this.saved = rest;
    this.showControls();
    this.request();
  }

  /* -- pictures -- */

  async touch() {
    if (this.config.source !== "network" || this.network || this.loading) return;
    this.loading = true;
    this.say(TEXT.loading);
    try {
      const network = await Network.load(this.config.network, this.model.get("_assets"));
      await this.run(network, this.space.z(this.state), this.state.label); // warm up
      this.network = network;
      this.request();
    } catch (error) {
      console.warn("explorer:", error);
      this.say(TEXT.noNetwork, true);
    } finally {
      this.loading = false;
    }
  }

  run(network, z, label) {
    const inputs = { z };
    if (this.config.n_classes) {
      inputs.y = new Float32Array(this.config.n_classes);
      inputs.y[label] = 1;
    }
    return network.run(inputs, "image");
  }

  // Float32Array (H * W) in [0, 1]: the network itself, whoever runs it.
  decode(z, label = 0) {
    if (this.live) return this.kernel.decode(z, label);
    return this.run(this.network, Float32Array.from(z), label);
  }

  request() {
    clearTimeout(this.resting);
    this.pump.request(this.state);
  }

  async answer(state) {
    if (!this.live && !this.network) {
      return { source: "strip", tile: nearestTile(this.space, this.strip, state) };
    }
    const image = await this.decode(this.space.z(state), state.label);
    return { source: this.live ? "kernel" : "network", image };
  }

  paint({ source, tile, image }, state, ms) {
    if (image) paintGrey(this.canvas, image);
    else if (tile) this.paintTile(this.canvas, ...tile);
    this.source = source;
    const detail = { source, ms, painted: Boolean(image || tile) };
    this.el.dispatchEvent(new CustomEvent("aigc:painted", { detail }));
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(state, source, ms), REST);
  }

  paintTile(canvas, row, column) {
    paintTile(canvas, this.model.get("_sprite"), this.strip.tile, row, column);
  }

  fail(error) {
    console.warn("explorer:", error);
    this.say(error instanceof ExplorerError ? error.message : TEXT.broken, true);
  }

  /* -- when nothing moves: words, and the small pictures -- */

  rest(state, source, ms) {
    this.canvas.setAttribute("aria-label", this.describe(state));
    if (source === "strip") {
      if (this.stripOnly) this.say(TEXT.stripOnly);
      else if (this.loading) this.say(TEXT.loading);
      else if (!this.failed) this.say(TEXT.waiting);
      return;
    }
    const text = source === "kernel" ? TEXT.byKernel : TEXT.byNetwork;
    this.say(fill(text, { ms: ms.toFixed(1) }));
    this.refreshSmall(state).catch((error) => console.warn("explorer:", error));
  }

  describe(state) {
    const values = state.coordinates.map((value, i) => [this.config.names[i], value]);
    const moved = values.filter(([, value]) => value !== 0);
    if (state.t) moved.push([TEXT.walk, state.t]);
    const parts = moved.map(([name, value]) =>
      fill(TEXT.setting, { name, value: signed(value) }),
    );
    const settings = parts.join("；") || TEXT.atRest;
    const text = this.config.n_classes ? TEXT.pictureOf : TEXT.picture;
    return fill(text, { label: state.label, settings });
  }

  say(text, failed = false) {
    this.failed = failed;
    this.status.classList.toggle("aigc-failed", failed);
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  // What each slider would show at its ends, one picture at a time.
  async refreshSmall(state) {
    for (const [canvas, end] of this.smallPictures(state)) {
      if (state !== this.state || this.pump.busy) return;
      paintGrey(canvas, await this.decode(this.space.z(end), end.label));
    }
  }

  *smallPictures(state) {
    for (const [row, { ends }] of this.rows.entries()) {
      yield [ends[0], this.space.moved(state, row, -REACH)];
      yield [ends[1], this.space.moved(state, row, REACH)];
    }
    yield [this.walk.ends[0], { ...state, t: 0 }];
    yield [this.walk.ends[1], { ...state, t: 1 }];
  }

  smallFromStrip() {
    const last = this.strip.positions - 1;
    [...this.rows, this.walk].forEach(({ ends }, row) => {
      this.paintTile(ends[0], row, 0);
      this.paintTile(ends[1], row, last);
    });
  }

  /* -- life -- */

  begin() {
    if (this.strip) this.smallFromStrip();
    this.showControls();
    const still = this.stripOnly ? TEXT.stripOnly : TEXT.waiting;
    this.say(this.live ? TEXT.byKernelFirst : still);
    this.canvas.setAttribute("aria-label", this.describe(this.state));
    this.request();
  }

  end() {
    this.model.off("change:_state", this.follow);
    this.kernel?.close();
    clearTimeout(this.resting);
    clearTimeout(this.saving);
  }

  // What tests, links and linked explorers may use.
  get handle() {
    return {
      view: this,
      decode: (z, label) => this.decode(z, label),
      apply: (settings) => this.apply(settings),
      touch: () => this.touch(),
    };
  }
}

function render({ model, el }) {
  const view = new LatentView(model, el);
  el.classList.add("aigc-latent-view");
  el.aigc = view.handle;
  followLinks((link) => {
    return nearest(link, document.querySelectorAll(".aigc-latent-view"))?.aigc;
  });
  view.begin();
  return () => view.end();
}

export default { render };
