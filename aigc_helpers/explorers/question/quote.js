// A passage as it is quoted, with the sentence that was found and a link to its place.

import { element } from "../front/controls.js";
import { fill } from "../front/core.js";
import { TEXT } from "./text.js";

const SOURCES = { notebooks: ".ipynb", book: ".md" };

export const sectionOf = ({ number, heading }) => `${number} ${heading}`.trim();

// Where a passage stands: on a page of the site, whose files lie below `assets`, or, in
// a notebook of the book, in a source.
export function placeOf(address, assets) {
  if (assets) return new URL(address, assets.replace(/_static\/(?!.*_static\/).*$/, "")).href;
  const [folder] = address.split("/");
  return `../${address.replace(".html", SOURCES[folder])}`;
}

// `marked` is counted in characters; a passage that is not the book's has no link.
export function quote(passage, { marked, genuine, assets }) {
  const characters = Array.from(passage.text);
  const [from, to] = marked ?? [0, 0];
  const part = (start, end) => characters.slice(start, end).join("");
  const middle = marked ? [element("mark", {}, part(from, to))] : [];
  const text = element("blockquote", {}, part(0, from), ...middle, part(to));
  const node = element("figure", { className: "aigc-question-quote" }, text);
  node.append(element("figcaption", {}, ...source(passage, genuine, assets)));
  node.classList.toggle("aigc-question-false", !genuine);
  return node;
}

export function falseLabel() {
  return element("span", { className: "aigc-question-label" }, TEXT.isFalse);
}

function source(passage, genuine, assets) {
  const section = sectionOf(passage);
  if (!genuine) {
    const words = section ? fill(TEXT.pretends, { section }) : TEXT.noPlace;
    return [falseLabel(), element("span", {}, words)];
  }
  const link = element("a", { href: placeOf(passage.address, assets) });
  if (!assets) link.target = "_blank"; // beside the notebook
  link.append(fill(TEXT.section, { section }));
  return [link];
}
