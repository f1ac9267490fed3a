// Encoded data on a plane: where they are, which is nearest, and a canvas of dots.

import { bytesFrom, CLASS_COLOURS, clamp } from "../front/core.js";

const FINEST = 32767; // places are int16, from one end of an axis to the other

export class Plane {
  constructor({ bounds, points, labels }) {
    this.bounds = bounds;
    const places = new Int16Array(bytesFrom(points).buffer);
    this.shares = Float32Array.from(places, (place) => (place / FINEST + 1) / 2);
    this.labels = labels ? bytesFrom(labels) : null;
    this.colours = CLASS_COLOURS;
  }

  // A place of the pad, (0, 0) at its lower left, as two latent numbers.
  at(x, y) {
    return [x, y].map((share, axis) => {
      const [low, high] = this.bounds[axis];
      return Number((low + clamp(share, 0, 1) * (high - low)).toFixed(4));
    });
  }

  share(z) {
    return z.map((value, axis) => {
      const [low, high] = this.bounds[axis];
      return (value - low) / (high - low);
    });
  }

  // The median place of a class, as shares of both axes; null if it has no point.
  middle(label) {
    const own = [];
    for (let i = 0; i < (this.labels?.length ?? 0); i++) {
      if (this.labels[i] === label) own.push(i);
    }
    if (!own.length) return null;
    return [0, 1].map((axis) => {
      const places = own.map((i) => this.shares[2 * i + axis]).sort((a, b) => a - b);
      return places[Math.floor(places.length / 2)];
    });
  }

  // Class of the encoded point that is nearest, and how far it is, in units of z.
  nearest(z) {
    const [x, y] = this.share(z);
    const [wide, tall] = this.bounds.map(([low, high]) => high - low);
    let [best, least] = [0, Infinity];
    for (let i = 0; i < this.shares.length / 2; i++) {
      const dx = (this.shares[2 * i] - x) * wide;
      const dy = (this.shares[2 * i + 1] - y) * tall;
      const square = dx * dx + dy * dy;
      if (square < least) [best, least] = [i, square];
    }
    return { label: this.labels?.[best] ?? 0, gap: Math.sqrt(least) };
  }
}

// Dots of the shown classes; without classes all in one colour.
export function drawPoints(canvas, plane, shown) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const n = plane.shares.length / 2;
  const radius = clamp(120 / Math.sqrt(n), 3, 7);
  context.clearRect(0, 0, width, height);
  context.globalAlpha = 0.8;
  for (let i = 0; i < n; i++) {
    const label = plane.labels?.[i] ?? 0;
    if (plane.labels && !shown.includes(label)) continue;
    context.fillStyle = plane.colours[label];
    context.beginPath();
    const [x, y] = [plane.shares[2 * i], plane.shares[2 * i + 1]];
    context.arc(x * width, (1 - y) * height, radius, 0, 2 * Math.PI);
    context.fill();
  }
}
