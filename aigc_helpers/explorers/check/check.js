// Self-checks: choice, number, order; guess, a prediction. No kernel, no network.

import { button, element } from "../front/controls.js";
import { fill } from "../front/core.js";
import { keepKeys } from "../front/keys.js";
import { hidePoster } from "../front/poster.js";
import { parseNumber } from "./numerals.js";
import { Ordering } from "./ordering.js";
import { announce, followRecord, forget, keep, recorded, started } from "./record.js";
import { fillRich, rich } from "./richtext.js";
import { TEXT } from "./words.js";

const DIGITS = 4; // of a prediction and its distance; exercise.py has the same
const SLACK = 1e-9; // of rounding, relative; setting.py has the same

let made = 0;

// A type gives parts(), value, read(), judge(answer), solution and its words.
class Check {
  constructor(model, el) {
    this.el = el;
    this.config = model.get("_config");
    this.words = TEXT[this.mark];
    this.name = `aigc-check-${(made += 1)}-${Math.random().toString(36).slice(2, 8)}`;
  }

  // What counts in a chapter's record is a check; a prediction stands by itself.
  get mark() {
    return "check";
  }

  get questionId() {
    return `${this.name}-question`;
  }

  start() {
    this.feedback = element("div", { className: "aigc-feedback" });
    this.feedback.setAttribute("role", "status");
    this.el.classList.add("aigc-check-view");
    this.el.replaceChildren(this.box());
    this.ends = [
      keepKeys(this.el),
      followRecord(() => this.follow()),
      hidePoster(this.config.poster),
    ];
    started.add(this);
    announce(); // this one, and those above, which may no longer be the last
    this.el.dataset.ready = "1";
  }

  end() {
    for (const end of this.ends) end();
    started.delete(this);
    announce();
  }

  box() {
    const question = element("p", { className: "aigc-check-question", id: this.questionId });
    question.append(...rich(this.config.question));
    const form = element("form", { noValidate: true }, ...this.parts(), this.actions());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.answer();
    });
    const box = element("div", { className: "aigc-box aigc-check" });
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", this.words.group);
    box.dataset[this.mark] = this.config.id;
    box.append(this.head(), question, form, this.feedback, this.foot());
    return box;
  }

  head() {
    this.done = element("span", { className: "aigc-done" });
    return element("p", { className: "aigc-kind" }, this.kind, this.done);
  }

  get kind() {
    return TEXT.kinds[this.config.type];
  }

  actions() {
    const check = element("button", { type: "submit" }, this.words.submit);
    this.show = button(TEXT.show, () => this.say("", TEXT.answer, this.solution()));
    this.show.hidden = true; // until an answer was wrong
    return element("div", { className: "aigc-actions" }, check, this.show);
  }

  foot() {
    this.progress = element("span");
    this.clear = button(this.words.clear, () => {
      forget(this.checks());
      this.say("", this.words.cleared);
      this.el.querySelector("input, button").focus({ preventScroll: true });
    });
    this.clear.className = "aigc-clear";
    this.bottom = element("p", { className: "aigc-progress" }, this.progress, this.clear);
    return this.bottom;
  }

  /* -- answers -- */

  answer() {
    const { answer, problem } = this.read();
    if (problem) return this.say("", problem);
    const { right, why } = this.judge(answer);
    this.verdict(right, why);
    this.show.hidden &&= right;
    if (right) keep(this.config.id, answer);
  }

  verdict(right, why) {
    this.say(right ? "right" : "wrong", right ? TEXT.right : TEXT.wrong, why);
  }

  // A word in bold, then a list of paragraphs, each a list of parts.
  say(outcome, head, paragraphs = []) {
    this.feedback.dataset.outcome = outcome;
    const [first = [], ...rest] = paragraphs;
    const strong = head ? [element("strong", {}, head)] : [];
    const lead = element("p", {}, ...strong, ...rich(first));
    const more = rest.map((parts) => element("p", {}, ...rich(parts)));
    this.feedback.replaceChildren(lead, ...more);
  }

  silence() {
    delete this.feedback.dataset.outcome;
    this.feedback.replaceChildren();
  }

  /* -- the record -- */

  // Ids of the self-checks of this chapter: of the page, or of one notebook in Jupyter.
  // Posters count too: those that have not started.
  checks() {
    const chapter = this.el.closest(".jp-Notebook") ?? document;
    const nodes = chapter.querySelectorAll("[data-check]");
    return new Set([...[...nodes].map((node) => node.dataset.check), this.config.id]);
  }

  // Of those that have started, the last one of a chapter speaks for all.
  speaks(all) {
    const running = new Set([...started].map((check) => check.config.id));
    return all.filter((id) => running.has(id)).at(-1) === this.config.id;
  }

  follow() {
    const [all, record] = [[...this.checks()], recorded()];
    const done = all.filter((id) => id in record).length;
    this.progress.textContent = fill(this.words.progress, { done, all: all.length });
    this.bottom.hidden = !this.speaks(all);
    this.clear.hidden = !done;
    const known = this.config.id in record;
    if (known && !this.known) this.restore(record[this.config.id]);
    if (!known && this.known) this.reset();
    this.known = known;
    this.done.textContent = known ? this.words.done : "";
  }

  // The right answer of an earlier visit; an unfit one is passed over.
  restore(answer) {
    if (this.feedback.dataset.outcome) return;
    try {
      const { right, why } = this.judge(answer);
      if (!right) return;
      this.value = answer;
      this.verdict(right, why);
    } catch (error) {
      console.warn("self-check:", error);
    }
  }

  reset() {
    this.value = null;
    this.show.hidden = true;
    this.silence();
  }

  get explanation() {
    return this.config.explanation.length ? [this.config.explanation] : [];
  }
}

class Choice extends Check {
  get kind() {
    return this.config.many ? TEXT.kinds.many : TEXT.kinds.choice;
  }

  parts() {
    const type = this.config.many ? "checkbox" : "radio";
    this.inputs = this.config.options.map((_, value) => {
      const input = element("input", { type, name: this.name, value });
      input.addEventListener("change", () => this.silence());
      return input;
    });
    const rows = this.config.options.map(({ text }, i) => {
      const words = element("span", {}, ...rich(text));
      return element("label", {}, this.inputs[i], words);
    });
    const node = element("div", { className: "aigc-options" }, ...rows);
    node.setAttribute("role", this.config.many ? "group" : "radiogroup");
    node.setAttribute("aria-labelledby", this.questionId);
    return [node];
  }

  read() {
    const answer = this.inputs.flatMap((input, i) => (input.checked ? [i] : []));
    return answer.length ? { answer } : { problem: TEXT.nothing };
  }

  judge(answer) {
    const { options, many } = this.config;
    const chosen = answer.map((i) => options[i]);
    const mistakes = chosen.filter((option) => !option.right);
    const n = options.filter((option) => option.right).length;
    const missing = chosen.length - mistakes.length < n;
    if (!many) return { right: !mistakes.length, why: [chosen[0].why] };
    if (!mistakes.length && missing) return { right: false, why: [[TEXT.missing]] };
    if (!mistakes.length) return { right: true, why: this.reasons(chosen) };
    const also = missing ? [[TEXT.missingToo]] : [];
    return { right: false, why: [...this.reasons(mistakes), ...also] };
  }

  // One paragraph for each option; the first stays free for the verdict.
  reasons(options) {
    const reason = ({ text, why }) => fillRich(TEXT.reason, { option: text, why });
    return [[], ...options.map(reason)];
  }

  solution() {
    return this.reasons(this.config.options.filter((option) => option.right));
  }

  set value(answer) {
    this.inputs.forEach((input, i) => (input.checked = answer?.includes(i) ?? false));
  }
}

class NumberCheck extends Check {
  parts() {
    const id = `${this.name}-field`;
    this.field = element("input", {
      type: "text", id, className: "aigc-entry", inputMode: "text", autocomplete: "off",
      spellcheck: false,
    });
    this.field.setAttribute("aria-describedby", this.questionId);
    this.field.addEventListener("input", () => this.silence());
    const label = element("label", { htmlFor: id }, this.words.field);
    const unit = element("span", { className: "aigc-unit" }, this.config.unit);
    return [element("div", { className: "aigc-field" }, label, this.field, unit)];
  }

  read() {
    const text = this.field.value.trim();
    if (!text) return { problem: this.words.empty };
    const answer = parseNumber(text, this.config.unit);
    if (Number.isNaN(answer)) return { problem: fill(TEXT.noNumber, { text }) };
    return { answer };
  }

  near(value, other) {
    const { tolerance } = this.config;
    return Math.abs(value - other) <= tolerance + SLACK * Math.max(1, Math.abs(other));
  }

  judge(answer) {
    if (this.near(answer, this.config.answer)) {
      return { right: true, why: this.explanation };
    }
    const hint = this.config.hints.find(({ value }) => this.near(answer, value));
    return { right: false, why: [hint?.why ?? [this.tendency(answer)]] };
  }

  tendency(answer) {
    const expected = this.config.answer;
    if (expected && this.near(-answer, expected)) return TEXT.sign;
    const power = Math.log10(answer / expected); // NaN if the signs differ
    const whole = Math.round(power);
    if (whole && Math.abs(power - whole) < 1e-3) return TEXT.power;
    return answer > expected ? TEXT.large : TEXT.small;
  }

  solution() {
    return [[this.written(this.config.answer)], ...this.explanation];
  }

  written(value) {
    return this.withUnit(String(Number(value.toPrecision(12))));
  }

  withUnit(number) {
    return `${number.replaceAll("-", "−")} ${this.config.unit}`.trim();
  }

  set value(answer) {
    this.field.value = answer === null ? "" : String(Number(answer.toPrecision(12)));
  }
}

// Any number will do: it is kept, and the truth is shown beside it.
class Guess extends NumberCheck {
  get mark() {
    return "guess";
  }

  checks() {
    return new Set([this.config.id]);
  }

  answer() {
    const { answer, problem } = this.read();
    if (problem) return this.say("", problem);
    this.tell(answer);
    keep(this.config.id, answer);
  }

  tell(guess) {
    const { answer: truth, shown } = this.config;
    const both = fill(TEXT.both, { yours: this.written(guess), true: shown });
    const gap = this.written(Math.abs(guess - truth));
    const right = this.near(guess, truth);
    const head = right ? TEXT.hit : fill(guess > truth ? TEXT.over : TEXT.under, { gap });
    this.say(right ? "right" : "wrong", head, [[both], ...this.explanation]);
  }

  // A number as exercise.py writes it: large ones whole, in groups of three digits.
  written(value) {
    const size = Math.abs(value);
    if (size < 10 ** DIGITS || size >= 1e15) {
      return this.withUnit(String(Number(value.toPrecision(DIGITS))));
    }
    return this.withUnit(value.toLocaleString("en", { maximumFractionDigits: 0 }));
  }

  restore(guess) {
    if (this.feedback.dataset.outcome || !Number.isFinite(guess)) return;
    this.value = guess;
    this.tell(guess);
  }
}

class OrderCheck extends Check {
  parts() {
    const faces = this.config.steps.map(({ text }) => rich(text));
    this.list = new Ordering(faces, TEXT, {
      tell: (words) => this.say("", "", [[words]]),
      changed: () => this.silence(),
    });
    this.list.node.setAttribute("aria-labelledby", this.questionId);
    this.value = null;
    return [this.list.node];
  }

  read() {
    return { answer: this.list.order };
  }

  judge(order) {
    const n = order.findIndex((step, place) => step !== place);
    if (n < 0) return { right: true, why: this.explanation };
    const { text, why } = this.config.steps[order[n]];
    const right = n ? [fill(TEXT.first, { n })] : [];
    const early = fillRich(TEXT.early, { place: [String(n + 1)], step: text });
    return { right: false, why: [[...right, ...early, ...why]] };
  }

  solution() {
    const steps = this.config.steps.map(({ text }, i) => [`${i + 1}. `, ...text]);
    return [[], ...steps, ...this.explanation];
  }

  set value(order) {
    this.list.order = order ?? this.config.start;
  }
}

const TYPES = { choice: Choice, number: NumberCheck, guess: Guess, order: OrderCheck };

export default {
  render({ model, el }) {
    const check = new TYPES[model.get("_config").type](model, el);
    check.start();
    el.aigc = { view: check };
    return () => check.end();
  },
};
