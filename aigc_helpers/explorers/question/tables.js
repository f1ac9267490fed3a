// The file from which a page answers, in the form of safetensors: eight bytes of length,
// a head in JSON, and the numbers; the head's metadata hold the passages.

import { bytesOf, orCause, remember } from "../front/answers.js";
import { Answerer } from "./answering.js";

const READ = {
  F32: (bytes) => new Float32Array(bytes.slice().buffer),
  F16: (bytes) => halves(new Uint16Array(bytes.slice().buffer)),
  U8: (bytes) => bytes,
};

// Float32 numbers of 16 bits each.
function halves(words) {
  return Float32Array.from(words, (word) => {
    const [sign, exponent, rest] = [word >> 15 ? -1 : 1, (word >> 10) & 31, word & 1023];
    if (exponent === 0) return sign * rest * 2 ** -24;
    if (exponent === 31) return rest ? NaN : sign * Infinity;
    return sign * (1 + rest / 1024) * 2 ** (exponent - 15);
  });
}

// {tensors: {name: {shape, values}}, facts} of the file's bytes.
function readTables(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const { __metadata__: metadata, ...entries } = head;
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(entries)) {
    const numbers = bytes.subarray(8 + length + from, 8 + length + to);
    tensors[name] = { shape, values: READ[dtype](numbers) };
  }
  return { tensors, facts: JSON.parse(metadata.facts) };
}

const answerers = {}; // by address: explorers of a page share one

// Promise of the Answerer of a shipped network; one that failed is asked for anew.
export function loadAnswerer(name, assets) {
  const url = new URL(`networks/${name}.safetensors`, assets).href;
  const open = async () => new Answerer(readTables(await bytesOf(url)));
  return remember(url, answerers, () => orCause(assets, open));
}
