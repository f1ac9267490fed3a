// The convolution explorer: nine weights, a bias, a photograph and what becomes of it.

import { element, sliderRow } from "../front/controls.js";
import { bytesFrom, clamp, fill, paintGrey, signed } from "../front/core.js";
import { explorer, ExplorerView } from "../front/view.js";

const TEXT = {
  zh: {
    group: "卷积核探索器",
    weights: "卷积核的九个权重",
    places: ["左上", "上", "右上", "左", "中", "右", "左下", "下", "右下"],
    bias: "偏置",
    before: "原图",
    after: "卷积之后",
    beforeAlt: "{name}，灰度，{height} 行 {width} 列",
    afterAlt: "{name}经过卷积之后：{words}",
    words: "权重之和 {sum}，偏置 {bias}。输出从 {low} 到 {high}，{outside}",
    inside: "都在 0 到 1 之间。",
    outside: "越出 0 到 1 的像素占 {share}%，画出来时被截断。",
  },
}.zh;
const STEP = 0.05; // of a slider; presets may lie between two steps

// y = bias + sum of weights times pixels, at the places where the kernel fits.
export function convolve(pixels, [height, width], kernel, bias) {
  const [rows, columns] = [height - 2, width - 2];
  const output = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = bias;
      for (let i = 0; i < 9; i++) {
        const at = (y + Math.floor(i / 3)) * width + x + (i % 3);
        sum += kernel[i] * pixels[at];
      }
      output[y * columns + x] = sum;
    }
  }
  return output;
}

class ConvolutionView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "convolution", TEXT);
    const { picture, shape } = this.config;
    const bytes = bytesFrom(picture);
    if (bytes.length !== shape[0] * shape[1]) throw new Error("picture and shape differ");
    this.pixels = Float64Array.from(bytes, (byte) => byte / 255);
  }

  build() {
    const [height, width] = this.config.shape;
    this.before = this.canvas(height, width);
    this.after = this.canvas(height - 2, width - 2);
    const pictures = element("div", { className: "aigc-convolution-pictures" });
    pictures.append(titled(this.before, TEXT.before), titled(this.after, TEXT.after));
    const { name } = this.config;
    this.after.setAttribute("aria-label", TEXT.after);
    this.before.setAttribute("aria-label", fill(TEXT.beforeAlt, { name, height, width }));
    paintGrey(this.before, this.pixels);
    return [pictures, this.controls(), this.actions()];
  }

  canvas(height, width) {
    const canvas = element("canvas", { width, height });
    canvas.setAttribute("role", "img");
    return canvas;
  }

  controls() {
    this.cells = TEXT.places.map((place, i) => this.cell(place, i));
    const cells = element("div", { className: "aigc-kernel" });
    cells.append(...this.cells.map(({ node }) => node));
    const weights = element("fieldset", {}, element("legend", {}, TEXT.weights), cells);
    const format = { short: signed, long: signed };
    this.bias = sliderRow({ name: TEXT.bias, low: -1, high: 1, step: STEP, format });
    this.bias.input.addEventListener("input", () => {
      this.set({ ...this.state, bias: Number(this.bias.input.value) });
    });
    this.bias.input.addEventListener("change", () => this.save());
    const node = element("div", { className: "aigc-convolution-controls" });
    node.append(weights, this.bias.node);
    return node;
  }

  // One weight: its place, its value, a slider below.
  cell(place, i) {
    const { limit } = this.config;
    const input = element("input", { type: "range", min: -limit, max: limit, step: STEP });
    const output = element("output", { "aria-live": "off" });
    const head = element("span", { className: "aigc-weight" }, place, output);
    const row = element("span", { className: "aigc-row aigc-bare" }, input);
    const node = element("label", {}, head, row);
    input.addEventListener("input", () => this.weigh(i, Number(input.value)));
    input.addEventListener("change", () => this.save());
    return { node, input, output };
  }

  weigh(i, value) {
    const kernel = this.state.kernel.map((old, j) => (j === i ? value : old));
    this.set({ ...this.state, kernel });
  }

  showControls() {
    const { limit } = this.config;
    this.state.kernel.forEach((weight, i) => {
      const { input, output } = this.cells[i];
      const share = (value) => `${((value + limit) / (2 * limit)) * 100}%`;
      input.value = weight;
      output.textContent = signed(weight);
      input.setAttribute("aria-valuetext", signed(weight));
      input.style.setProperty("--from", share(Math.min(0, weight)));
      input.style.setProperty("--to", share(Math.max(0, weight)));
    });
    this.bias.show(this.state.bias);
  }

  // "5=-4&b=0.5": weights by their number, row by row, and the bias.
  change(state, settings) {
    const { limit } = this.config;
    const number = (text, old, most) => {
      const value = text === undefined || text === "" ? NaN : Number(text);
      return Number.isFinite(value) ? clamp(value, -most, most) : old;
    };
    const kernel = state.kernel.map((old, i) => number(settings[i + 1], old, limit));
    return { ...state, kernel, bias: number(settings.b, state.bias, 1) };
  }

  answer({ kernel, bias }) {
    const output = convolve(this.pixels, this.config.shape, kernel, bias);
    return { source: "page", output };
  }

  draw({ output }) {
    this.output = output;
    paintGrey(this.after, output);
    return true;
  }

  settled({ output }, { kernel, bias }) {
    const words = this.words(output, kernel, bias);
    const { name } = this.config;
    this.after.setAttribute("aria-label", fill(TEXT.afterAlt, { name, words }));
    if (!this.failed) this.say(words);
  }

  words(output, kernel, bias) {
    const [low, high] = output.reduce(
      ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
      [Infinity, -Infinity],
    );
    const beyond = output.filter((value) => value < -1e-6 || value > 1 + 1e-6).length;
    const share = ((100 * beyond) / output.length).toFixed(1);
    return fill(TEXT.words, {
      sum: signed(kernel.reduce((a, b) => a + b)),
      bias: signed(bias),
      low: signed(low),
      high: signed(high),
      outside: beyond ? fill(TEXT.outside, { share }) : TEXT.inside,
    });
  }
}

function titled(canvas, title) {
  return element("figure", {}, canvas, element("figcaption", {}, title));
}

export default explorer(ConvolutionView);
