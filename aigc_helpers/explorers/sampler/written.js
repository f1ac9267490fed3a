// A text that grows: its beginning set apart, one span for each character that follows.

import { element } from "../front/controls.js";

export class WrittenText {
  // choose(position, pressed) is called for the character under a pointer or a finger.
  // A line of verse ends behind each of the characters in `verse`.
  constructor(label, { monospace, verse }, choose) {
    this.verse = verse;
    this.prompt = element("b");
    this.end = element("span", { className: "aigc-end" });
    this.end.setAttribute("aria-hidden", "true");
    this.body = element("span");
    this.words = element("figcaption");
    this.paper = element("div", { className: "aigc-paper", tabIndex: 0 });
    if (monospace) this.paper.classList.add("aigc-monospace");
    this.paper.setAttribute("role", "region");
    this.paper.setAttribute("aria-label", label);
    this.paper.append(this.prompt, this.body, this.end);
    this.node = element("figure", { className: "aigc-written" }, this.paper, this.words);
    for (const type of ["pointerover", "click"]) {
      this.paper.addEventListener(type, ({ target }) => {
        const position = [...this.body.children].indexOf(target);
        if (position >= 0) choose(position, type === "click");
      });
    }
  }

  // Append what is new; another passage starts from nothing.
  show(passage, prompt, vocabulary) {
    if (passage !== this.passage) {
      this.passage = passage;
      this.prompt.textContent = prompt;
      this.body.replaceChildren();
      this.paper.scrollTop = 0;
      this.marked = null;
    }
    const shown = this.body.childElementCount;
    if (shown === passage.tokens.length) return;
    const fresh = passage.tokens.slice(shown);
    this.body.append(...fresh.map((token) => this.span(vocabulary[token])));
    if (shown) this.paper.scrollTop = this.paper.scrollHeight;
  }

  span(character) {
    const node = element("span", {}, character);
    node.classList.toggle("aigc-line-end", this.verse.includes(character));
    return node;
  }

  say(words) {
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  // The character whose distribution is shown; after the last one, the end.
  mark(position) {
    this.marked?.classList.remove("aigc-here");
    this.marked = this.body.children[position] ?? this.end;
    this.marked.classList.add("aigc-here");
  }
}
