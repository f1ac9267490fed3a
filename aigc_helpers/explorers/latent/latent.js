// The latent explorer: sliders through a latent space, and the picture they make.

import { button, classChoice, element, sliderRow } from "../front/controls.js";
import { clamp, fill, LAST_SEED, paintGrey, signed } from "../front/core.js";
import { DecoderView } from "../front/decoder.js";
import { explorer } from "../front/view.js";
import { nearestTile, numberOfTile, REACH, Space, stateOfTile } from "./space.js";

const TEXT = {
  zh: {
    group: "隐空间探索器",
    walk: "插值 A → B",
    walkHint: "球面插值：A 是当前样本，B 是下一个种子的样本",
    classes: "数字",
    random: "随机样本",
    seed: "种子 {seed}",
    deviations: "{value} 个标准差",
    share: "从 A 到 B 的 {value}",
    lowest: "拉到最左",
    highest: "拉到最右",
    picture: "生成的图像。{settings}",
    pictureOf: "生成的数字 {label}。{settings}",
    name: "种子 {seed}，{settings}",
    nameOf: "种子 {seed}，数字 {label}，{settings}",
    setting: "{name}：{value}",
    separator: "；",
    atRest: "各方向都在 0",
    stripOnly: "预先算好的图像：一次动一个滑块",
    waiting: "预先算好的图像 · 动一动滑块，浏览器就开始运行网络",
  },
}.zh;

class LatentView extends DecoderView {
  constructor(model, el) {
    super(model, el, "latent", TEXT);
    this.space = new Space(this.config);
    this.strip = this.live ? null : this.stripOf(this.config.strip);
  }

  stripOf(strip) {
    const start = JSON.stringify([this.initial.seed, this.initial.base]);
    return { ...strip, rest: this.space.atRest(this.initial), start };
  }

  /* -- building -- */

  build() {
    const picture = this.picture();
    this.rows = this.config.names.map((name, row) => this.directionRow(name, row));
    this.walk = this.walkRow();
    const sliders = element("div", { className: "aigc-sliders" });
    sliders.append(...this.rows.map((row) => row.node), this.walk.node);
    if (this.strip) this.smallFromStrip();
    return [picture, ...this.reading(), sliders, ...this.choices()];
  }

  // A sentence on the picture's number: seen at once, heard when the slider rests.
  reading() {
    if (!this.config.readout) return [];
    this.number = element("span");
    this.number.setAttribute("aria-hidden", "true");
    this.heard = element("span", { className: "aigc-unseen", role: "status" });
    return [element("p", { className: "aigc-readout" }, this.number, this.heard)];
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
    this.seed = element("span", { className: "aigc-seed" });
    const random = button(TEXT.random, () => this.random());
    return [...parts, this.actions(...(this.stripOnly ? [] : [random]), this.seed)];
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

  // What is out of range is brought in.
  change(state, { seed, label, t, ...axes }) {
    const number = (text, low, high) => clamp(Number(text) || 0, low, high);
    const whole = (text, high) => Math.trunc(number(text, 0, high));
    if (seed) state = { ...state, seed: whole(seed, LAST_SEED - 1), base: null };
    if (label) state = { ...state, label: whole(label, this.config.n_classes - 1) };
    if (t) state = { ...state, t: number(t, 0, 1) };
    for (const [axis, value] of Object.entries(axes)) {
      const row = Number(axis) - 1;
      if (!(row in state.coordinates)) continue;
      state = this.space.moved(state, row, number(value, -REACH, REACH));
    }
    return state;
  }

  showControls() {
    const { coordinates, t, label, seed } = this.state;
    this.rows.forEach((row, i) => row.show(coordinates[i]));
    this.walk.show(t);
    this.classes?.show(label);
    this.seed.textContent = fill(TEXT.seed, { seed });
  }

  toPython(state) {
    return { ...state, z: Array.from(this.space.z(state)) };
  }

  /* -- pictures -- */

  latent(state) {
    return [this.space.z(state), state.label];
  }

  tileOf(state) {
    return nearestTile(this.space, this.strip, state);
  }

  stateOf(tile) {
    return stateOfTile(this.space, this.strip, tile);
  }

  draw(answer, state) {
    const painted = super.draw(answer, state);
    if (painted && this.number) this.read(answer);
    return painted;
  }

  read({ image, tile, value }) {
    const number = (image ? value : this.valueOfTile(tile)).toFixed(2);
    this.number.textContent = fill(this.config.readout, { value: number });
  }

  valueOfTile(tile) {
    return this.strip.values[numberOfTile(this.space, this.strip, tile)];
  }

  /* -- when nothing moves: words, and the small pictures -- */

  settled(answer, state, ms) {
    super.settled(answer, state, ms);
    if (this.number) this.heard.textContent = this.number.textContent;
    if (answer.source === "strip") return;
    this.refreshSmall(state).catch((error) => console.warn("explorer:", error));
  }

  nameOf(state) {
    const { seed, label } = state;
    const text = this.config.n_classes ? TEXT.nameOf : TEXT.name;
    return fill(text, { seed, label, settings: this.settings(state) });
  }

  describe(state) {
    const text = this.config.n_classes ? TEXT.pictureOf : TEXT.picture;
    return fill(text, { label: state.label, settings: this.settings(state) });
  }

  settings(state) {
    const values = state.coordinates.map((value, i) => [this.config.names[i], value]);
    const moved = values.filter(([, value]) => value !== 0);
    if (state.t) moved.push([TEXT.walk, state.t]);
    const parts = moved.map(([name, value]) =>
      fill(TEXT.setting, { name, value: signed(value) }),
    );
    return parts.join(TEXT.separator) || TEXT.atRest;
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
}

export default explorer(LatentView);
