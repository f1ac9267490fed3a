// The sampler: text that a network writes, and the distribution of its next character.

import { breathe, Network } from "../front/answers.js";
import { button, element } from "../front/controls.js";
import { clamp, fill } from "../front/core.js";
import { explorer, ExplorerView } from "../front/view.js";
import { distributionTable, summary } from "./distribution.js";
import { nextSeed, SamplerForm } from "./form.js";
import { KernelWriter, NetworkWriter, Passage } from "./passage.js";
import { candidates } from "./sampling.js";
import { WrittenText } from "./written.js";

const TEXT = {
  zh: {
    group: "文字抽样探索器",
    prompt: "开头",
    generate: "生成",
    stop: "停止",
    temperature: "温度",
    temperature_hint: "越低越稳，越高越散；0 总取最可能的字符（贪心）",
    top_k: "top-k",
    top_k_hint: "只在最可能的 k 个字符里抽",
    top_p: "top-p",
    top_p_hint: "只在概率加起来达到 p 的最少几个字符里抽（核抽样）",
    length: "长度",
    seed: "种子",
    nextSeed: "换个种子",
    position: "位置",
    all: "不限",
    end: "末尾",
    greedy: "0 · 贪心",
    characters: "{value} 个字符",
    kept: "前 {value} 个",
    place: "第 {value} 个字符之前",
    ofAll: "{value}/{n}",
    text: "生成的文字",
    settings: "这段文字：温度 {temperature}，top-k {top_k}，top-p {top_p}，种子 {seed}",
    next: "“{before}”之后的下一个字符",
    unknownNext: "网络加载后，这里显示这个位置的分布",
    character: "字符",
    probability: "概率",
    chance: "截断后",
    rank: "第 {rank} 名",
    cut: "截去",
    newline: "↵ 换行",
    space: "␣ 空格",
    tab: "⇥ 制表",
    storedOnly: "预先生成的文字；这里没有网络，可以看各个预设的结果",
    waiting: "预先生成的文字 · 动一动，浏览器就开始运行网络",
    loading: "网络正在加载，文字仍是预先生成的",
    ready: "浏览器里的网络已就绪：按“生成”",
    byKernel: "Python 内核在生成：按“生成”",
    writing: "正在生成",
    written: "生成了 {n} 个字符，每秒 {rate} 个",
    stopped: "已停止，生成了 {n} 个字符",
    shownStored: "预先生成的文字，设置与预设相同",
    changed: "设置已改变，文字还是原来的：按“生成”用新的设置",
    unknown: "词表里没有 {list}，已略去",
    quoted: "“{character}”",
    noPrompt: "请写一个开头，至少一个词表里有的字符",
    noNetwork: "网络没有加载成功，文字仍是预先生成的。再按一次会重新加载。",
    kernelError: "Python 内核没能生成文字：{error}",
    broken: "网络没能生成文字。重置或刷新页面可以再试一次。",
  },
}.zh;

const KEYS = ["prompt", "temperature", "top_k", "top_p", "seed", "length"];
const MARKS = { "\n": "↵", "\t": "⇥", " ": "␣" };
const SHOWN_CONTEXT = 6; // characters before the place, in the table's title

const settingsOf = (state) => Object.fromEntries(KEYS.map((key) => [key, state[key]]));
const sameSettings = (a, b) => KEYS.every((key) => a[key] === b[key]);

class SamplerView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "sampler", TEXT);
    this.vocabulary = Array.from(this.config.vocabulary);
    this.ids = new Map(this.vocabulary.map((character, id) => [character, id]));
    this.storedOnly = this.config.source === "stored";
    this.writer = this.live ? new KernelWriter(this.kernel, `${Math.random()}`) : null;
    this.passage = this.storedPassage(this.initial);
  }

  // The passage that Python stored for these settings, if it did.
  storedPassage(state) {
    const sample = this.config.samples.find((one) => sameSettings(one.state, state));
    if (!sample) return null;
    const tokens = Array.from(sample.text, (character) => this.ids.get(character));
    const context = this.contextOf(state.prompt);
    const passage = new Passage(settingsOf(state), context, tokens);
    return Object.assign(passage, { next: sample.next });
  }

  knownOf(prompt) {
    return Array.from(prompt).filter((character) => this.ids.has(character));
  }

  contextOf(prompt) {
    const known = this.knownOf(prompt).map((character) => this.ids.get(character));
    return [...this.config.start, ...known];
  }

  nameOf(token) {
    const character = this.vocabulary[token];
    return { "\n": TEXT.newline, " ": TEXT.space, "\t": TEXT.tab }[character] ?? character;
  }

  /* -- building -- */

  build() {
    this.form = new SamplerForm(this);
    this.written = new WrittenText(TEXT.text, this.config, (position, pressed) => {
      const state = { ...this.state, position };
      if (pressed) this.set(state);
      else this.take(state);
    });
    this.table = distributionTable((token) => this.nameOf(token), TEXT);
    this.place = this.positionRow();
    const left = element("div", { className: "aigc-writing" });
    left.append(this.written.node, this.place.node);
    const right = element("div", { className: "aigc-next-box" }, this.table.node);
    if (this.storedOnly) this.form.disable();
    return [this.form.promptRow, left, right, this.form.settings, this.actions()];
  }

  positionRow() {
    const short = (value) => fill(TEXT.ofAll, { value, n: this.lastPosition });
    const long = (value) =>
      value < this.lastPosition ? fill(TEXT.place, { value: value + 1 }) : TEXT.end;
    const move = (position) => this.setting({ position });
    return this.form.slider(TEXT.position, [0, 1, 1], { short, long }, move);
  }

  opening() {
    if (this.live) return TEXT.byKernel;
    return this.storedOnly ? TEXT.storedOnly : TEXT.waiting;
  }

  /* -- what the reader does -- */

  setting(changes) {
    this.set({ ...this.state, ...changes });
  }

  presetButton(preset) {
    return button(preset.name, () => {
      this.finish(this.preset(preset));
      this.generate();
    });
  }

  preset({ name, ...changes }) {
    return { ...this.state, temperature: 1, top_k: 0, top_p: 1, ...changes, position: 0 };
  }

  apply(settings) {
    super.apply(settings);
    const asks = Object.keys(settings).some((key) => key !== "position");
    if (asks) this.generate();
  }

  change(state, settings) {
    const changed = this.form.change(state, settings);
    const place = Math.trunc(Number(settings.position));
    if (place >= 0) changed.position = clamp(place, 0, this.lastPosition);
    return changed;
  }

  nextSeed() {
    this.finish({ ...this.state, seed: nextSeed(this.state.seed) });
    this.generate();
  }

  // Reset also brings the stored text back.
  finish(state) {
    if (state === this.initial) {
      this.stop();
      this.passage = this.storedPassage(state);
      this.failed = false;
    }
    super.finish(state);
  }

  /* -- writing -- */

  async generate() {
    this.stop();
    const context = this.contextOf(this.state.prompt);
    if (!context.length) return this.say(TEXT.noPrompt, true);
    const run = (this.run = { stopped: false });
    if (!this.live && !(await this.wake())) return this.fallBack(run);
    if (run.stopped) return;
    this.passage = new Passage(settingsOf(this.state), context);
    this.set({ ...this.state, position: null });
    this.say(TEXT.writing);
    this.showRunning(true);
    try {
      await this.write(this.passage, run);
    } catch (error) {
      if (run === this.run) this.fail(error);
    } finally {
      run.stopped = true;
      if (run === this.run) this.showRunning(false);
      this.pump.request(this.state); // words of a failure stay
    }
  }

  async write(passage, run) {
    const { length } = passage.settings;
    const start = performance.now();
    while (passage.tokens.length < length && !run.stopped) {
      await this.writer.more(passage, length);
      if (passage !== this.passage) return;
      this.rate = (1000 * passage.tokens.length) / (performance.now() - start);
      this.showControls();
      this.request();
      await breathe();
    }
    const end = run.stopped ? TEXT.stopped : TEXT.written;
    const facts = { n: passage.tokens.length, rate: Math.round(this.rate) };
    passage.words = fill(end, facts);
    this.say(passage.words);
  }

  stop() {
    if (this.run) this.run.stopped = true;
    this.showRunning(false);
  }

  showRunning(running) {
    this.running = running;
    this.form.showRunning(running);
  }

  // No network: what Python stored for these settings, or the text that stands there.
  fallBack(run) {
    if (run.stopped) return;
    const stored = this.storedPassage(this.state);
    if (stored) {
      this.passage = stored;
      this.setting({ position: 0 });
    }
    if (this.storedOnly) this.say(stored ? TEXT.shownStored : TEXT.storedOnly);
  }

  // Promise of the writer, null if there is none; asked again after a failure.
  async wake() {
    if (!this.live && !this.storedOnly && !this.writer) {
      await this.loadOnce(() => this.fetchWriter(), TEXT.noNetwork);
    }
    return this.writer;
  }

  async fetchWriter() {
    const network = await Network.load(this.config.network, this.model.get("_assets"));
    const writer = new NetworkWriter(network, this.config.states);
    await writer.at(new Passage(this.initial, [0]), 0); // warm up
    this.writer = writer;
  }

  /* -- the distribution at a place of the text -- */

  get lastPosition() {
    return this.passage.tokens.length;
  }

  positionOf(state) {
    return Math.min(state.position ?? this.lastPosition, this.lastPosition);
  }

  async answer(state) {
    const { passage } = this;
    // while a text is written its end is the character that was drawn last
    const last = this.running ? Math.max(0, passage.tokens.length - 1) : Infinity;
    const position = Math.min(this.positionOf(state), last);
    const drawn = passage.tokens[position];
    if (passage.next && position === 0 && sameSettings(passage.settings, state)) {
      if (!this.writer || this.live) {
        return { source: "stored", found: passage.next, passage, position, drawn };
      }
    }
    if (!this.writer) return { source: "stored", passage, position, drawn };
    const logits = await this.writer.at(passage, position);
    const found = summary(candidates(logits, state), drawn);
    return { source: this.writer.source, found, passage, position, drawn };
  }

  draw({ found, passage, position, drawn }) {
    if (passage !== this.passage) return false;
    this.written.mark(position);
    const title = found ? fill(TEXT.next, { before: this.before(position) }) : TEXT.unknownNext;
    this.table.show(found ?? { rows: [] }, drawn, title);
    return true;
  }

  before(position) {
    const { context, tokens } = this.passage;
    const read = [...context.slice(-SHOWN_CONTEXT), ...tokens.slice(0, position)];
    const shown = read.slice(-SHOWN_CONTEXT).map((token) => this.vocabulary[token]);
    return shown.join("").replace(/[\n\t ]/g, (one) => MARKS[one]);
  }

  settled() {
    if (this.running || this.loading || this.failed) return;
    const { passage } = this;
    if (!sameSettings(passage.settings, this.state)) return this.say(TEXT.changed);
    if (passage.words) return this.say(passage.words);
    if (this.live) return this.say(TEXT.byKernel);
    const stored = this.storedOnly ? TEXT.storedOnly : TEXT.waiting;
    this.say(this.writer ? TEXT.ready : stored);
  }

  /* -- controls -- */

  showControls() {
    const { state, passage } = this;
    const unknown = Array.from(state.prompt).filter((one) => !this.ids.has(one));
    this.form.show(state, [...new Set(unknown)]);
    this.written.show(passage, this.promptOf(passage), this.vocabulary);
    this.written.say(fill(TEXT.settings, this.inWords(passage.settings)));
    this.showPosition(this.positionOf(state));
  }

  promptOf(passage) {
    const read = passage.context.slice(this.config.start.length);
    return read.map((token) => this.vocabulary[token]).join("");
  }

  inWords({ temperature, top_k, top_p, seed }) {
    return { temperature, top_k: top_k || TEXT.all, top_p: top_p < 1 ? top_p : TEXT.all, seed };
  }

  showPosition(position) {
    const { input } = this.place;
    input.max = this.lastPosition;
    this.place.show(position);
    const share = `${(100 * position) / (this.lastPosition || 1)}%`;
    input.style.setProperty("--from", "0%");
    input.style.setProperty("--to", share);
  }

  toPython(state) {
    return { ...state, prompt: this.knownOf(state.prompt).join("") };
  }

  get handle() {
    return { ...super.handle, generate: () => this.generate(), stop: () => this.stop() };
  }
}

export default explorer(SamplerView);
