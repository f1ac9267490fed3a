// Native controls with names, keyboard and touch, as all explorers use them.

import { clamp } from "./core.js";

export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in node && !key.startsWith("aria")) node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

let serial = 0;
const page = Math.random().toString(36).slice(2, 8);

// An id that nothing else on the page has.
export function newId() {
  return `aigc-${page}-${serial++}`;
}

// One line: name, slider, value; with a shape a small picture at each end.
//
//   const row = sliderRow({
//     name: "角度", low: 0, high: 360, step: 1,
//     format: { short: (v) => `${v}°`, long: (v) => `${v} 度` },   // shown; spoken
//   });
//   row.input.addEventListener("input", () => …);
//   row.show(30);                                                  // in showControls
export function sliderRow({ name, hint, low, high, step, shape, format, text }) {
  const id = newId();
  const input = element("input", {
    type: "range", id, min: low, max: high, step, value: 0,
  });
  const output = element("output", { htmlFor: id, "aria-live": "off" });
  const ends = shape ? thumbnails(input, shape, [low, high], text) : [];
  const label = element("label", { htmlFor: id, title: hint ?? "" }, name);
  const node = element("div", { className: shape ? "aigc-row" : "aigc-row aigc-plain" });
  const [before, after] = [ends.slice(0, 1), ends.slice(1)];
  node.append(label, ...before, input, ...after, output);
  const show = (value) => {
    input.value = value;
    output.textContent = format.short(value);
    input.setAttribute("aria-valuetext", format.long(value));
    const [from, to] = [clamp(0, low, high), clamp(value, low, high)];
    const share = (v) => `${((v - low) / (high - low)) * 100}%`;
    input.style.setProperty("--from", share(Math.min(from, to)));
    input.style.setProperty("--to", share(Math.max(from, to)));
  };
  return { node, input, output, ends, show };
}

function thumbnails(input, shape, values, text) {
  return values.map((value, i) => {
    const small = thumbnail(shape, i ? text.highest : text.lowest);
    small.addEventListener("click", () => jump(input, value));
    return small;
  });
}

function jump(input, value) {
  input.value = value;
  for (const type of ["input", "change"]) {
    input.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

function thumbnail([height, width], title) {
  const small = element("canvas", { width, height, title, className: "aigc-small" });
  small.setAttribute("aria-hidden", "true");
  return small;
}

// One of several, each with a face, and with words where the face has none:
// {node, add(face, words), show(i)}.
export function oneOf(legend, className, choose) {
  const name = newId();
  const node = element("fieldset", { className: `aigc-choice ${className}` }, legend);
  const inputs = [];
  const add = (face, words) => {
    const value = inputs.length;
    const input = element("input", { type: "radio", name, value });
    const label = element("label", {}, input, face);
    if (words) {
      input.title = label.title = words;
      input.setAttribute("aria-label", words);
    }
    input.addEventListener("change", () => choose(value));
    inputs.push(input);
    node.append(label);
  };
  return { node, add, show: (i) => (inputs[i].checked = true) };
}

export function classChoice(n, title, choose) {
  const legend = element("legend", { className: "aigc-unseen" }, title);
  const choice = oneOf(legend, "aigc-classes", choose);
  for (let label = 0; label < n; label++) choice.add(element("span", {}, String(label)));
  return choice;
}

export function button(text, press) {
  const node = element("button", { type: "button" }, text);
  node.addEventListener("click", press);
  return node;
}

// What is typed into a field is taken at once, but no word that is still composed, as of
// Chinese; rest() is called when the field is left. The function that is returned shows
// a value, and leaves a word that is composed alone.
export function typedInto(input, take, rest) {
  let composes = false;
  input.addEventListener("compositionstart", () => (composes = true));
  input.addEventListener("input", (event) => {
    if (!event.isComposing) take(input.value);
  });
  input.addEventListener("compositionend", () => {
    composes = false;
    take(input.value);
  });
  input.addEventListener("change", rest);
  return (value) => {
    if (!composes && input.value !== value) input.value = value;
  };
}

// Nothing in these nodes can be used.
export function disable(...nodes) {
  for (const node of nodes) {
    for (const control of node.querySelectorAll("input, select, textarea, button")) {
      control.disabled = true;
    }
  }
}
