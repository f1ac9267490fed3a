// How a hole looks: striped while it is open, with a rim when it is filled; the cursor.

import { element } from "../front/controls.js";

export const FINE = 8; // pixels of the layer above a picture, for one of the picture's
// No grey, and light and dark beside each other, so that no eye takes it for a picture.
const INK = "#d55e00";
const PAPER = "#ffe7d3";
const RIM = ["#1a1a1a", "#ffffff"];

// Stripes over the open hole, on a layer that lies above the picture.
export function drawStripes(canvas, hole, [, width]) {
  const context = canvas.getContext("2d");
  const size = canvas.width / width;
  context.fillStyle = context.createPattern(stripes(size), "repeat");
  hole.forEach((bit, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (bit) context.fillRect(x * size, y * size, size, size);
  });
}

// One repeat: a diagonal stripe two pixels of the picture wide, and as much paper.
function stripes(size) {
  const side = Math.round(3 * size);
  const tile = element("canvas", { width: side, height: side });
  const context = tile.getContext("2d");
  context.fillStyle = PAPER;
  context.fillRect(0, 0, side, side);
  context.strokeStyle = INK;
  context.lineWidth = side / 2 / Math.SQRT2;
  context.beginPath();
  for (const shift of [-side, 0, side]) {
    context.moveTo(shift - side, 2 * side);
    context.lineTo(shift + 2 * side, -side);
  }
  context.stroke();
  return tile;
}

// The line between what is filled and what is the photograph's.
export function drawRim(canvas, hole, shape) {
  const context = canvas.getContext("2d");
  const size = canvas.width / shape[1];
  const path = new Path2D();
  for (const [x1, y1, x2, y2] of edges(hole, shape)) {
    path.moveTo(x1 * size, y1 * size);
    path.lineTo(x2 * size, y2 * size);
  }
  RIM.forEach((colour, i) => {
    context.strokeStyle = colour;
    context.lineWidth = i ? 1.5 : 3;
    context.setLineDash(i ? [size * 0.75, size * 0.75] : []);
    context.stroke(path);
  });
  context.setLineDash([]);
}

// Ends of the sides at which a pixel of the hole and another one meet.
function* edges(hole, [height, width]) {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const here = hole[y * width + x];
      if (x && here !== hole[y * width + x - 1]) yield [x, y, x, y + 1];
      if (y && here !== hole[(y - 1) * width + x]) yield [x, y, x + 1, y];
    }
  }
}

// Where the keyboard's brush is: a ring as wide as it paints, full when it is down.
export function drawCursor(canvas, [, width], { at: [x, y], radius, down }) {
  const context = canvas.getContext("2d");
  const size = canvas.width / width;
  for (const [colour, wide] of [[RIM[0], 6], [RIM[1], 3]]) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = wide;
    context.beginPath();
    context.arc(x * size, y * size, radius * size, 0, 2 * Math.PI);
    context.stroke();
    context.beginPath();
    context.arc(x * size, y * size, (down ? 2 : 0.5) * wide, 0, 2 * Math.PI);
    context.fill();
  }
}

export function clearLayer(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}
