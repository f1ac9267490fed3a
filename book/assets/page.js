// What the theme would do by handlers in its HTML, and what it leaves out.

import "./contents.js";
import { unfold } from "./folds.js";

const ACTIONS = {
  print: () => window.print(),
  fullscreen: () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button) ACTIONS[button.dataset.action]?.();
});

// A formula that is wider than the page scrolls, so the keyboard must reach it.
const reach = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const formula of document.querySelectorAll("div.math")) reach.observe(formula);

// Paper is white: what is printed has light colours, whatever the screen shows.
const { dataset } = document.documentElement;
let onScreen = null;

function print(printing) {
  if (printing === (onScreen !== null)) return;
  unfold(printing);
  [onScreen, dataset.theme] = printing ? [dataset.theme ?? "light", "light"] : [null, onScreen];
}

addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
matchMedia("print").addEventListener("change", ({ matches }) => print(matches));
