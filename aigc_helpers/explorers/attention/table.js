// The table that the reader edits: a row for each field, which may be empty.

import { button, element, newId, typedInto } from "../front/controls.js";
import { fill } from "../front/core.js";
import { isInteger, MOST_TEXT, valueOfText } from "./source.js";
import { shadeNode } from "./strip.js";
import { TEXT } from "./text.js";

export class TableForm {
  // view: write(changes), save(), look(place, pressed), state, config.
  constructor(view) {
    this.view = view;
    this.tokens = [];
    this.rows = view.config.fields.map((field) => this.row(field));
    const caption = element("caption", {}, TEXT.table);
    const body = element("tbody", {}, ...this.rows.map(({ node }) => node));
    this.node = element("table", { className: "aigc-attention-table" }, caption, body);
    this.shown = [];
    for (const [type, pressed] of [["pointerover", false], ["focusin", true]]) {
      this.node.addEventListener(type, ({ target }) => {
        const cell = this.tokens.findIndex(({ node }) => node.contains(target));
        if (cell >= 0) view.look({ cell }, pressed);
      });
    }
  }

  row(field) {
    const { name, unit = "" } = field;
    const id = newId();
    const control = this.control(field, id);
    const clear = button("×", () => this.set(field, ""));
    clear.title = TEXT.clear;
    clear.setAttribute("aria-label", fill(TEXT.clearName, { name }));
    const share = element("span", { className: "aigc-attention-share" });
    const node = element(
      "tr",
      {},
      element("th", { scope: "row" }, element("label", { htmlFor: id }, name)),
      element("td", {}, ...control.nodes, unit ? element("span", {}, unit) : ""),
      element("td", {}, clear),
      element("td", {}, share),
    );
    return { field, node, clear, share, input: control.input, showValue: control.show };
  }

  control(field, id) {
    const made = { select: choice, number: integer, text: freeText };
    const kind = field.free ? "text" : isInteger(field) ? "number" : "select";
    const { input, nodes } = made[kind](field, id);
    const take = (text) => this.set(field, valueOfText(field, text), true);
    const show = typedInto(input, take, () => this.view.save());
    return { input, nodes, show };
  }

  // What is typed is at rest when the field is left.
  set({ name }, value, isTyped = false) {
    this.view.write({ table: { ...this.view.state.table, [name]: value } });
    if (!isTyped) this.view.save();
  }

  show({ table }, { problem, name }) {
    for (const { field, input, clear, showValue } of this.rows) {
      input.setAttribute("aria-invalid", Boolean(problem) && name === field.name);
      const value = table[field.name] ?? "";
      const present = isInteger(field) && input.value !== "" ? Number(input.value) : input.value;
      if (present !== value) showValue(String(value)); // what is half-written, "-", stays
      clear.setAttribute("aria-disabled", value === "");
    }
  }

  describedBy(id) {
    for (const { input } of this.rows) input.setAttribute("aria-describedby", id);
  }

  showTokens(tokens) {
    this.tokens = tokens.map(({ name }) => this.rows.find(({ field }) => field.name === name));
  }

  mark(place) {
    for (const row of this.rows) {
      row.node.classList.toggle("aigc-attention-here", row === this.tokens[place]);
    }
  }

  shade(shares) {
    for (const row of this.rows) {
      shadeNode(row.node, row.share, shares?.[this.tokens.indexOf(row)]);
    }
  }

  describe(sentences) {
    for (const row of this.rows) {
      const words = sentences[this.tokens.indexOf(row)] ?? "";
      row.input.setAttribute("aria-description", words);
    }
  }
}

function choice({ choices }, id) {
  const options = choices.map((value) => element("option", { value }, value));
  const empty = element("option", { value: "" }, TEXT.nothing);
  const input = element("select", { id, className: "aigc-entry" }, empty, ...options);
  return { input, nodes: [input] };
}

function integer({ range: [min, max] }, id) {
  const kind = { type: "number", className: "aigc-entry" };
  const input = element("input", { ...kind, id, min, max, step: 1 });
  return { input, nodes: [input] };
}

function freeText({ choices }, id) {
  const list = element("datalist", { id: `${id}-list` });
  list.append(...choices.map((value) => element("option", { value })));
  const kind = { type: "text", className: "aigc-entry", autocomplete: "off" };
  const input = element("input", { ...kind, id, maxLength: MOST_TEXT });
  input.setAttribute("list", list.id);
  return { input, nodes: [input, list] };
}
