// What a reader takes away says that a network or a program made it: to the ear or the
// eye, and in the file. The words come from Python (marking.py), whose rules are these.
//
// GB 45438—2025, as it is quoted in public, asks in sounds for the rhythm 短长 短短 (A and
// I of the Morse code), on pictures for words of 5 % of the shortest side, and for a JSON
// text under the name AIGC in the file's metadata.

import { element } from "./controls.js";
import { int16Of, writeWav } from "./sound/wav.js";

const UNIT = 0.06; // seconds of a short tone; a long one has three
const RHYTHM = [1, -1, 3, -3, 1, -1, 1, -5]; // tones, and below 0 pauses, in units
const TONE = 800; // Hz
const LEVEL = 0.15; // of full scale
const RAMP = 0.006; // seconds in which a tone comes and goes, so that nothing clicks
const SIDE = 256; // pixels, the least shortest side of a picture that is saved
const LETTERS = 0.08; // size of its words, of that side; a character is nearly as high
const PNG_END = 12; // bytes of the last chunk

// The audible mark and the pause behind it, Float32Array.
export function audibleMark(rate) {
  const pieces = RHYTHM.map((units) => piece(Math.round(Math.abs(units) * UNIT * rate), units, rate));
  return Float32Array.from(pieces.flatMap((one) => [...one]));
}

function piece(n, units, rate) {
  return Float32Array.from({ length: n }, (_, i) => {
    if (units < 0) return 0;
    const edge = Math.min(i, n - 1 - i) / (RAMP * rate);
    return LEVEL * Math.min(1, edge) * Math.sin((2 * Math.PI * TONE * i) / rate);
  });
}

// Bytes of a WAV file of a generated sound: the mark, then the sound; the file's words
// name it. `mark` is what Python's marking.facts() gives.
export function markedWav({ samples, rate, name }, mark) {
  const sound = int16Of(samples);
  const numbers = Int16Array.from([...int16Of(audibleMark(rate)), ...sound]);
  const AIGC = JSON.stringify(labelOf(new Uint8Array(sound.buffer), mark));
  return writeWav(numbers, rate, { INAM: name, ICMT: mark.sound, AIGC });
}

// Promise of the bytes of a PNG file of a generated picture, a canvas: enlarged if it is
// small, with words in a corner and in its metadata.
export async function markedPng(picture, mark) {
  const canvas = enlarged(picture);
  stamp(canvas, mark.words);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const text = `AIGC\0\0\0\0\0${JSON.stringify(labelOf(bytes, mark))}`;
  const chunk = pngChunk("iTXt", new TextEncoder().encode(text));
  const end = bytes.length - PNG_END;
  return Uint8Array.from([...bytes.subarray(0, end), ...chunk, ...bytes.subarray(end)]);
}

// A copy, each pixel a square of whole pixels.
function enlarged(picture) {
  const times = Math.max(1, Math.ceil(SIDE / Math.min(picture.width, picture.height)));
  const [width, height] = [times * picture.width, times * picture.height];
  const canvas = element("canvas", { width, height });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
}

function stamp(canvas, words) {
  const side = Math.min(canvas.width, canvas.height);
  const size = Math.ceil(LETTERS * side);
  const context = canvas.getContext("2d");
  context.font = `${size}px sans-serif`;
  context.textBaseline = "middle";
  const [wide, tall] = [context.measureText(words).width + size, 1.5 * size];
  const [left, top] = [canvas.width - wide, canvas.height - tall];
  context.fillStyle = "#000";
  context.fillRect(left, top, wide, tall);
  context.fillStyle = "#fff";
  context.fillText(words, left + size / 2, top + tall / 2);
}

function pngChunk(tag, content) {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(tag), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}

// What the metadata say of content: the checksum of its bytes is its number.
export function labelOf(content, mark) {
  return { ...mark.label, ProduceID: `crc32-${crc32(content).toString(16).padStart(8, "0")}` };
}

// The checksum of ZIP and PNG.
function crc32(bytes) {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
