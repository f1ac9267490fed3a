// Where the reader paints: a picture, a layer above it, a brush moved by a mouse, a
// pen, a finger or the keyboard. A stroke begins, moves and is lifted.

import { element } from "../front/controls.js";
import { clamp, paintGrey } from "../front/core.js";
import { brush } from "./holes.js";
import { clearLayer, drawCursor, drawRim, drawStripes, FINE } from "./look.js";

const ARROWS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};
const LEAP = 4; // pixels for an arrow with Shift
const PEN_ERASER = 5; // the button that a pen's other end is
const ERASER_KEYS = ["e", "E", "Backspace", "Delete"];

// What the view gives:
//   begin()         {image, hole} that a stroke begins with
//   lifted(hole)    the hole after a stroke
//   erase()         the reader asks for the eraser, or for the brush again
//   thick(i)        the reader asks for the brush i
//   tell(key, values)   words for who does not see the brush
export class Pad {
  constructor(shape, view) {
    const [height, width] = shape;
    Object.assign(this, { shape, view, radius: 1, erasing: false, draft: null });
    this.cursor = { at: [Math.ceil(width / 2) - 0.5, Math.ceil(height / 2) - 0.5] };
    this.picture = element("canvas", { width, height });
    this.layer = element("canvas", { width: FINE * width, height: FINE * height });
    this.node = element("div", { className: "aigc-paint-pad", tabIndex: 0 });
    this.node.setAttribute("role", "application");
    for (const canvas of [this.picture, this.layer]) {
      canvas.setAttribute("aria-hidden", "true");
      this.node.append(canvas);
    }
    this.followPointer();
    this.followKeys();
  }

  /* -- what is seen -- */

  // A picture and its hole, with stripes where it is open; a stroke goes before.
  show(image, hole, open) {
    this.shown = { image, hole, open };
    if (!this.draft) this.paint();
  }

  paint() {
    const { image, hole, open } = this.draft ?? this.shown;
    paintGrey(this.picture, image);
    clearLayer(this.layer);
    if (open) drawStripes(this.layer, hole, this.shape);
    else drawRim(this.layer, hole, this.shape);
    if (!this.byKeys) return;
    const { radius } = this;
    drawCursor(this.layer, this.shape, { ...this.cursor, radius });
  }

  showCursor(byKeys) {
    if (byKeys === this.byKeys) return;
    this.byKeys = byKeys;
    if (this.shown) this.paint();
  }

  use(radius, erasing) {
    Object.assign(this, { radius, erasing });
    if (this.byKeys && this.shown) this.paint();
  }

  /* -- a stroke -- */

  begin(at, erasing) {
    const { image, hole } = this.view.begin();
    this.draft = { image, hole: hole.slice(), open: true, bit: erasing ? 0 : 1 };
    this.last = at;
    this.stroke([at]);
  }

  stroke(places) {
    for (const at of places) {
      const { hole, bit } = this.draft;
      brush(hole, this.shape, [this.last, at], this.radius, bit);
      this.last = at;
    }
    this.paint();
  }

  lift() {
    const { hole } = this.draft;
    this.draft = null;
    this.pointer = null;
    this.cursor.down = false;
    this.view.lifted(hole);
  }

  /* -- mouse, pen, finger -- */

  followPointer() {
    this.node.addEventListener("pointerdown", (event) => this.pointerDown(event));
    this.node.addEventListener("pointermove", (event) => {
      if (!this.draft || event.pointerId !== this.pointer) return;
      const between = event.getCoalescedEvents?.() ?? [];
      this.stroke((between.length ? between : [event]).map((one) => this.place(one)));
    });
    for (const type of ["pointerup", "pointercancel"]) {
      this.node.addEventListener(type, (event) => {
        if (this.draft && event.pointerId === this.pointer) this.lift();
      });
    }
  }

  pointerDown(event) {
    const turned = event.button === PEN_ERASER;
    if (event.button !== 0 && !turned) return;
    if (this.cursor.down) this.lift();
    if (this.draft) return; // another finger
    this.pointer = event.pointerId;
    this.node.setPointerCapture(event.pointerId);
    this.showCursor(false);
    this.begin(this.place(event), turned || this.erasing);
  }

  place({ clientX, clientY }) {
    const box = this.picture.getBoundingClientRect();
    const [height, width] = this.shape;
    const x = ((clientX - box.left) / box.width) * width;
    return [x, ((clientY - box.top) / box.height) * height];
  }

  /* -- keyboard -- */

  followKeys() {
    this.node.addEventListener("keydown", (event) => {
      const chord = event.altKey || event.ctrlKey || event.metaKey;
      if (chord || (event.shiftKey && event.key === "Enter")) return;
      if (event.key === "Escape" && this.cursor.down) this.lift();
      else if (this.key(event)) event.preventDefault();
    });
    this.node.addEventListener("focus", () => {
      if (this.node.matches(":focus-visible")) this.showCursor(true);
    });
    this.node.addEventListener("blur", () => {
      if (this.cursor.down) this.lift();
      this.showCursor(false);
    });
  }

  // Whether the key means something here.
  key({ key, shiftKey, repeat }) {
    if (ARROWS[key]) this.step(ARROWS[key], shiftKey ? LEAP : 1);
    else if (key === " " || key === "Enter") repeat || this.upOrDown();
    else if (ERASER_KEYS.includes(key)) this.view.erase();
    else if (["1", "2", "3"].includes(key)) this.view.thick(Number(key) - 1);
    else return false;
    if (!this.pointer) this.showCursor(true);
    return true;
  }

  step([dx, dy], length) {
    const [height, width] = this.shape;
    const [x, y] = this.cursor.at;
    this.cursor.at = [
      clamp(x + length * dx, 0.5, width - 0.5),
      clamp(y + length * dy, 0.5, height - 0.5),
    ];
    if (this.cursor.down) this.stroke([this.cursor.at]);
    else if (!this.draft) this.paint();
    const [column, row] = this.cursor.at.map(Math.ceil);
    this.view.tell("place", { row, column });
  }

  upOrDown() {
    if (this.cursor.down) {
      this.lift();
      this.view.tell("up");
    } else if (!this.draft) {
      this.cursor.down = true;
      this.begin(this.cursor.at, this.erasing);
      this.view.tell(this.erasing ? "downErasing" : "down");
    }
  }
}
