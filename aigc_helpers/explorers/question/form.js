// What a reader of the question explorer writes: a question, a false passage.

import { disable, element, newId, typedInto } from "../front/controls.js";
import { TEXT } from "./text.js";

const MOST_TYPED = 2000; // characters; setting.py has the same numbers
const MOST_OWN = 400;
const YES = ["1", "true", "on", "yes", "是", "开"];
const OWN = "own"; // in a link

const cut = (text, most) => Array.from(text).slice(0, most).join("");

export class QuestionForm {
  // view: state, initial, config, write(changes), save()
  constructor(view) {
    this.view = view;
    this.input = this.field("input", MOST_TYPED);
    this.showQuestion = this.typed(this.input, "question");
    this.input.type = "text";
    this.input.placeholder = TEXT.placeholder;
    const label = element("label", { className: "aigc-question-field" });
    label.append(element("span", {}, TEXT.question), this.input);
    this.question = label;
    this.plant = this.planting();
  }

  field(tag, maxLength) {
    const kind = { className: "aigc-entry", autocomplete: "off", spellcheck: false };
    return element(tag, { ...kind, maxLength });
  }

  typed(input, key) {
    const take = (value) => this.view.write({ [key]: value });
    return typedInto(input, take, () => this.view.save());
  }

  planting() {
    const { strangers } = this.view.config;
    this.planted = element("input", { type: "checkbox" });
    this.planted.addEventListener("change", () => {
      this.view.write({ planted: this.planted.checked });
      this.view.save();
    });
    this.which = element("select", { className: "aigc-entry" });
    const names = [...strangers.map(({ name }) => name), TEXT.own];
    this.which.append(...names.map((name, value) => element("option", { value }, name)));
    this.which.addEventListener("change", () => {
      this.view.write({ which: Number(this.which.value), planted: true });
      this.view.save();
    });
    this.which.setAttribute("aria-label", TEXT.which);
    const on = element("label", {}, this.planted, element("span", {}, TEXT.plant));
    const row = element("div", { className: "aigc-question-plant" }, on, this.which);
    return element("div", { className: "aigc-question-planting" }, row, this.ownText());
  }

  ownText() {
    this.own = this.field("textarea", MOST_OWN);
    this.showOwn = this.typed(this.own, "own");
    this.own.rows = 3;
    this.own.id = newId();
    const label = element("label", { htmlFor: this.own.id }, TEXT.ownText);
    this.ownBox = element("div", { className: "aigc-question-own" }, label, this.own);
    return this.ownBox;
  }

  disable() {
    disable(this.question, this.plant);
  }

  show({ question, planted, which, own }) {
    this.showQuestion(question);
    this.showOwn(own);
    this.planted.checked = planted;
    this.which.value = which;
    this.ownBox.hidden = !planted || which < this.view.config.strangers.length;
  }

  // "question=…&planted=1&which=2": false passages by name or counted from 1, or "own".
  change(state, { question, planted, which, own }) {
    const changed = { ...state };
    if (question !== undefined) changed.question = cut(question, MOST_TYPED);
    if (own !== undefined) {
      const last = this.view.config.strangers.length;
      Object.assign(changed, { own: cut(own, MOST_OWN), which: last, planted: true });
    }
    const place = this.placeOf(which);
    if (place >= 0) Object.assign(changed, { which: place, planted: true });
    if (planted !== undefined) changed.planted = YES.includes(planted);
    return changed;
  }

  placeOf(which) {
    const { strangers } = this.view.config;
    if (which === OWN) return strangers.length;
    const named = strangers.findIndex(({ name }) => name === which);
    const place = named >= 0 ? named : Math.trunc(Number(which)) - 1;
    return place <= strangers.length ? place : -1;
  }
}
