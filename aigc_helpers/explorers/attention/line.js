// Where the reader writes a line, and the tokens that are read of it.

import { element, oneOf, typedInto } from "../front/controls.js";
import { MOST_CHARACTERS } from "./source.js";
import { Strip } from "./strip.js";
import { TEXT } from "./text.js";

export class LineForm {
  // view: write(changes), save(), look(place, pressed), reader, config.
  constructor(view) {
    this.view = view;
    const { rules, directions } = view.config;
    this.input = element("input", {
      type: "text", className: "aigc-entry aigc-attention-input", maxLength: MOST_CHARACTERS,
      spellcheck: false, autocomplete: "off", enterKeyHint: "done",
    });
    const take = (text) => view.write({ text });
    this.showText = typedInto(this.input, take, () => view.save());
    const name = element("span", {}, rules ? TEXT.numeral : TEXT.field);
    const label = element("label", { className: "aigc-attention-field" }, name, this.input);
    this.node = element("div", { className: "aigc-attention-form" }, label);
    if (directions.length > 1) this.node.append(this.directionChoice(rules, directions));
    this.strip = new Strip(TEXT.source, "aigc-attention-source", (cell, pressed) =>
      view.look({ cell }, pressed),
    );
    this.shown = [this.strip.node];
  }

  directionChoice(rules, directions) {
    const legend = element("legend", {}, TEXT.direction);
    this.choice = oneOf(legend, "aigc-attention-to", (i) => this.turn(directions[i]));
    directions.forEach((direction, i) => {
      this.choice.add(element("span", {}, rules ? TEXT.directions[i] : direction));
    });
    return this.choice.node;
  }

  turn(to) {
    const { reader, state } = this.view;
    if (reader.read(state).problem) return this.view.write({ to });
    this.view.write(reader.turned(state, to));
    this.view.save();
  }

  show({ text, to }, { start, problem }) {
    this.showText(text);
    this.input.setAttribute("aria-invalid", Boolean(problem));
    this.choice?.show(Math.max(0, this.view.config.directions.indexOf(start?.to ?? to)));
  }

  // What is wrong is read with the field.
  describedBy(id) {
    this.input.setAttribute("aria-describedby", id);
  }

  showTokens(tokens) {
    this.strip.show(tokens);
  }

  mark(place) {
    this.strip.mark(place);
  }

  shade(shares) {
    this.strip.shade(shares);
  }

  describe(sentences) {
    this.strip.describe(sentences);
  }
}
