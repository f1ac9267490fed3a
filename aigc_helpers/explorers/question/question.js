// The question explorer: a question about this book, its answer, and why.

import { element } from "../front/controls.js";
import { fill } from "../front/core.js";
import { explorer, ExplorerView } from "../front/view.js";
import { Candidates } from "./candidates.js";
import { QuestionForm } from "./form.js";
import { quote } from "./quote.js";
import { loadAnswerer } from "./tables.js";
import { TEXT } from "./text.js";
import { Verdict } from "./verdict.js";

const NOWHERE = { chapter: "", number: "", heading: "", address: "" };

class QuestionView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "question", TEXT);
    this.assets = model.get("_assets");
    this.storedOnly = this.config.source === "stored";
    this.samples = new Map(
      this.config.samples.map(({ state, answer }) => [this.keyOf(state), answer]),
    );
  }

  // The passage that stands among those of the book and is none, if there is one.
  strangerOf({ planted, which, own }) {
    if (!planted) return null;
    const { name, ...stranger } = this.config.strangers[which] ?? {};
    if (name) return stranger;
    return own.trim() ? { ...NOWHERE, text: own } : null;
  }

  keyOf(state) {
    return JSON.stringify([state.question, this.strangerOf(state)]);
  }

  /* -- building -- */

  build() {
    this.form = new QuestionForm(this);
    this.verdict = new Verdict(TEXT.answer, this.assets);
    this.unchecked = new Verdict(TEXT.unchecked, this.assets);
    this.candidates = new Candidates();
    this.planted = element("div", { className: "aigc-question-stranger" });
    this.found = element("p", { className: "aigc-question-found" });
    this.voice = element("p", { className: "aigc-unseen", role: "status" });
    const about = element("p", { className: "aigc-question-about" }, TEXT.about);
    const note = element("p", { className: "aigc-question-private" });
    note.textContent = this.live ? TEXT.privateLive : TEXT.private;
    const asked = element("div", { className: "aigc-question-asked" });
    asked.append(this.form.question, note);
    this.form.plant.append(this.planted, this.found, this.unchecked.node);
    this.unchecked.node.classList.add("aigc-question-unchecked");
    if (this.storedOnly) this.form.disable();
    const { candidates, form, verdict, voice } = this;
    return [asked, this.actions(), verdict.node, voice, form.plant, candidates.node, about];
  }

  opening() {
    if (this.live) return TEXT.byKernel;
    return this.storedOnly ? TEXT.storedOnly : TEXT.waiting;
  }

  /* -- what the reader does -- */

  write(changes) {
    this.set({ ...this.state, ...changes });
  }

  change(state, settings) {
    return this.form.change(state, settings);
  }

  /* -- answers -- */

  async answer(state) {
    const key = this.keyOf(state);
    if (this.live) {
      if (this.samples.has(key)) return { source: "kernel", ...this.samples.get(key) };
      const { message } = await this.kernel.ask({ state: this.toPython(state) });
      return { source: "kernel", isNew: true, ...message.answer };
    }
    if (!this.answerer) return { source: "stored", ...this.samples.get(key) };
    const answer = this.answerer.explain(state.question, this.strangerOf(state));
    return { source: "network", isNew: true, ...answer };
  }

  wake() {
    if (this.live || this.storedOnly || this.answerer) return Promise.resolve();
    return this.loadOnce(() => this.fetchAnswerer(), TEXT.noTables);
  }

  async fetchAnswerer() {
    this.answerer = await loadAnswerer(this.config.network, this.assets);
  }

  /* -- what is seen -- */

  draw(answer, state) {
    const { told, candidates, passages } = answer;
    this.el.classList.toggle("aigc-question-stale", !told);
    if (!told) {
      this.verdict.sayStale(this.shown ? TEXT.stale : "");
      return false;
    }
    this.shown = answer;
    this.verdict.show(told, answer);
    const quoted = told.citations.map(({ key }) => key);
    this.candidates.show(candidates, passages, quoted);
    this.showStranger(answer, state);
    return true;
  }

  // The false passage, what was made of it, and what would be without the check.
  showStranger({ told, unchecked, passages, threshold }, state) {
    const stranger = this.strangerOf(state);
    const isExample = stranger && state.which < this.config.strangers.length;
    const shown = isExample ? [element("p", {}, TEXT.falseText), quote(stranger, {})] : [];
    if (state.planted && !stranger) shown.push(element("p", {}, TEXT.ownEmpty));
    this.planted.replaceChildren(...shown);
    const differs = unchecked && keysOf(unchecked).join() !== keysOf(told).join();
    this.found.textContent = unchecked ? wordsOf(told, differs) : "";
    this.unchecked.node.hidden = !differs;
    if (differs) this.unchecked.show(unchecked, { passages, threshold });
  }

  // What is told is seen at once and heard at rest.
  settled({ source, isNew, told }, state, ms) {
    const heard = told ? [this.verdict.inWords(), this.found.textContent].join("") : "";
    if (this.voice.textContent !== heard) this.voice.textContent = heard;
    if (this.loading || this.failed) return;
    if (!isNew || told?.kind === "unreadable") return this.say(this.atRest());
    const n = this.answerer?.passages.length + Number(this.strangerOf(state) !== null);
    const words = source === "kernel" ? TEXT.kernelAnswered : TEXT.byPage;
    this.say(fill(words, { n, ms: ms.toFixed(0) }));
  }

  atRest() {
    return this.answerer ? TEXT.ready : this.opening();
  }

  showControls() {
    this.form.show(this.state);
  }
}

const keysOf = ({ kind, citations }) => [kind, ...citations.map(({ key }) => key)];

function wordsOf({ strangers }, differs) {
  if (strangers.length) return TEXT.caught;
  return differs ? TEXT.belowQuoted : TEXT.below;
}

export default explorer(QuestionView);
