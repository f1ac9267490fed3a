// A sound to be seen: its waveform above its log mel spectrogram, axes, and the head.

import { element } from "../controls.js";
import { clamp } from "../core.js";
import { BANDS, FLOOR, HOP, melOf, RATE } from "./spectra.js";

const PICTURE_TEXT = {
  zh: {
    amplitude: "振幅",
    frequency: "频率（Hz，梅尔刻度）",
    time: "时间（秒）",
  },
}.zh;
const TICKS = [0, 500, 1000, 2000, 4000]; // Hz
const STEPS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5]; // seconds between two ticks
const MOST_TICKS = 6;
const COLUMNS = 400; // of the waveform
const SVG_NAME = "http://www.w3.org/2000/svg";

// drag(at): the reader points at a moment, in seconds; drop(): and no longer. A panel
// {node, labels, show(clip)} stands between the two, on their axis of time.
export class Picture {
  constructor(colours, { drag, drop }, panel = null) {
    Object.assign(this, { colours, drag, drop, panel, duration: 1 });
    this.wave = document.createElementNS(SVG_NAME, "svg");
    this.wave.setAttribute("preserveAspectRatio", "none");
    this.wave.setAttribute("viewBox", `0 -1 ${COLUMNS} 2`);
    this.line = this.wave.appendChild(document.createElementNS(SVG_NAME, "path"));
    this.canvas = element("canvas", { height: BANDS });
    this.head = element("div", { className: "aigc-sound-head" });
    const spectrum = element("div", { className: "aigc-sound-spectrum" }, this.canvas);
    spectrum.append(element("span", { className: "aigc-sound-axis" }, PICTURE_TEXT.frequency));
    this.plot = element("div", { className: "aigc-sound-plot" });
    this.plot.setAttribute("role", "img");
    const amplitude = element("span", { className: "aigc-sound-axis" }, PICTURE_TEXT.amplitude);
    this.plot.append(this.wave, amplitude, ...(panel ? [panel.node] : []), spectrum, this.head);
    this.heights = element("div", { className: "aigc-sound-heights" });
    this.times = element("div", { className: "aigc-sound-times", "aria-hidden": "true" });
    const left = element("div", { className: "aigc-sound-left", "aria-hidden": "true" });
    left.append(this.heights, ...(panel ? [panel.labels] : []), frequencies());
    this.node = element("div", { className: "aigc-sound-picture" });
    this.node.append(left, this.plot, this.times);
    this.followPointer();
  }

  followPointer() {
    const choose = ({ clientX }) => {
      const { left, width } = this.plot.getBoundingClientRect();
      this.drag(clamp((clientX - left) / width, 0, 1) * this.duration);
    };
    this.plot.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.plot.setPointerCapture?.(event.pointerId);
      choose(event);
    });
    this.plot.addEventListener("pointermove", (event) => event.buttons && choose(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.plot.addEventListener(end, () => this.drop());
    }
  }

  // Samples and log mel magnitudes at 8 kHz, the brightest value, and words.
  show(clip, loudest, words) {
    const { samples, bands } = clip;
    this.duration = samples.length / RATE;
    const peak = peakOf(samples) || 1;
    this.line.setAttribute("d", wavePath(samples, peak));
    this.heights.replaceChildren(...heights(peak));
    this.paint(bands, loudest);
    this.panel?.show(clip);
    const left = -HOP / 2 / samples.length; // the first frame stands around moment 0
    this.canvas.style.left = `${100 * left}%`;
    this.canvas.style.width = `${(100 * this.canvas.width * HOP) / samples.length}%`;
    this.times.replaceChildren(...timeTicks(this.duration));
    this.plot.setAttribute("aria-label", words);
  }

  paint(bands, loudest) {
    const frames = bands.length / BANDS;
    this.canvas.width = frames;
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(frames, BANDS);
    const lowest = Math.log(FLOOR);
    bands.forEach((value, i) => {
      const share = clamp((value - lowest) / (loudest - lowest), 0, 1);
      const place = (BANDS - 1 - (i % BANDS)) * frames + Math.floor(i / BANDS);
      image.data.set([...colourOf(share, this.colours), 255], 4 * place);
    });
    context.putImageData(image, 0, 0);
  }

  // The head at a moment.
  point(at) {
    this.head.style.left = `${(100 * at) / this.duration}%`;
  }
}

// A share of 0 to 1 in colours.
export function colourOf(share, colours) {
  const place = share * (colours.length - 1);
  const i = Math.min(Math.floor(place), colours.length - 2);
  return colours[i].map((low, c) => Math.round(low + (place - i) * (colours[i + 1][c] - low)));
}

const peakOf = (samples) => samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

// For each column a line from its lowest to its highest number, in parts of the peak.
function wavePath(samples, peak) {
  const columns = Math.min(COLUMNS, samples.length);
  const pieces = Array.from({ length: columns }, (_, i) => {
    const [from, to] = [i, i + 1].map((k) => Math.floor((k * samples.length) / columns));
    const part = samples.subarray(from, to);
    const [low, high] = [Math.min(...part) / peak, Math.max(...part) / peak];
    const x = ((i + 0.5) * COLUMNS) / columns;
    return `M${x.toFixed(1)} ${(-high).toFixed(3)}V${(-low).toFixed(3)}`;
  });
  return pieces.join("");
}

/* ---- axes ---- */

function frequencies() {
  const node = element("div", { className: "aigc-sound-frequencies" });
  for (const frequency of TICKS) {
    const tick = element("span", {}, String(frequency));
    tick.style.bottom = `${(100 * melOf(frequency)) / melOf(RATE / 2)}%`;
    node.append(tick);
  }
  return node;
}

function heights(peak) {
  const text = peak.toFixed(peak < 0.1 ? 3 : 2);
  return [text, "0", `−${text}`].map((height) => element("span", {}, height));
}

function timeTicks(duration) {
  const step = STEPS.find((one) => duration / one <= MOST_TICKS) ?? STEPS.at(-1);
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const ticks = Array.from({ length: Math.floor(duration / step + 1e-6) + 1 }, (_, i) => {
    const tick = element("span", {}, (i * step).toFixed(digits));
    tick.style.left = `${(100 * i * step) / duration}%`;
    return tick;
  });
  return [...ticks, element("span", { className: "aigc-sound-axis" }, PICTURE_TEXT.time)];
}
