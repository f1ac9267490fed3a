// A list that is put in order by buttons (keyboard first) or by dragging its handles.

import { button, element } from "../front/controls.js";
import { fill } from "../front/core.js";

export class Ordering {
  // faces: nodes of each item; text: up, upOf, down, downOf, handle, moved; tell(words), changed().
  constructor(faces, text, { tell, changed }) {
    Object.assign(this, { text, tell, changed, dragged: null });
    this.items = faces.map((face) => this.item(face));
    this.node = element("ol", { className: "aigc-order" }, ...this.items);
    this.node.addEventListener("pointermove", (event) => this.drag(event));
    for (const type of ["pointerup", "pointercancel"]) {
      this.node.addEventListener(type, () => this.drop());
    }
    this.mark();
  }

  item(face) {
    const handle = element("span", { className: "aigc-handle", title: this.text.handle });
    handle.setAttribute("aria-hidden", "true"); // the buttons do the same
    const words = element("span", { className: "aigc-step" }, ...face);
    const node = element("li", {}, handle, words);
    for (const [name, sign, by] of [["up", "↑", -1], ["down", "↓", 1]]) {
      const press = button(sign, () => this.move(node, by));
      press.title = this.text[name];
      const label = fill(this.text[`${name}Of`], { step: words.textContent });
      press.setAttribute("aria-label", label);
      node.append(press);
    }
    handle.addEventListener("pointerdown", (event) => this.lift(node, event));
    return node;
  }

  // Indices of the items from top to bottom.
  get order() {
    return [...this.node.children].map((node) => this.items.indexOf(node));
  }

  set order(order) {
    this.node.append(...order.map((i) => this.items[i]));
    this.mark();
  }

  // The neighbour moves, so that the item keeps focus and finger.
  move(node, by) {
    const other = by < 0 ? node.previousElementSibling : node.nextElementSibling;
    if (!other) return;
    if (by < 0) node.after(other);
    else node.before(other);
    this.mark();
    this.changed();
    this.say(node);
  }

  say(node) {
    const [place, n] = [[...this.node.children].indexOf(node) + 1, this.items.length];
    const step = node.querySelector(".aigc-step").textContent;
    this.tell(fill(this.text.moved, { step, place, n }));
  }

  mark() {
    const ends = [this.node.firstElementChild, this.node.lastElementChild];
    for (const node of this.items) {
      [...node.querySelectorAll("button")].forEach((press, i) =>
        press.setAttribute("aria-disabled", String(node === ends[i])),
      );
    }
  }

  lift(node, event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.node.setPointerCapture(event.pointerId);
    this.dragged = node;
    node.classList.add("aigc-lifted");
  }

  drag(event) {
    if (!this.dragged) return;
    const middle = (node) => {
      const box = node.getBoundingClientRect();
      return box.top + box.height / 2;
    };
    const { previousElementSibling: above, nextElementSibling: below } = this.dragged;
    if (above && event.clientY < middle(above)) this.move(this.dragged, -1);
    else if (below && event.clientY > middle(below)) this.move(this.dragged, 1);
  }

  drop() {
    this.dragged?.classList.remove("aigc-lifted");
    this.dragged = null;
  }
}
