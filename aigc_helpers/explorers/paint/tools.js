// Choices beside the picture, and the row of answers below it.

import { element, oneOf } from "../front/controls.js";
import { paintGrey } from "../front/core.js";
import { clearLayer, drawStripes, FINE } from "./look.js";

// One of several, below its title.
export function titled(title, className, choose) {
  return oneOf(element("legend", {}, title), `aigc-paint-choice ${className}`, choose);
}

// Pictures beside each other, each with its title and a note below.
export class Gallery {
  constructor(titles, shape) {
    this.shape = shape;
    this.node = element("div", { className: "aigc-paint-answers" });
    this.tiles = Object.entries(titles).map(([key, title]) => this.tile(key, title));
    this.node.append(...this.tiles.map(({ node }) => node));
  }

  tile(key, title) {
    const [height, width] = this.shape;
    const size = FINE / 2;
    const picture = element("canvas", { width, height });
    const layer = element("canvas", { width: size * width, height: size * height });
    picture.setAttribute("role", "img");
    layer.setAttribute("aria-hidden", "true");
    const note = element("span", {});
    const frame = element("div", { className: "aigc-paint-frame" }, picture, layer);
    const caption = element("figcaption", {}, title, note);
    return { key, title, picture, layer, note, node: element("figure", {}, frame, caption) };
  }

  // pictures[key] is {image, open, note}; a hole that is open has stripes.
  show(pictures, hole) {
    for (const { key, title, picture, layer, note } of this.tiles) {
      const { image, open, words = "" } = pictures[key];
      paintGrey(picture, image);
      clearLayer(layer);
      if (open) drawStripes(layer, hole, this.shape);
      note.textContent = words;
      picture.setAttribute("aria-label", title);
    }
  }
}
