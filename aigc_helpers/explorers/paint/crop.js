// The reader's own photograph: the button and what is said of it (node), and the sliders
// of its crop, which stand below the picture.

import { button, element, sliderRow } from "../front/controls.js";
import { averaged, cropOf, NoPhotograph, photographOf } from "./photograph.js";

const MOST_ZOOM = 8;
const START = { zoom: 1, x: 0.5, y: 0.5 };

// What the view gives: text, shape, live, and cropped(), called when pixels are new.
export class OwnPhotograph {
  constructor(view, text) {
    Object.assign(this, { view, text, photograph: null, pixels: null, turn: 0 });
    this.note = element("p", { className: "aigc-paint-note", role: "status" });
    const about = view.live ? text.aboutLive : text.about;
    const privacy = element("p", { className: "aigc-paint-privacy" }, about);
    this.input = element("input", { type: "file", accept: "image/*", hidden: true });
    this.input.addEventListener("change", () => {
      if (this.input.files.length) this.open(this.input.files);
      this.input.value = ""; // the same file can be chosen again
    });
    const choose = button(text.choose, () => this.input.click());
    this.sliders = this.rows();
    this.crop = element("div", { className: "aigc-paint-crop", hidden: true });
    this.crop.append(...Object.values(this.sliders).map(({ node }) => node));
    this.node = element("div", { className: "aigc-paint-own" });
    this.node.append(choose, this.input, privacy, this.note);
  }

  rows() {
    const times = (value) => `${value.toFixed(2)}×`;
    const percent = (value) => `${Math.round(100 * value)}%`;
    return {
      zoom: this.row("zoom", { low: 1, high: MOST_ZOOM, step: 0.05 }, times),
      x: this.row("x", { low: 0, high: 1, step: 0.01 }, percent),
      y: this.row("y", { low: 0, high: 1, step: 0.01 }, percent),
    };
  }

  row(key, range, words) {
    const name = this.text.crop[key];
    const row = sliderRow({ name, ...range, format: { short: words, long: words } });
    row.input.addEventListener("input", () => {
      this.place = { ...this.place, [key]: Number(row.input.value) };
      this.cut();
    });
    return row;
  }

  // Files that were chosen, dropped or pasted; the last one asked for is shown.
  async open(files) {
    const turn = ++this.turn;
    if (!files.length) return this.say(this.text.noFile);
    this.say(this.text.reading);
    try {
      const photograph = await photographOf(files[0]);
      if (turn !== this.turn) return undefined;
      this.photograph = photograph;
      this.place = START;
      this.say(photograph.animated ? this.text.animated : "");
      this.cut();
    } catch (error) {
      if (turn !== this.turn) return undefined;
      console.warn("explorer:", error);
      const known = error instanceof NoPhotograph;
      this.say(known ? this.text[error.key] : this.text.badFile, true);
    }
    return undefined;
  }

  // The pixels (uint8) of the crop.
  cut() {
    const box = cropOf(this.photograph, this.view.shape, this.place);
    this.pixels = averaged(this.photograph, box, this.view.shape);
    for (const [key, row] of Object.entries(this.sliders)) row.show(this.place[key]);
    const { width, height } = this.photograph;
    this.sliders.x.input.disabled = width - box[2] < 1e-6; // no room to move
    this.sliders.y.input.disabled = height - box[3] < 1e-6;
    this.view.cropped();
  }

  show(used) {
    this.crop.hidden = !used;
  }

  say(words, failed = false) {
    this.note.textContent = words;
    this.note.classList.toggle("aigc-failed", failed);
  }

  /* -- dropped and pasted -- */

  listen(box) {
    box.addEventListener("dragover", (event) => {
      event.preventDefault();
      box.classList.add("aigc-paint-over");
    });
    box.addEventListener("dragleave", ({ relatedTarget }) => {
      if (!box.contains(relatedTarget)) box.classList.remove("aigc-paint-over");
    });
    box.addEventListener("drop", (event) => {
      box.classList.remove("aigc-paint-over");
      event.preventDefault();
      event.stopPropagation();
      this.open(event.dataTransfer.files);
    });
    box.addEventListener("paste", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.open(event.clipboardData.files);
    });
  }
}
