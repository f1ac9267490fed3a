// The plane explorer: two latent numbers as a place, among the encoded data.

import { pictureOf } from "../front/answers.js";
import { element, sliderRow } from "../front/controls.js";
import { clamp, fill, signed } from "../front/core.js";
import { DecoderView } from "../front/decoder.js";
import { explorer } from "../front/view.js";
import { Plane, drawPoints } from "./points.js";

const TEXT = {
  zh: {
    group: "隐平面探索器",
    axes: ["z₁", "z₂"],
    pad: "隐平面，当前 z₁ = {x}，z₂ = {y}。拖动标记，或用方向键移动，按住 Shift 走得更快",
    classes: "显示哪些类别的数据点",
    grid: "铺上解码图",
    nearest: "最近的数据点：{name} · 相距 {gap}",
    nearestPlain: "最近的数据点相距 {gap}",
    place: "z₁ = {x}，z₂ = {y}",
    picture: "z₁ = {x}、z₂ = {y} 处解码出的图像。{nearest}",
    stripOnly: "预先算好的图像",
  },
}.zh;
const STEPS = 200; // of a slider over its axis
const PAD_STEP = 1 / 50; // of an axis, for one arrow key
const KEYS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
};

class PlaneView extends DecoderView {
  constructor(model, el) {
    super(model, el, "plane", TEXT);
    this.plane = new Plane(this.config);
    this.strip = this.live ? null : this.config.strip;
  }

  /* -- building -- */

  build() {
    const picture = this.picture();
    this.nearest = element("p", { className: "aigc-nearest" });
    this.rows = TEXT.axes.map((name, axis) => this.axisRow(name, axis));
    const sliders = element("div", { className: "aigc-sliders" });
    sliders.append(...this.rows.map((row) => row.node));
    const choices = element("div", { className: "aigc-shown" });
    choices.append(...this.legend(), this.gridChoice());
    return [this.frame(), picture, this.nearest, sliders, choices, this.actions()];
  }

  axisRow(name, axis) {
    const [low, high] = this.config.bounds[axis];
    const made = sliderRow({
      name, low, high, step: Number(((high - low) / STEPS).toPrecision(4)),
      format: { short: signed, long: signed }, text: TEXT,
    });
    made.input.addEventListener("input", () => {
      const change = (old, i) => (i === axis ? Number(made.input.value) : old);
      this.set({ ...this.state, z: this.state.z.map(change) });
    });
    made.input.addEventListener("change", () => this.save());
    return made;
  }

  frame() {
    const side = { width: 720, height: 720 };
    this.tiles = element("canvas", { ...side, className: "aigc-tiles" });
    this.points = element("canvas", side);
    this.marker = element("div", { className: "aigc-marker" });
    this.names = this.namesOfClasses();
    const names = this.names.map(({ node }) => node);
    for (const node of [this.tiles, this.points, this.marker, ...names]) {
      node.setAttribute("aria-hidden", "true");
    }
    this.pad = element("div", { className: "aigc-pad", tabIndex: 0 });
    this.pad.setAttribute("role", "application");
    this.pad.append(this.tiles, this.points, ...names, this.marker);
    this.followPointer();
    this.pad.addEventListener("keydown", (event) => this.key(event));
    const frame = element("div", { className: "aigc-plane-frame" }, this.pad);
    frame.append(...this.ticks());
    return frame;
  }

  // Each in the middle of its points.
  namesOfClasses() {
    return this.config.class_names.flatMap((name, label) => {
      const middle = this.plane.middle(label);
      if (!middle) return [];
      const node = element("span", { className: "aigc-class-name" }, name);
      node.style.setProperty("left", `${100 * middle[0]}%`);
      node.style.setProperty("bottom", `${100 * middle[1]}%`);
      return [{ label, node }];
    });
  }

  // The ends of both axes, and their names between them.
  ticks() {
    return ["x", "y"].map((side, axis) => {
      const [low, high] = this.config.bounds[axis].map((end) => signed(end, 1));
      const words = [low, TEXT.axes[axis], high].map((word) => element("span", {}, word));
      const node = element("div", { className: `aigc-axis-${side}` }, ...words);
      node.setAttribute("aria-hidden", "true");
      return node;
    });
  }

  legend() {
    this.boxes = [];
    if (!this.config.class_names.length) return [];
    const title = element("legend", { className: "aigc-unseen" }, TEXT.classes);
    const node = element("fieldset", { className: "aigc-plane-classes" }, title);
    this.boxes = this.config.class_names.map((name, label) => {
      const box = element("input", { type: "checkbox" });
      box.addEventListener("change", () => this.choose());
      const swatch = element("i", { className: "aigc-swatch" });
      swatch.style.setProperty("--swatch", this.plane.colours[label]);
      node.append(element("label", {}, box, swatch, name));
      return box;
    });
    return [node];
  }

  gridChoice() {
    this.grid = element("input", { type: "checkbox" });
    this.grid.addEventListener("change", () => {
      this.finish({ ...this.state, grid: this.grid.checked });
    });
    return element("label", { className: "aigc-grid-choice" }, this.grid, TEXT.grid);
  }

  /* -- what the reader does -- */

  choose() {
    const shown = this.boxes.flatMap((box, label) => (box.checked ? [label] : []));
    this.finish({ ...this.state, show: shown });
  }

  followPointer() {
    const { pad } = this;
    pad.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.dragging = event.pointerId;
      pad.setPointerCapture(event.pointerId);
      this.drag(event);
    });
    pad.addEventListener("pointermove", (event) => {
      if (event.pointerId === this.dragging) this.drag(event);
    });
    for (const type of ["pointerup", "pointercancel"]) {
      pad.addEventListener(type, (event) => {
        if (event.pointerId !== this.dragging) return;
        this.dragging = null;
        this.save();
      });
    }
  }

  drag({ clientX, clientY }) {
    const box = this.points.getBoundingClientRect();
    const x = (clientX - box.left) / box.width;
    const y = 1 - (clientY - box.top) / box.height;
    this.moveTo(this.plane.at(x, y));
  }

  key(event) {
    const way = KEYS[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = PAD_STEP * (event.shiftKey ? 5 : 1);
    const [x, y] = this.plane.share(this.state.z);
    this.moveTo(this.plane.at(x + way[0] * step, y + way[1] * step));
  }

  moveTo(z) {
    this.set({ ...this.state, z });
  }

  // "1=2.5&2=-1&show=3,7&grid=1": what is out of range is brought in.
  change(state, { 1: x, 2: y, show, grid }) {
    const number = (text, axis) => {
      if (text === undefined) return state.z[axis];
      return clamp(Number(text) || 0, ...this.config.bounds[axis]);
    };
    const changed = { ...state, z: [number(x, 0), number(y, 1)] };
    if (show !== undefined) changed.show = this.classesOf(show.split(","));
    if (grid !== undefined) changed.grid = grid === "1";
    return changed;
  }

  classesOf(words) {
    const names = this.config.class_names;
    return names.flatMap((name, label) =>
      words.includes(name) || words.includes(String(label)) ? [label] : [],
    );
  }

  /* -- what is seen -- */

  showControls() {
    const { z, show, grid } = this.state;
    this.rows.forEach((row, axis) => row.show(z[axis]));
    this.boxes.forEach((box, label) => (box.checked = show.includes(label)));
    this.grid.checked = grid;
    const [x, y] = this.plane.share(z);
    this.marker.style.setProperty("left", `${x * 100}%`);
    this.marker.style.setProperty("top", `${(1 - y) * 100}%`);
    this.nearest.textContent = this.nearestWords(z);
    if (this.drawn !== String(show)) {
      this.drawn = String(show);
      drawPoints(this.points, this.plane, show);
      this.names.forEach(({ label, node }) => (node.hidden = !show.includes(label)));
    }
    this.tiles.hidden = !grid;
    if (grid && !this.tiled) this.tile().catch((error) => this.fail(error));
  }

  // The whole plane as pictures, under the points.
  async tile() {
    this.tiled = true;
    try {
      const context = this.tiles.getContext("2d");
      const { width, height } = this.tiles;
      context.drawImage(await this.wholePlane(), 0, 0, width, height);
    } catch (error) {
      this.tiled = false;
      throw error;
    }
  }

  async wholePlane() {
    if (!this.live) return this.model.get("_sprite");
    const { buffers } = await this.kernel.ask({ grid: true });
    return pictureOf(buffers[0], "image/png");
  }

  nearestWords(z) {
    const { label, gap } = this.plane.nearest(z);
    const names = this.config.class_names;
    const text = names.length ? TEXT.nearest : TEXT.nearestPlain;
    return fill(text, { name: names[label], gap: gap.toFixed(2) });
  }

  /* -- pictures -- */

  latent(state) {
    return [Float32Array.from(state.z), 0];
  }

  // The cell of the grid in which the place lies.
  tileOf(state) {
    const { count } = this.strip;
    const [x, y] = this.plane.share(state.z);
    const cell = (share) => Math.min(Math.floor(share * count), count - 1);
    return [cell(1 - y), cell(x)];
  }

  // The middle of the cell.
  stateOf([row, column]) {
    const { count } = this.strip;
    const [x, y] = [(column + 0.5) / count, 1 - (row + 0.5) / count];
    return { ...this.state, z: this.plane.at(x, y) };
  }

  settled(answer, state, ms) {
    super.settled(answer, state, ms);
    this.pad.setAttribute("aria-label", this.words(TEXT.pad, state));
  }

  nameOf(state) {
    return this.words(TEXT.place, state);
  }

  describe(state) {
    return this.words(TEXT.picture, state);
  }

  words(text, { z }) {
    const [x, y] = z.map((value) => signed(value));
    return fill(text, { x, y, nearest: this.nearestWords(z) });
  }
}

export default explorer(PlaneView);
