// What is told of a question: words, quotations, and how sure it is.

import { element, newId } from "../front/controls.js";
import { fill } from "../front/core.js";
import { STRANGER } from "./answering.js";
import { quote, sectionOf } from "./quote.js";
import { TEXT } from "./text.js";

// Two digits, which are never those of certainty.
function sureWords(confidence) {
  if (confidence >= 0.995) return TEXT.nearlySure;
  return confidence < 0.005 ? TEXT.hardlySure : confidence.toFixed(2);
}

export class Verdict {
  constructor(title, assets) {
    this.assets = assets;
    this.stale = element("p", { className: "aigc-question-note" });
    this.words = element("p", { className: "aigc-question-words" });
    this.quotes = element("div", { className: "aigc-question-quotes" });
    this.bar = element("span", { className: "aigc-question-bar" });
    this.bar.append(element("span"), element("i"));
    this.bar.setAttribute("aria-hidden", "true");
    this.sure = element("span");
    this.meter = element("p", { className: "aigc-question-meter" }, this.bar, this.sure);
    const head = element("p", { className: "aigc-question-title", id: newId() }, title);
    this.node = element("div", { className: "aigc-question-verdict", role: "group" });
    this.node.setAttribute("aria-labelledby", head.id);
    this.node.append(head, this.stale, this.words, this.quotes, this.meter);
    this.sayStale("");
  }

  sayStale(words) {
    this.stale.textContent = words;
    this.stale.hidden = !words;
  }

  show(told, { passages, threshold }) {
    this.sayStale("");
    const { kind, words, citations, nearest, confidence } = told;
    this.told = { told, passages };
    this.words.textContent = words + (nearest ? TEXT.nearest : "");
    const quoted = nearest ? [nearest] : citations;
    this.quotes.replaceChildren(...quoted.map((one) => this.quote(one, passages)));
    this.node.classList.toggle("aigc-question-refused", !citations.length);
    this.meter.hidden = kind === "unreadable";
    const numbers = { confidence: sureWords(confidence), threshold: threshold.toFixed(2) };
    this.sure.textContent = fill(nearest ? TEXT.notEnough : TEXT.enough, numbers);
    this.bar.style.setProperty("--sure", `${100 * confidence}%`);
    this.bar.style.setProperty("--threshold", `${100 * threshold}%`);
  }

  quote({ key, marked }, passages) {
    return quote(passages[key], { marked, genuine: key !== STRANGER, assets: this.assets });
  }

  // As a sentence: what is told, what was found and where.
  inWords() {
    const { told, passages } = this.told;
    const parts = told.citations.map(({ key, marked }) => {
      const section = fill(TEXT.section, { section: sectionOf(passages[key]) });
      return section + Array.from(passages[key].text).slice(...marked).join("");
    });
    const sure = told.kind === "unreadable" ? "" : this.sure.textContent;
    return [told.words, ...parts, sure].join("");
  }
}
