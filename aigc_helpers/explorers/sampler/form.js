// The sampler's controls: prompt, buttons, sliders, seed.

import { button, disable, element, sliderRow, typedInto } from "../front/controls.js";
import { clamp, fill, LAST_SEED } from "../front/core.js";

const MOST_K = 50;
const MOST_PROMPT = 200;
const LIMITS = { temperature: [0, 2], top_p: [0.05, 1], length: [10, 500] };

function whole(text, high) {
  return clamp(Math.trunc(Number(text)) || 0, 0, high);
}

export class SamplerForm {
  // view: setting(changes), save(), generate(), stop(), nextSeed().
  constructor(view) {
    Object.assign(this, { view, text: view.text, monospace: view.config.monospace });
    const asked = [view.initial, ...(view.config.presets ?? [])];
    const most = Math.max(MOST_K, ...asked.map(({ top_k }) => top_k ?? 0));
    this.allK = most + 1; // the slider's last position keeps all characters
    this.promptRow = this.buildPrompt();
    this.settings = this.buildSettings();
    this.showRunning(false);
  }

  buildPrompt() {
    const { text, view } = this;
    this.prompt = this.promptInput();
    this.note = element("p", { className: "aigc-note" });
    const label = element("label", { className: "aigc-field" }, text.prompt, this.prompt);
    const generate = button(text.generate, () => view.generate());
    generate.classList.add("aigc-primary");
    this.stopButton = button(text.stop, () => view.stop());
    const row = element("div", { className: "aigc-prompt-row" });
    row.append(label, generate, this.stopButton, this.note);
    return row;
  }

  promptInput() {
    const kind = this.monospace ? { rows: 2 } : { type: "text" };
    const input = element(this.monospace ? "textarea" : "input", {
      ...kind, className: "aigc-entry aigc-prompt-input", maxLength: MOST_PROMPT, spellcheck: false,
      autocomplete: "off",
    });
    const take = (prompt) => this.view.setting({ prompt });
    this.showPrompt = typedInto(input, take, () => this.view.save());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !this.monospace) this.view.generate();
    });
    return input;
  }

  buildSettings() {
    const { text, allK } = this;
    const two = (value) => value.toFixed(2);
    const heat = (value) => (value === 0 ? text.greedy : two(value));
    const all = (value) => (value >= allK ? text.all : String(value));
    const kept = (value) => (value >= allK ? text.all : fill(text.kept, { value }));
    const share = (value) => (value >= 1 ? text.all : two(value));
    const count = (value) => fill(text.characters, { value });
    this.rows = {
      temperature: this.row("temperature", [...LIMITS.temperature, 0.05], two, heat),
      top_k: this.row("top_k", [1, allK, 1], all, kept),
      top_p: this.row("top_p", [...LIMITS.top_p, 0.01], share, share),
      length: this.row("length", [...LIMITS.length, 10], String, count),
    };
    const node = element("div", { className: "aigc-settings" });
    node.append(...Object.values(this.rows).map((row) => row.node), this.seedRow());
    return node;
  }

  row(key, range, short, long) {
    const { text, allK } = this;
    const made = this.slider(text[key], range, { short, long }, (value) =>
      this.view.setting({ [key]: key === "top_k" && value >= allK ? 0 : value }),
    );
    made.node.title = text[`${key}_hint`];
    return made;
  }

  slider(name, [low, high, step], format, change) {
    const made = sliderRow({ name, low, high, step, format, text: this.text });
    made.input.addEventListener("input", () => change(Number(made.input.value)));
    made.input.addEventListener("change", () => this.view.save());
    return made;
  }

  seedRow() {
    const { text, view } = this;
    const limits = { min: 0, max: LAST_SEED, step: 1 };
    this.seed = element("input", { type: "number", className: "aigc-entry", ...limits });
    this.seed.addEventListener("change", () => {
      view.setting({ seed: whole(this.seed.value, LAST_SEED) });
      view.save();
    });
    const label = element("label", { className: "aigc-field" }, text.seed, this.seed);
    const next = button(text.nextSeed, () => view.nextSeed());
    return element("div", { className: "aigc-seed-row" }, label, next);
  }

  // Without a network nothing new can be asked for.
  disable() {
    disable(this.promptRow, this.settings);
  }

  show(state, unknown) {
    for (const key of ["temperature", "top_p", "length"]) this.rows[key].show(state[key]);
    this.rows.top_k.show(state.top_k || this.allK);
    this.showPrompt(state.prompt);
    this.seed.value = state.seed;
    const quoted = (character) => fill(this.text.quoted, { character });
    const list = unknown.map(quoted).join("");
    this.note.textContent = list ? fill(this.text.unknown, { list }) : "";
    this.prompt.setAttribute("aria-description", this.note.textContent);
  }

  showRunning(running) {
    this.stopButton.setAttribute("aria-disabled", String(!running));
  }

  // State after a link's settings, all texts; what is out of range is brought in.
  change(state, { prompt, top_k, seed, ...numbers }) {
    const changed = { ...state };
    for (const [key, limits] of Object.entries(LIMITS)) {
      if (numbers[key]) changed[key] = clamp(Number(numbers[key]) || 0, ...limits);
    }
    changed.length = Math.round(changed.length);
    if (prompt !== undefined) changed.prompt = prompt.slice(0, MOST_PROMPT);
    if (top_k) changed.top_k = whole(top_k, this.allK - 1);
    if (seed) changed.seed = whole(seed, LAST_SEED);
    return changed;
  }
}

export function nextSeed(seed) {
  return seed === LAST_SEED ? 0 : seed + 1;
}
