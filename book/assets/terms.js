// Cards that explain terms: shown on hover, on keyboard focus and on the first tap.
// A card stays while the pointer is on the term or on the card (WCAG 1.4.13); Escape,
// a tap elsewhere and the loss of focus close it. A second tap follows the link.

import { composing } from "./explorers/front/keys.js";

const DELAY = 150; // ms: long enough to cross the gap between term and card
const GAP = 6; // px between term and card
const MARGIN = 8; // px between card and the edges of the screen

let open = null; // {term, card} that is shown
let timer = 0;
let pointer = "mouse"; // what pressed last

const termAt = (target) => target.closest?.("a.term[aria-describedby]");
const cardOf = (term) =>
  document.getElementById(term.getAttribute("aria-describedby"));

function show(term) {
  clearTimeout(timer);
  if (open?.term === term) return;
  hide();
  open = { term, card: cardOf(term) };
  open.card.showPopover();
  place();
}

function hide() {
  clearTimeout(timer);
  open?.card.hidePopover();
  open = null;
}

function place() {
  if (!open) return;
  const { term, card } = open;
  const line = term.getClientRects()[0] ?? term.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const furthest = clientWidth - card.offsetWidth - MARGIN;
  const below = line.bottom + GAP;
  const fits = below + card.offsetHeight + MARGIN <= clientHeight;
  const top = fits ? below : Math.max(MARGIN, line.top - GAP - card.offsetHeight);
  card.style.left = `${Math.max(MARGIN, Math.min(line.left, furthest))}px`;
  card.style.top = `${top}px`;
}

function onHover({ target, pointerType }) {
  if (pointerType === "touch") return;
  clearTimeout(timer);
  const term = termAt(target);
  if (term) timer = setTimeout(show, DELAY, term);
  else if (open && !target.closest?.(".term-card")) timer = setTimeout(leave, DELAY);
}

function leave() {
  if (!open?.term.matches(":focus-visible")) hide();
}

function onFocus({ target }) {
  const term = termAt(target);
  if (!term) hide();
  else if (term.matches(":focus-visible")) show(term);
}

function onClick(event) {
  const term = termAt(event.target);
  if (term && pointer === "touch" && open?.term !== term) {
    event.preventDefault();
    show(term);
  } else if (!event.target.closest?.(".term-card")) hide();
}

// Browsers without popovers follow the links to the glossary, as without this script.
if ("showPopover" in HTMLElement.prototype) {
  const listen = (name, listener) => document.addEventListener(name, listener);
  listen("pointerdown", ({ pointerType }) => (pointer = pointerType));
  listen("pointerover", onHover);
  listen("focusin", onFocus);
  listen("focusout", ({ relatedTarget }) => relatedTarget ?? leave());
  listen("click", onClick);
  listen("keydown", (event) => event.key === "Escape" && !composing(event) && hide());
  addEventListener("scroll", place, { capture: true, passive: true });
  addEventListener("resize", place);
}
