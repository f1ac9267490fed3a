// From a sound to digits, as aigc_helpers/speech/recognition.py does it: silence around it,
// the network, and connectionist temporal classification (Graves and others, 2006).

import { fill } from "../front/core.js";

export const DIGITS = 10;
export const NONE = DIGITS; // of the probabilities; the blank, of the scores
export const SEVERAL = DIGITS + 1;
export const THRESHOLD = 0.5; // of a digit that is said to be heard
const SYMBOLS = DIGITS + 1;
const MARGIN = 800; // numbers, 0.1 s at 8 kHz: silence on both sides
const WHOLE = 800; // and more behind, up to whole steps

// A sound between silences, as the network was trained to hear it.
export function withMargins(samples) {
  const filled = Math.ceil(samples.length / WHOLE) * WHOLE;
  const wave = new Float32Array(filled + 2 * MARGIN);
  wave.set(samples, MARGIN);
  return wave;
}

// What is told of log probabilities (T, 11): {probabilities, text}.
export function readScores(scores) {
  return { probabilities: wordProbabilities(scores), text: bestPath(scores) };
}

// How likely each digit alone is, none, or several: sums over alignments, by the forward
// variables of section 4.1.
function wordProbabilities(scores) {
  let before = 0; // blanks alone so far
  const inside = new Float64Array(DIGITS).fill(-Infinity);
  const after = new Float64Array(DIGITS).fill(-Infinity);
  for (let at = 0; at < scores.length; at += SYMBOLS) {
    const silent = scores[at + NONE];
    for (let d = 0; d < DIGITS; d++) {
      after[d] = logSum(after[d], inside[d]) + silent;
      inside[d] = logSum(inside[d], before) + scores[at + d];
    }
    before += silent;
  }
  const known = Array.from(inside, (value, d) => Math.exp(logSum(value, after[d])));
  known.push(Math.exp(before));
  const rest = 1 - known.reduce((a, b) => a + b);
  return [...known, Math.max(0, rest)];
}

function logSum(a, b) {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}

// The digits of the likeliest alignment: repetitions once, without blanks (section 3.2).
function bestPath(scores) {
  let [text, last] = ["", NONE];
  for (let at = 0; at < scores.length; at += SYMBOLS) {
    const row = scores.subarray(at, at + SYMBOLS);
    const symbol = row.indexOf(Math.max(...row));
    if (symbol !== last && symbol !== NONE) text += symbol;
    last = symbol;
  }
  return text;
}

// What is heard, in one sentence or two; setting.py says the same.
export function verdictOf({ probabilities, text }, words) {
  const digit = nearestDigit(probabilities);
  const facts = { digit, share: shareWords(probabilities[digit], words) };
  if (probabilities[digit] >= THRESHOLD) return fill(words.digit, facts);
  if (probabilities[SEVERAL] >= THRESHOLD && text.length > 1) {
    return fill(words.several, { text });
  }
  if (probabilities[NONE] >= THRESHOLD) return words.unsure + words.none;
  return words.unsure + fill(words.nearest, facts);
}

export function nearestDigit(probabilities) {
  const digits = probabilities.slice(0, DIGITS);
  return digits.indexOf(Math.max(...digits));
}

// A probability in per cent, never as certainty.
export function shareWords(share, words) {
  if (share > 0.999) return words.high;
  if (share < 0.001) return words.low;
  return fill(words.share, { percent: (100 * share).toFixed(1) });
}
