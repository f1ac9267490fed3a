// The attention explorer: where a network looks while it writes.

import { Network } from "../front/answers.js";
import { disable, element, newId } from "../front/controls.js";
import { clamp, fill } from "../front/core.js";
import { explorer, ExplorerView } from "../front/view.js";
import { KernelTranslator, NetworkTranslator, unpackedSample } from "./decoding.js";
import { LineForm } from "./line.js";
import { Matrix } from "./matrix.js";
import { LineReader, TableReader } from "./source.js";
import { Strip } from "./strip.js";
import { TableForm } from "./table.js";
import { lookedAt, seenBy } from "./telling.js";
import { TEXT } from "./text.js";

const KEPT = 30; // answers that are remembered
const PLACES = ["token", "cell"];

class AttentionView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "attention", TEXT);
    const { fields, samples } = this.config;
    this.reader = fields ? new TableReader(this.config) : new LineReader(this.config);
    this.storedOnly = this.config.source === "stored";
    this.translator = this.live ? new KernelTranslator(this.kernel) : null;
    this.answers = new Map(); // by the text of what was read
    for (const sample of samples) {
      const answer = { ...unpackedSample(sample), source: "stored", start: sample.start };
      this.answers.set(JSON.stringify(sample.start), answer);
    }
  }

  /* -- building -- */

  build() {
    const id = newId();
    this.form = new (this.config.fields ? TableForm : LineForm)(this);
    this.form.describedBy(id);
    this.note = element("p", { className: "aigc-attention-note", id });
    this.voice = element("p", { className: "aigc-unseen", role: "status" });
    const about = element("p", { className: "aigc-attention-private" });
    about.textContent = this.live ? TEXT.privateLive : TEXT.private;
    const flow = this.config.fields ? "aigc-attention-flow" : ""; // a sentence
    this.strip = new Strip(TEXT.target, `aigc-attention-target ${flow}`, (token, pressed) =>
      this.look({ token }, pressed),
    );
    this.facts = element("p", { className: "aigc-attention-facts" });
    this.matrix = new Matrix((place, pressed) => this.look(place, pressed, true));
    const written = element("div", { className: "aigc-attention-written" });
    written.append(...this.form.shown, this.strip.node, this.verdict(), this.facts);
    const asked = element("div", { className: "aigc-attention-asked" });
    const help = element("p", { className: "aigc-attention-help" }, TEXT.help);
    asked.append(this.form.node, this.note, about, help, this.voice);
    if (this.storedOnly) disable(this.form.node);
    return [asked, written, this.matrix.node, this.actions()];
  }

  verdict() {
    this.words = element("span");
    this.right = element("span");
    const summary = element("summary", {}, TEXT.answer);
    this.details = element("details", {}, summary, this.right);
    return element("div", { className: "aigc-attention-verdict" }, this.words, this.details);
  }

  opening() {
    if (this.live) return TEXT.byKernel;
    return this.storedOnly ? TEXT.storedOnly : TEXT.waiting;
  }

  /* -- what the reader does -- */

  write(changes) {
    this.set({ ...this.state, ...changes });
  }

  // A pointer that passes need not be meant: it loads nothing. Under one that is on the
  // matrix this does not scroll.
  look(place, pressed, fromMatrix = false) {
    const state = { ...this.state, token: null, cell: null };
    for (const key of PLACES) if (place[key] !== undefined) state[key] = Number(place[key]);
    if (PLACES.every((key) => state[key] === this.state[key])) return;
    this.isStill = fromMatrix;
    if (pressed) this.set(state);
    else this.take(state);
  }

  preset({ name, ...changes }) {
    const places = "cell" in changes ? { token: null } : "token" in changes ? { cell: null } : {};
    return { ...this.initial, ...places, ...changes };
  }

  // "text=10500&token=2", "最高气温=21&cell=3": places are counted from 1 in a link, and
  // the marker of a direction has none.
  change(state, settings) {
    const changed = this.reader.change(state, settings);
    for (const key of PLACES) {
      const place = Math.trunc(Number(settings[key])) - 1;
      const before = key === "cell" ? this.reader.nMarkers : 0;
      if (place >= 0) Object.assign(changed, { token: null, cell: null, [key]: place + before });
    }
    return changed;
  }

  // Python hears of what the network can read alone.
  toPython(state) {
    const { start } = this.reader.read(state);
    const { token, cell } = state;
    const known = start ?? this.shown?.start ?? this.reader.read(this.initial).start;
    return { ...known, token, cell };
  }

  /* -- answers -- */

  async answer(state) {
    const asked = this.reader.read(state);
    if (asked.problem) return { source: "page", asked };
    const key = JSON.stringify(asked.start);
    const known = this.answers.get(key);
    const isFinal = this.live || !this.translator || known?.source !== "stored";
    if (known && isFinal) return { ...known, asked };
    if (!this.translator) return { source: "stored", asked };
    const written = await this.writtenOf(asked.start, state);
    if (!written) return { source: "stale", asked };
    return { ...this.remember(asked.start, written), asked, isNew: true };
  }

  writtenOf(start, state) {
    if (this.live) return this.translator.write(start, { state: this.toPython(state) });
    const isStale = () => this.pump.latest !== null;
    return this.translator.write(this.reader.rows(start), isStale);
  }

  remember(start, written) {
    const key = JSON.stringify(start);
    const answer = { ...written, source: this.translator.source, start };
    this.answers.delete(key); // it becomes the newest
    this.answers.set(key, answer);
    const spare = [...this.answers].filter(([, { source }]) => source !== "stored");
    if (spare.length > KEPT) this.answers.delete(spare[0][0]);
    return answer;
  }

  wake() {
    if (this.live || this.storedOnly || this.translator) return Promise.resolve();
    return this.loadOnce(() => this.fetchTranslator(), TEXT.noNetwork);
  }

  async fetchTranslator() {
    const network = await Network.load(this.config.network, this.model.get("_assets"));
    const translator = new NetworkTranslator(network, this.config);
    const { start } = this.reader.read(this.initial);
    await translator.write(this.reader.rows(start)); // warm up
    this.translator = translator;
  }

  /* -- what is seen -- */

  draw(answer) {
    const { asked, tokens } = answer;
    if (answer.source === "stale") return false;
    this.note.textContent = [asked.problem, tokens ? "" : this.stale()].filter(Boolean).join("");
    this.el.classList.toggle("aigc-attention-stale", !tokens);
    if (!tokens) return true;
    const key = JSON.stringify([answer.start, tokens]);
    if (this.shown?.key === key) return true;
    this.showAnswer(answer, key);
    this.highlight();
    return true;
  }

  // What stands below belongs to something else than what is asked for.
  stale() {
    if (!this.shown) return "";
    const { text } = this.shown.start;
    const written = text ? fill(TEXT.staleLine, { text }) : TEXT.staleTable;
    return fill(TEXT.stale, { written });
  }

  showAnswer({ start, tokens, attention, complete, asked }, key) {
    const { nMarkers } = this.reader;
    const numbered = (one, i) => ({ ...one, place: i + 1 - nMarkers });
    const sources = this.reader.tokens(start).map(numbered);
    const targets = this.targetsOf(start, tokens, sources);
    this.shown = {
      key, start, sources, targets, attention, complete, facts: asked.facts,
    };
    this.form.showTokens(sources);
    this.strip.show(targets);
    this.matrix.show(
      targets.map(({ name }) => name),
      sources.map(({ face }) => face),
      attention,
    );
    this.describe();
    this.showVerdict();
    this.isStill = false;
  }

  targetsOf(start, tokens, sources) {
    const { target } = this.config;
    const copies = this.reader.copies(start);
    return tokens.map((token, i) => {
      const place = i + 1;
      if (token <= target.length) {
        return { face: target[token - 1], name: target[token - 1], place };
      }
      const from = token - target.length - 1;
      const copied = sources[from].name;
      const title = fill(TEXT.copied, { name: copied });
      return { face: copies[from], name: copies[from], place, copied, title };
    });
  }

  // Of each token the sentence that is told when it is chosen.
  describe() {
    const { sources, targets, attention } = this.shown;
    this.shown.looked = targets.map((one, i) => lookedAt(one, sources, attention[i]));
    this.shown.seen = sources.map((one, j) => seenBy(one, targets, this.column(j)));
    this.strip.describe(this.shown.looked);
    this.form.describe(this.shown.seen);
  }

  column(j) {
    return this.shown.attention.map((row) => row[j]);
  }

  // A sentence stands in its own row already: it is heard alone.
  showVerdict() {
    const { targets, complete, facts } = this.shown;
    const { fields, learnt } = this.config;
    const written = targets.map(({ face }) => face).join("");
    const wrote = written ? fill(TEXT.wrote, { written }) : TEXT.wroteNothing;
    const parts = [];
    if (!complete) parts.push(fill(TEXT.cut, { n: targets.length }));
    if (facts) parts.push(written === facts.right && complete ? TEXT.right : TEXT.wrong);
    if (facts?.n) parts.push(fill(TEXT.long, { n: facts.n, learnt }));
    if (fields) parts.push(this.copiesInWords());
    this.heard = [wrote, ...parts].join("");
    this.words.textContent = fields && written ? parts.join("") : this.heard;
    this.details.hidden = !facts || written === facts.right;
    this.details.open = false;
    this.right.textContent = facts?.right ?? "";
  }

  copiesInWords() {
    const { sources, targets } = this.shown;
    const copied = new Set(targets.map((one) => one.copied));
    const list = (wanted) =>
      sources.filter(({ name }) => copied.has(name) === wanted).map(({ name }) => name).join(TEXT.list);
    const [yes, no] = [list(true), list(false)];
    const words = [yes && fill(TEXT.copies, { list: yes }), no && fill(TEXT.notCopied, { list: no })];
    return words.filter(Boolean).join("");
  }

  // At once, whatever is being computed: tokens that are looked at have their answer.
  highlight() {
    if (!this.shown) return;
    const { attention, sources, targets } = this.shown;
    const within = (place, all) => (place === null || !all.length ? null : clamp(place, 0, all.length - 1));
    const [token, cell] = [within(this.state.token, targets), within(this.state.cell, sources)];
    this.strip.mark(token);
    this.form.mark(cell);
    this.matrix.mark(token, cell);
    if (!this.isStill) this.matrix.reveal(token, cell);
    this.form.shade(token === null ? null : attention[token]);
    this.strip.shade(cell === null ? null : this.column(cell));
    const { looked, seen } = this.shown;
    this.facts.textContent = looked[token] ?? seen[cell] ?? TEXT.choose;
  }

  // What was written, or what is wrong, is seen at once and heard at rest.
  settled({ source, isNew, tokens }, state, ms) {
    const heard = this.note.textContent || this.heard;
    if (this.voice.textContent !== heard) this.voice.textContent = heard;
    if (this.loading || this.failed || source === "stale") return;
    if (source === "network" && isNew) {
      return this.say(fill(TEXT.byNetwork, { n: tokens.length, ms: ms.toFixed(0) }));
    }
    if (source === "kernel" && isNew) return this.say(fill(TEXT.kernelWrote, { n: tokens.length }));
    if (!isNew && this.translator) return this.say(this.live ? TEXT.byKernel : TEXT.ready);
    this.say(this.opening());
  }

  showControls() {
    this.form.show(this.state, this.reader.read(this.state));
    this.highlight();
  }
}

export default explorer(AttentionView);
