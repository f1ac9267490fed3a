// Holes of a picture: one byte a pixel, row by row, 1 where it is to be filled.

import { bytesFrom, clamp } from "../front/core.js";

// Of text as Python's numpy.packbits writes it: the first bit is the highest.
export function holeOfText(text, n) {
  const bytes = bytesFrom(text);
  return Uint8Array.from({ length: n }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1);
}

export function textOfHole(hole) {
  const bytes = new Uint8Array(Math.ceil(hole.length / 8));
  hole.forEach((bit, i) => (bytes[i >> 3] |= bit << (7 - (i & 7))));
  return btoa(String.fromCharCode(...bytes));
}

export function sizeOfHole(hole) {
  return hole.reduce((sum, bit) => sum + bit, 0);
}

// Set the pixels whose middles are within a radius of a straight piece to 1 or 0.
// Places are [x, y] in pixels from the upper left corner.
export function brush(hole, [height, width], [from, to], radius, bit) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const square = dx * dx + dy * dy || 1;
  const [left, right] = reached(from[0], to[0], radius, width);
  const [top, bottom] = reached(from[1], to[1], radius, height);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [x, y] = [column + 0.5 - from[0], row + 0.5 - from[1]];
      const share = clamp((x * dx + y * dy) / square, 0, 1);
      const gap = Math.hypot(x - share * dx, y - share * dy);
      if (gap <= radius) hole[row * width + column] = bit;
    }
  }
}

function reached(a, b, radius, size) {
  const low = Math.floor(Math.min(a, b) - radius);
  const high = Math.ceil(Math.max(a, b) + radius);
  return [clamp(low, 0, size), clamp(high, 0, size)];
}
