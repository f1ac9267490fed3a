// What explorers of a decoder share: the kernel, the exported network or a sprite
// answers, and a canvas shows the picture.
//
// A subclass gives
//   latent(state)    [z, label] of a state
//   tileOf(state)    [row, column] of the sprite's nearest tile, or null
//   stateOf(tile)    the state of which that tile is the picture
//   nameOf(state)    the state in a few words
//   describe(state)  the picture in words
// and makes this.canvas by picture() in build().

import { floatsOf, Network } from "./answers.js";
import { element } from "./controls.js";
import { fill, paintGrey, paintTile } from "./core.js";
import { ExplorerView } from "./view.js";

const DECODER_TEXT = {
  zh: {
    waiting: "预先算好的图像 · 动一动，浏览器就开始运行网络",
    loading: "预览 · 网络正在加载",
    byNetwork: "浏览器正在运行网络 · {ms} ms",
    byKernel: "Python 内核正在运行网络 · {ms} ms",
    byKernelLate: "Python 内核已经算好图像",
    apart: "{words}（图像取自 {name}）",
    kernelError: "Python 内核没能算出图像：{error}",
    noNetwork: "网络没有加载成功，图像仍是预先算好的。再动一次会重新加载。",
    broken: "网络没能算出图像。重置或刷新页面可以再试一次。",
  },
}.zh;
const LATE = 1000; // ms; so long no network takes: the answer lay behind other code

export class DecoderView extends ExplorerView {
  constructor(model, el, kind, text) {
    super(model, el, kind, { ...DECODER_TEXT, ...text });
    this.stripOnly = this.config.source === "strip";
    this.network = null;
    this.shown = this.state; // what the picture shows: a stored one has its own state
  }

  picture() {
    const [height, width] = this.config.shape;
    this.canvas = element("canvas", { width, height, className: "aigc-picture" });
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.describe(this.state));
    return this.canvas;
  }

  opening() {
    if (this.live) return this.text.waitForKernel;
    return this.stripOnly ? this.text.stripOnly : this.text.waiting;
  }

  wake() {
    if (this.config.source !== "network" || this.network) return Promise.resolve();
    return this.loadOnce(() => this.fetchNetwork(), this.text.noNetwork);
  }

  async fetchNetwork() {
    const network = await Network.load(this.config.network, this.model.get("_assets"));
    await this.run(network, ...this.latent(this.state)); // warm up
    this.network = network;
  }

  // Some networks give a number beside the picture.
  async run(network, z, label) {
    const inputs = { z };
    if (this.config.n_classes) {
      inputs.y = new Float32Array(this.config.n_classes);
      inputs.y[label] = 1;
    }
    const { image, value } = await network.outputs(inputs);
    return { image: image.data, value: value?.data[0] };
  }

  // {image, value}: Float32Array (H * W) in [0, 1], and the network's number, if it
  // gives one: the network itself, whoever runs it. Live, ``news`` go with the question.
  async made(z, label = 0, news = {}) {
    if (!this.live) return this.run(this.network, Float32Array.from(z), label);
    const question = { z: Array.from(z), label, ...news };
    const { message, buffers } = await this.kernel.ask(question);
    return { image: floatsOf(buffers[0]), value: message.value };
  }

  async decode(z, label) {
    return (await this.made(z, label)).image;
  }

  async answer(state) {
    if (!this.live && !this.network) return { source: "strip", tile: this.tileOf(state) };
    const news = this.live && this.byReader ? { state: this.toPython(state) } : {};
    const made = await this.made(...this.latent(state), news);
    return { source: this.live ? "kernel" : "network", ...made };
  }

  // Python learns the state from the questions; messages beside them would delay these.
  saveSoon() {
    if (!this.live) return;
    this.sent = this.toPython(this.state);
    this.model.set("_state", this.sent); // for other views of the model
  }

  draw({ image, tile }, state) {
    if (image) paintGrey(this.canvas, image);
    else if (tile) this.paintTile(this.canvas, ...tile);
    if (image || tile) this.shown = image ? state : this.stateOf(tile);
    return image || tile;
  }

  paintTile(canvas, row, column) {
    paintTile(canvas, this.model.get("_sprite"), this.strip.tile, row, column);
  }

  settled({ source }, state, ms) {
    this.canvas.setAttribute("aria-label", this.describe(this.shown));
    if (this.failed) return;
    const words = this.answeredBy(source, ms);
    const name = this.nameOf(this.shown);
    const apart = name !== this.nameOf(state);
    this.say(apart ? fill(this.text.apart, { words, name }) : words);
  }

  answeredBy(source, ms) {
    const { stripOnly, loading, waiting, byKernel, byKernelLate, byNetwork } = this.text;
    if (source === "kernel" && ms > LATE) return byKernelLate;
    if (source !== "strip") {
      return fill(source === "kernel" ? byKernel : byNetwork, { ms: ms.toFixed(1) });
    }
    if (this.stripOnly) return stripOnly;
    return this.loading ? loading : waiting;
  }

  get handle() {
    return { ...super.handle, decode: (z, label) => this.decode(z, label) };
  }
}
