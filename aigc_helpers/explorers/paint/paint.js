// The paint explorer: a hole in a photograph, and beside each other who fills it.

import { floatsOf } from "../front/answers.js";
import { button, element } from "../front/controls.js";
import { bytesFrom, clamp, fill, gaussian, LAST_SEED, paintGrey } from "../front/core.js";
import { DecoderView } from "../front/decoder.js";
import { explorer } from "../front/view.js";
import { OwnPhotograph } from "./crop.js";
import { holeOfText, sizeOfHole, textOfHole } from "./holes.js";
import { smoothFilling } from "./laplace.js";
import { Pad } from "./pad.js";
import { TEXT } from "./text.js";
import { Gallery, titled } from "./tools.js";

const NAMED = ["lower", "centre", "strokes"]; // of config.holes, each with a button
const THICKNESS = [1.5, 3.5, 6.5]; // radii in 64ths of the picture's side
const SETTINGS = ["photo", "hole", "seed"];
const FINEST = 65535; // of the prepared answer's pixels

const unit = (bytes) => Float32Array.from(bytes, (byte) => byte / 255);

// The answer's pixels in the hole, the photograph's own everywhere else.
const composed = (image, hole, answer) => image.map((own, i) => (hole[i] ? answer[i] : own));

function rootMeanSquaredError(answer, image, hole) {
  const squares = answer.map((value, i) => hole[i] * (value - image[i]) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b) / sizeOfHole(hole));
}

class PaintView extends DecoderView {
  constructor(model, el) {
    super(model, el, "paint", TEXT);
    const { shape, photographs, names, mean } = this.config;
    this.shape = shape;
    this.size = shape[0] * shape[1];
    const bytes = bytesFrom(photographs);
    const expected = names.length * this.size;
    if (bytes.length !== expected) throw new Error("photographs and shape differ");
    const part = (i) => unit(bytes.subarray(i * this.size, (i + 1) * this.size));
    this.photographs = names.map((_, i) => part(i));
    this.mean = mean ? unit(bytesFrom(mean)) : null;
    this.past = []; // holes, for undo
    this.usesOwn = false;
    this.thickness = 1;
    this.erasing = false;
  }

  /* -- building -- */

  build() {
    const id = `aigc-paint-${Math.random().toString(36).slice(2)}`;
    this.pad = new Pad(this.shape, this.hooks());
    this.pad.node.setAttribute("aria-describedby", id);
    this.namePad(this.state);
    const help = element("p", { className: "aigc-paint-help", id }, TEXT.help);
    this.voice = element("p", { className: "aigc-unseen", role: "status" });
    const left = element("div", { className: "aigc-paint-left" });
    const own = this.ownPhotograph();
    left.append(this.pad.node, help, this.own.crop, this.voice);
    const right = element("div", { className: "aigc-paint-right" });
    right.append(this.photoChoice(), this.brushes(), this.holes(), own);
    const { mean, ...titles } = TEXT.titles;
    this.gallery = new Gallery(this.mean ? TEXT.titles : titles, this.shape);
    this.facts = element("p", { className: "aigc-paint-facts", role: "status" });
    return [left, right, this.gallery.node, this.facts, this.actions(...this.answers())];
  }

  photoChoice() {
    this.choice = titled(TEXT.photographs, "aigc-paint-photos", (i) => this.choose(i));
    this.photographs.forEach((image, i) => {
      const face = this.face();
      paintGrey(face, image);
      this.choice.add(face, this.config.names[i]);
    });
    return this.choice.node;
  }

  face() {
    const [height, width] = this.shape;
    const face = element("canvas", { width, height });
    face.setAttribute("aria-hidden", "true");
    return face;
  }

  brushes() {
    this.brush = titled(TEXT.brushes, "aigc-paint-brushes", (i) => this.use(i));
    for (const name of TEXT.thickness) this.brush.add(element("span", {}, name), name);
    this.eraser = button(TEXT.eraser, () => this.use(this.thickness, !this.erasing));
    this.use(this.thickness);
    return element("div", { className: "aigc-paint-row" }, this.brush.node, this.eraser);
  }

  use(thickness, erasing = this.erasing) {
    Object.assign(this, { thickness, erasing });
    const side = Math.min(...this.shape);
    this.pad.use((THICKNESS[thickness] * side) / 64, erasing);
    this.brush.show(thickness);
    this.eraser.setAttribute("aria-pressed", erasing);
  }

  holes() {
    const node = element("div", { className: "aigc-paint-row", role: "group" });
    node.setAttribute("aria-label", TEXT.holes);
    const named = NAMED.map((name) => button(TEXT[name], () => this.dig(name)));
    this.undo = button(TEXT.undo, () => this.back());
    node.append(...named, this.undo, button(TEXT.clear, () => this.dig("none")));
    return node;
  }

  ownPhotograph() {
    this.own = new OwnPhotograph(this, TEXT);
    this.own.listen(this.el);
    return this.own.node;
  }

  answers() {
    if (!this.config.latent_dim || this.stripOnly) return [];
    this.seed = element("span", { className: "aigc-seed" });
    const seed = () => (this.state.seed % LAST_SEED) + 1;
    const another = () => this.finish({ ...this.state, seed: seed() });
    return [button(TEXT.another, another), this.seed];
  }

  /* -- what the reader does -- */

  hooks() {
    return {
      begin: () => this.scene(this.state),
      lifted: (hole) => this.finish({ ...this.state, hole: textOfHole(hole) }),
      erase: () => {
        this.use(this.thickness, !this.erasing);
        this.tell(this.erasing ? "eraserOn" : "eraserOff");
      },
      thick: (i) => {
        this.use(i);
        this.tell("thick", { name: TEXT.thickness[i] });
      },
      tell: (key, values) => this.tell(key, values),
    };
  }

  // To who does not see the brush; of a way that goes on the last word alone.
  tell(key, values = {}) {
    clearTimeout(this.telling);
    const speak = () => (this.voice.textContent = fill(TEXT[key], values));
    this.telling = setTimeout(speak, key === "place" ? 300 : 0);
  }

  dig(name) {
    this.finish({ ...this.state, hole: this.config.holes[name] });
  }

  back() {
    if (!this.past.length) return;
    this.finish({ ...this.state, hole: this.past.at(-1) });
    this.past.splice(-2); // it, and the one that was just left
    this.showControls();
  }

  choose(photo) {
    this.usesOwn = photo === this.photographs.length;
    this.finish(this.usesOwn ? { ...this.state } : { ...this.state, photo });
  }

  // The reader's own photograph has other pixels.
  cropped() {
    if (!this.ownFace) {
      this.ownFace = this.face();
      this.choice.add(this.ownFace, TEXT.own);
    }
    this.usesOwn = true;
    paintGrey(this.ownFace, unit(this.own.pixels));
    this.set({ ...this.state });
  }

  take(state) {
    if (state.hole !== this.state.hole) this.past.push(this.state.hole);
    if (state === this.initial) this.usesOwn = false;
    super.take(state);
  }

  fromPython() {
    if (this.model.get("_state").photo !== this.state.photo) this.usesOwn = false;
    super.fromPython();
  }

  // "photo=2&hole=lower&seed=3": a photograph by its name or its number from 1.
  change(state, { photo, hole, seed }) {
    const { holes, names, latent_dim } = this.config;
    const changed = { ...state };
    const whole = (text, low, high) => clamp(Math.trunc(Number(text) || 0), low, high);
    if (photo !== undefined) {
      const place = names.indexOf(photo) + 1 || whole(photo, 1, names.length);
      changed.photo = place - 1;
      this.usesOwn = false;
    }
    if (Object.hasOwn(holes, hole ?? "")) changed.hole = holes[hole];
    if (seed !== undefined && latent_dim) changed.seed = whole(seed, 0, LAST_SEED);
    return changed;
  }

  showControls() {
    this.choice.show(this.usesOwn ? this.photographs.length : this.state.photo);
    this.own.show(this.usesOwn);
    this.undo.setAttribute("aria-disabled", !this.past.length);
    if (this.seed) this.seed.textContent = fill(TEXT.seed, { seed: this.state.seed });
  }

  /* -- who fills the hole -- */

  // Everything that an answer depends on; own pixels are no part of the state.
  scene({ photo, hole, seed }) {
    const pixels = this.usesOwn ? this.own.pixels : null;
    const image = pixels ? unit(pixels) : this.photographs[photo];
    return { photo, seed, text: hole, hole: holeOfText(hole, this.size), image, pixels };
  }

  latent(state) {
    return [this.scene(state)];
  }

  async run(network, { image, hole, seed }) {
    const { latent_dim: n } = this.config;
    const dims = [1, 1, ...this.shape];
    const seen = image.map((value, i) => (hole[i] ? 0 : value));
    const feeds = {
      image: network.tensor("float32", seen, dims),
      hole: network.tensor("float32", Float32Array.from(hole), dims),
    };
    if (n) feeds.z = network.tensor("float32", gaussian(seed, n), [1, n]);
    const { filled } = await network.results(feeds);
    return composed(image, hole, filled.data);
  }

  async decode(scene, news = {}) {
    if (!this.live) return this.run(this.network, scene);
    const { text: hole, photo, seed, pixels } = scene;
    const own = pixels ? { pixels: btoa(String.fromCharCode(...pixels)) } : {};
    const { buffers } = await this.kernel.ask({ hole, photo, seed, ...own, ...news });
    return floatsOf(buffers[0]);
  }

  async answer(state) {
    const scene = this.scene(state);
    const answer = { ...scene, source: "strip", made: this.rivals(scene) };
    if (!sizeOfHole(scene.hole)) return answer;
    if (!this.live && !this.network) {
      answer.made.network = this.prepared(scene);
      return answer;
    }
    try {
      const start = performance.now();
      const news = this.live && this.byReader ? { state: this.toPython(state) } : {};
      answer.made.network = await this.decode(scene, news);
      answer.ms = performance.now() - start;
    } catch (error) {
      this.draw(answer); // the rivals have answered
      this.facts.textContent = this.words(answer);
      throw error;
    }
    return { ...answer, source: this.live ? "kernel" : "network" };
  }

  rivals({ image, hole }) {
    const mean = this.mean && composed(image, hole, this.mean);
    return { mean, smooth: smoothFilling(image, hole, this.shape) };
  }

  // The network's answer that came with the page, null for anything but its own hole.
  prepared({ photo, seed, text, hole, image, pixels }) {
    const { prepared } = this.config;
    const asked = { photo, seed, hole: text };
    if (pixels || !SETTINGS.every((key) => prepared?.[key] === asked[key])) return null;
    const stored = new Uint16Array(bytesFrom(prepared.pixels).buffer);
    let next = 0;
    return image.map((own, i) => (hole[i] ? stored[next++] / FINEST : own));
  }

  /* -- what is seen -- */

  draw(answer) {
    const { image, hole, made } = answer;
    const { network } = made;
    const isHole = sizeOfHole(hole) > 0;
    this.answered = answer;
    this.pad.show(network ?? image, hole, isHole && !network);
    const pictures = { photograph: { image }, holed: { image, open: true } };
    for (const key of ["network", "mean", "smooth"]) {
      const missing = key === "smooth" ? TEXT.noRim : TEXT.noNote;
      const words = made[key] ? this.note(made[key], answer) : missing;
      const open = isHole && !made[key];
      pictures[key] = { image: made[key] ?? image, open, words: isHole ? words : "" };
    }
    this.gallery.show(pictures, hole);
    return true;
  }

  namePad({ photo, pixels }) {
    const [height, width] = this.shape;
    const name = pixels ? TEXT.own : this.config.names[photo];
    this.pad.node.setAttribute("aria-label", fill(TEXT.pad, { name, height, width }));
  }

  note(picture, { image, hole }) {
    const value = rootMeanSquaredError(picture, image, hole).toFixed(3);
    return fill(TEXT.note, { value });
  }

  settled(answer, state, ms) {
    this.namePad(answer);
    this.facts.textContent = this.words(answer);
    if (this.failed) return;
    const idle = !sizeOfHole(answer.hole) && (this.live || this.network);
    this.say(idle ? "" : this.answeredBy(answer.source, answer.ms ?? ms));
  }

  // Whole sentences: the hole's size, each one's error, and what could not be done.
  words({ image, hole, made }) {
    const n = sizeOfHole(hole);
    if (!n) return TEXT.empty;
    const list = ["network", "mean", "smooth"].filter((key) => made[key]).map((key) => {
      const value = rootMeanSquaredError(made[key], image, hole).toFixed(3);
      return fill(TEXT.error, { name: TEXT.titles[key], value });
    });
    const share = ((100 * n) / hole.length).toFixed(1);
    return [
      n === hole.length ? TEXT.full : "",
      fill(TEXT.hole, { n, share }),
      list.length ? fill(TEXT.errors, { list: list.join(TEXT.comma) }) : "",
      made.network ? "" : TEXT.unanswered,
    ].join("");
  }
}

export default explorer(PaintView);
