// A row of tokens: a pointer, a finger or the keyboard chooses one, and each shows how
// much was looked at it.

import { element } from "../front/controls.js";
import { clamp } from "../front/core.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

export const percentOf = (share) => `${Math.round(100 * share)}%`;

// How deep a share colours what was looked at, and its number where it is worth one.
export function shadeNode(node, number, share) {
  const percent = Math.round(100 * (share ?? 0));
  node.style.setProperty("--share", percent / 100);
  number.textContent = percent ? percent : "";
}

export class Strip {
  // choose(place, pressed) is called for the token under a pointer, a finger or a key.
  constructor(title, className, choose) {
    Object.assign(this, { choose, cells: [], tab: 0 });
    this.row = element("div", { className: `aigc-attention-strip ${className}`, role: "group" });
    this.row.setAttribute("aria-label", title);
    const head = element("span", { className: "aigc-attention-title" }, title);
    head.setAttribute("aria-hidden", "true");
    this.node = element("div", { className: "aigc-attention-line" }, head, this.row);
    for (const [type, pressed] of [["pointerover", false], ["click", true], ["focusin", true]]) {
      this.row.addEventListener(type, ({ target }) => {
        const place = this.placeOf(target);
        if (place >= 0) choose(place, pressed);
      });
    }
    this.row.addEventListener("keydown", (event) => this.step(event));
  }

  placeOf(node) {
    return this.cells.findIndex(({ button }) => button.contains(node));
  }

  step(event) {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const place = clamp(this.placeOf(event.target) + step, 0, this.cells.length - 1);
    this.cells[place]?.button.focus();
  }

  // tokens: {face, copied, marks, title}; what has the focus keeps it.
  show(tokens) {
    const focused = this.placeOf(document.activeElement);
    this.cells = tokens.map((token) => this.cell(token));
    this.row.replaceChildren(...this.cells.map(({ button }) => button));
    this.mark(null);
    if (focused >= 0) this.cells[Math.min(focused, tokens.length - 1)]?.button.focus();
  }

  cell({ face, copied, marks, title = "" }) {
    const shown = element("span", { className: "aigc-attention-face" }, face);
    const share = element("span", { className: "aigc-attention-share" });
    share.setAttribute("aria-hidden", "true");
    const words = element("span", { className: "aigc-unseen" });
    const button = element("button", { type: "button", title, tabIndex: -1 }, shown, share, words);
    button.classList.toggle("aigc-attention-copied", Boolean(copied));
    button.classList.toggle("aigc-attention-marker", Boolean(marks));
    return { button, share, words };
  }

  // The token that is looked at; it is where the Tab key leads.
  mark(place) {
    const last = this.cells.length - 1;
    this.tab = clamp(place ?? this.tab, 0, Math.max(last, 0));
    this.cells.forEach(({ button }, i) => {
      button.setAttribute("aria-pressed", i === place);
      button.tabIndex = i === this.tab ? 0 : -1;
    });
  }

  shade(shares) {
    this.cells.forEach(({ button, share }, i) => shadeNode(button, share, shares?.[i]));
  }

  // What is told of each to who does not see the others.
  describe(sentences) {
    this.cells.forEach(({ words }, i) => (words.textContent = sentences[i]));
  }
}
