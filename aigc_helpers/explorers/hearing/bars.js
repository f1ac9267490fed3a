// Twelve probabilities as bars: ten digits, none of them, several.

import { element } from "../front/controls.js";
import { fill } from "../front/core.js";
import { DIGITS, nearestDigit, shareWords, THRESHOLD } from "./reading.js";
import { TEXT } from "./text.js";

export class Bars {
  // ``words`` are the verdict's, from Python.
  constructor(words) {
    this.words = words;
    this.list = element("ul", { className: "aigc-hearing-bars", "aria-label": TEXT.shares });
    this.list.style.setProperty("--half", THRESHOLD);
    const names = Array.from({ length: DIGITS }, (_, digit) => [String(digit)]);
    const others = [[TEXT.none, TEXT.noneLong], [TEXT.several, TEXT.severalLong]];
    this.bars = [...names, ...others].map(([short, long = short]) => this.bar(short, long));
    const title = element("p", { "aria-hidden": "true" }, TEXT.shares);
    this.node = element("div", { className: "aigc-hearing-shares" }, title, this.list);
  }

  bar(short, long) {
    const value = element("span", { "aria-hidden": "true" });
    const fillOf = element("i");
    const column = element("span", { className: "aigc-hearing-column", "aria-hidden": "true" });
    column.append(fillOf);
    const name = element("span", { "aria-hidden": "true" }, short);
    const spoken = element("span", { className: "aigc-unseen" });
    const item = element("li", { title: long }, value, column, name, spoken);
    this.list.append(item);
    return { item, value, fillOf, spoken, long };
  }

  // Probabilities (12), or null while there are none.
  show(probabilities) {
    const best = probabilities ? nearestDigit(probabilities) : -1;
    this.bars.forEach(({ item, value, fillOf, spoken, long }, i) => {
      const share = probabilities?.[i] ?? 0;
      value.textContent = probabilities ? shortShare(share) : "";
      fillOf.style.height = `${100 * share}%`;
      const told = probabilities ? shareWords(share, this.words).trim() : TEXT.listening;
      spoken.textContent = fill(TEXT.share, { name: long, share: told });
      item.classList.toggle("aigc-hearing-best", i === best && share >= THRESHOLD);
    });
  }
}

function shortShare(share) {
  if (share > 0.99) return TEXT.high;
  return share < 0.01 ? TEXT.low : (100 * share).toFixed(0);
}
