// What a reader takes away says that a network or a program made it: to the ear, and in
// the file. The words come from Python (marking.py), which marks by the same rules.
//
// GB 45438—2025, as it is quoted in public, asks for the rhythm 短长 短短 (A and I of the
// Morse code) and for a JSON text under the name AIGC in the file's metadata.

import { int16Of, writeWav } from "./sound/wav.js";

const UNIT = 0.06; // seconds of a short tone; a long one has three
const RHYTHM = [1, -1, 3, -3, 1, -1, 1, -5]; // tones, and below 0 pauses, in units
const TONE = 800; // Hz
const LEVEL = 0.15; // of full scale
const RAMP = 0.006; // seconds in which a tone comes and goes, so that nothing clicks

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
