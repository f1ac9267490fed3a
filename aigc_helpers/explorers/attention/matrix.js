// The matrix of attention as a table of per cent: rows are what was written, columns
// what was read. It scrolls inside its own box.

import { element } from "../front/controls.js";
import { clamp } from "../front/core.js";
import { shadeNode } from "./strip.js";
import { TEXT } from "./text.js";

const HERE = "aigc-attention-here";

export class Matrix {
  // look({token} or {cell}, pressed): what a pointer or finger is on.
  constructor(look) {
    this.head = element("thead");
    this.body = element("tbody");
    this.table = element("table", {}, this.head, this.body);
    this.box = element("div", { className: "aigc-attention-matrix", tabIndex: 0 }, this.table);
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", TEXT.matrix);
    const words = element("p", {}, TEXT.matrixWords);
    this.node = element("div", { className: "aigc-attention-numbers" }, this.box, words);
    for (const type of ["pointerover", "click"]) {
      this.table.addEventListener(type, ({ target }) => {
        const place = target.closest("[data-token], [data-cell]")?.dataset;
        if (place) look(place, type === "click");
      });
    }
  }

  // words and names are texts, attention one row for each word.
  show(words, names, attention) {
    const corner = element("td", {}, TEXT.corner);
    this.columns = names.map((name, i) => heading(name, "col", "cell", i));
    this.head.replaceChildren(element("tr", {}, corner, ...this.columns));
    this.rows = words.map((word, i) => {
      const row = element("tr", {}, heading(word, "row", "token", i));
      row.append(...Array.from(attention[i], (share) => shaded(share, i)));
      return row;
    });
    this.body.replaceChildren(...this.rows);
    this.table.classList.toggle("aigc-attention-long", names.some((name) => name.length > 2));
  }

  // Scroll its box, and nothing else, until row or column is seen beside the heads.
  reveal(token, cell) {
    const [row, column] = [this.rows[token], this.columns[cell]];
    const { box, head } = this;
    if (row) {
      const [first, last] = [row.offsetTop - head.offsetHeight, row.offsetTop + row.offsetHeight];
      box.scrollTop = clamp(box.scrollTop, last - box.clientHeight, first);
    }
    if (column) {
      const corner = column.parentElement.firstElementChild;
      const first = column.offsetLeft - corner.offsetWidth;
      const last = column.offsetLeft + column.offsetWidth;
      box.scrollLeft = clamp(box.scrollLeft, last - box.clientWidth, first);
    }
  }

  mark(token, cell) {
    for (const [i, row] of this.rows.entries()) {
      row.classList.toggle(HERE, i === token);
      for (const [j, column] of [...row.children].slice(1).entries()) {
        column.classList.toggle(HERE, j === cell);
      }
    }
    this.columns.forEach((column, j) => column.classList.toggle(HERE, j === cell));
  }
}

function heading(words, scope, key, i) {
  const node = element("th", { scope }, element("span", {}, words));
  node.dataset[key] = i;
  return node;
}

function shaded(share, token) {
  const node = element("td");
  node.dataset.token = token;
  shadeNode(node, node, share);
  return node;
}
