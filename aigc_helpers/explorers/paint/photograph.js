// A reader's own photograph: from a file to a small grey picture, all in the browser.
//
// Nothing is fetched: the file is decoded by createImageBitmap, made grey, shrunk, and
// the crop that the reader chooses is averaged over the pixels of the explorer.

import { element } from "../front/controls.js";
import { clamp } from "../front/core.js";
import { aboutFile } from "./files.js";

const LONGEST = 1024; // pixels of the copy that is kept while the reader crops
const MOST_AT_ONCE = 4096 * 4096; // pixels; more are shrunk while they are decoded
const MOST = 250e6; // pixels; decoded, four bytes each
const HEAD = 8 * 1024 * 1024; // bytes of a file that are looked at
const BEHIND = "#808080"; // middle grey, where a picture is transparent
const LUMA = [0.299, 0.587, 0.114]; // ITU-R BT.601

// Why a file gives no picture; the cause is a key of the view's texts.
export class NoPhotograph extends Error {
  constructor(cause) {
    super(cause);
    this.key = cause;
  }
}

// Promise of {width, height, grey, animated}: grey is Float32Array in [0, 1].
export async function photographOf(file) {
  if (!file.size) throw new NoPhotograph("emptyFile");
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const { kind, size, animated } = aboutFile(head);
  const pixels = size ? size[0] * size[1] : 0;
  if (pixels > MOST) throw new NoPhotograph("largeFile");
  const bitmap = await decoded(file, pixels > MOST_AT_ONCE ? size : null, kind);
  try {
    return { ...shrunkGrey(bitmap), animated };
  } finally {
    bitmap.close();
  }
}

// One of the two sides keeps the proportions, however the camera was turned.
async function decoded(file, size, kind) {
  const options = { imageOrientation: "from-image" };
  if (size) {
    const share = Math.sqrt(MOST_AT_ONCE / (size[0] * size[1]));
    options.resizeWidth = Math.max(1, Math.floor(size[0] * share));
    options.resizeQuality = "medium";
  }
  try {
    return await createImageBitmap(file, options);
  } catch (error) {
    console.warn("explorer:", error);
    const known = kind || file.type.startsWith("image/");
    throw new NoPhotograph({ heic: "heicFile" }[kind] ?? (known ? "badFile" : "noImage"));
  }
}

// Halves, each the mean of 2 by 2 pixels, until the longest side is short enough.
function shrunkGrey(bitmap) {
  let [source, width, height] = [bitmap, bitmap.width, bitmap.height];
  do {
    if (Math.max(width, height) > LONGEST) {
      [width, height] = [width, height].map((side) => Math.max(1, Math.round(side / 2)));
    }
    const smaller = painted(source, width, height);
    if (source !== bitmap) source.width = 0; // frees it
    source = smaller;
  } while (Math.max(width, height) > LONGEST);
  const { data } = source.getContext("2d").getImageData(0, 0, width, height);
  source.width = 0;
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const [red, green, blue] = data.subarray(4 * i, 4 * i + 3);
    grey[i] = (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / 255;
  }
  return { width, height, grey };
}

function painted(source, width, height) {
  const canvas = element("canvas", { width, height });
  const context = canvas.getContext("2d");
  context.fillStyle = BEHIND;
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  return canvas;
}

/* ---- the crop ---- */

// Left, top, width and height of the crop, in pixels of the photograph. Zoom 1 is the
// largest one; x and y in [0, 1] are its place, 0.5 in the middle.
export function cropOf({ width, height }, [rows, columns], { zoom, x, y }) {
  const scale = Math.min(width / columns, height / rows) / zoom;
  const [wide, tall] = [columns * scale, rows * scale];
  return [x * (width - wide), y * (height - tall), wide, tall];
}

// Uint8Array (rows * columns): the mean over each cell's share of the photograph.
export function averaged({ width, height, grey }, [left, top, wide, tall], shape) {
  const [rows, columns] = shape;
  const output = new Uint8Array(rows * columns);
  const across = cells(left, wide, columns, width);
  cells(top, tall, rows, height).forEach(([row, down], y) => {
    across.forEach(([column, along], x) => {
      let sum = 0;
      down.forEach((share, i) => {
        const start = (row + i) * width + column;
        along.forEach((part, j) => (sum += share * part * grey[start + j]));
      });
      output[y * columns + x] = Math.round(sum * 255);
    });
  });
  return output;
}

// For each of n equal parts of a stretch: its first pixel, and the share of each pixel.
function cells(start, length, n, size) {
  return Array.from({ length: n }, (_, i) => {
    const [low, high] = [start + (i * length) / n, start + ((i + 1) * length) / n];
    const first = clamp(Math.floor(low), 0, size - 1);
    const last = clamp(Math.ceil(high) - 1, first, size - 1);
    const shares = Array.from({ length: last - first + 1 }, (_, k) =>
      Math.max(0, Math.min(high, first + k + 1) - Math.max(low, first + k)),
    );
    const total = shares.reduce((a, b) => a + b);
    return [first, total > 0 ? shares.map((share) => share / total) : [1]];
  });
}
