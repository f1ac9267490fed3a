// Attention as a picture above the spectrogram: a row a letter, a column a step.

import { element } from "../front/controls.js";
import { colourOf } from "../front/sound/picture.js";
import { HOP } from "../front/sound/spectra.js";
import { TEXT } from "./text.js";

const MOST_LETTERS = 14; // that have room for a name each

export class AttentionPanel {
  constructor(colours) {
    Object.assign(this, { colours, legend: TEXT.legend });
    this.canvas = element("canvas");
    this.labels = element("div", { className: "aigc-sound-frequencies", lang: "en" });
    const name = element("span", { className: "aigc-sound-axis aigc-speaking-axis" }, TEXT.attention);
    this.node = element("div", { className: "aigc-sound-spectrum" }, this.canvas, name);
  }

  // A step stands over the frames that it writes, the first frame around moment 0.
  show({ letters, attention, n_frames, samples }) {
    this.paint(attention, letters.length);
    const left = -HOP / 2 / samples.length;
    const width = (attention.length * n_frames * HOP) / samples.length;
    this.canvas.style.left = `${100 * left}%`;
    this.canvas.style.width = `${100 * width}%`;
    const named = letters.length <= MOST_LETTERS ? /\S/g : /\S+/g;
    this.labels.replaceChildren(
      ...[...letters.matchAll(named)].map(({ 0: text, index }) => {
        const label = element("span", {}, text);
        const middle = (index + text.length / 2) / letters.length;
        label.style.cssText = `bottom: ${100 * (1 - middle)}%; transform: translateY(50%)`;
        return label;
      }),
    );
  }

  paint(attention, nLetters) {
    Object.assign(this.canvas, { width: attention.length, height: nLetters });
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(attention.length, nLetters);
    attention.forEach((row, t) => {
      row.forEach((share, s) => {
        const colour = colourOf(Math.min(1, share), this.colours);
        image.data.set([...colour, 255], 4 * (s * attention.length + t));
      });
    });
    context.putImageData(image, 0, 0);
  }
}
