// Spectrograms of sounds at 8 kHz, and sounds of spectrograms.
//
// The setting is that of the whole chapter: a periodic Hann window of 400 numbers (50 ms)
// in the middle of 512, every 100 numbers (12.5 ms); the first window stands over number
// 0, where the sound goes on as its mirror image, as torch.stft has it. Magnitudes, not
// their squares. A spectrogram is {frames, re, im}: Float32Arrays (frames * BINS), row by
// row; magnitudes are one such array.

import { breathe } from "../answers.js";
import { mulberry32 } from "../core.js";
import { RealFourier } from "./fourier.js";

export const RATE = 8000; // Hz
export const HOP = 100;
const WINDOW = 400;
const LENGTH = 512;
export const BINS = LENGTH / 2 + 1;
export const BANDS = 40;
export const FLOOR = 1e-3; // mel magnitudes below count as this
const EDGE = (LENGTH - WINDOW) / 2; // numbers before the window that are 0
const TINY = 1e-12; // instead of a division by 0
const SLICE = 8; // ms; then whatever else the page has to do comes first

const HANN = Float64Array.from({ length: WINDOW }, (_, i) => {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW);
});
const fourier = new RealFourier(LENGTH);

export const framesOf = (length) => 1 + Math.floor(length / HOP);

// The spectrogram of numbers in [-1, 1], at least one.
export function stft(samples) {
  const frames = framesOf(samples.length);
  const spectrogram = emptySpectrogram(frames);
  const piece = new Float64Array(LENGTH);
  const long = continued(samples);
  for (let t = 0; t < frames; t++) {
    for (let i = 0; i < WINDOW; i++) piece[EDGE + i] = HANN[i] * long[t * HOP + i];
    fourier.forward(piece, ...rowsOf(spectrogram, t));
  }
  return spectrogram;
}

// The numbers, half a window more at both ends.
function continued(samples) {
  const long = new Float64Array(samples.length + WINDOW);
  long.set(samples, WINDOW / 2);
  for (let i = 0; i < WINDOW / 2; i++) {
    long[i] = samples[mirrored(i - WINDOW / 2, samples.length)];
    const behind = samples.length + i;
    long[WINDOW / 2 + behind] = samples[mirrored(behind, samples.length)];
  }
  return long;
}

// The sound (length) whose spectrogram is nearest, by the sum of squared differences
// (Griffin and Lim, 1984, equation 6).
export function inverseStft(spectrogram, length) {
  const samples = new Float32Array(length);
  const piece = new Float64Array(LENGTH);
  for (let t = 0; t < spectrogram.frames; t++) {
    fourier.inverse(...rowsOf(spectrogram, t), piece);
    const start = t * HOP - LENGTH / 2 + EDGE;
    for (let i = Math.max(0, -start); i < WINDOW && start + i < length; i++) {
      samples[start + i] += HANN[i] * piece[EDGE + i];
    }
  }
  const weights = weightsOf(spectrogram.frames, length);
  for (let i = 0; i < length; i++) samples[i] = weights[i] > 1e-8 ? samples[i] / weights[i] : 0;
  return samples;
}

let lastWeights = { weights: [] }; // of the last sound: one that is searched for keeps its length

// What the squared windows over each number add up to.
function weightsOf(frames, length) {
  if (lastWeights.frames === frames && lastWeights.weights.length === length) return lastWeights.weights;
  const weights = new Float32Array(length);
  for (let t = 0; t < frames; t++) {
    const start = t * HOP - LENGTH / 2 + EDGE;
    for (let i = Math.max(0, -start); i < WINDOW && start + i < length; i++) {
      weights[start + i] += HANN[i] * HANN[i];
    }
  }
  lastWeights = { frames, weights };
  return weights;
}

export function magnitudesOf({ re, im }) {
  return re.map((real, i) => Math.hypot(real, im[i]));
}

function emptySpectrogram(frames) {
  const size = frames * BINS;
  return { frames, re: new Float32Array(size), im: new Float32Array(size) };
}

function rowsOf({ re, im }, t) {
  return [re, im].map((part) => part.subarray(t * BINS, (t + 1) * BINS));
}

// The place inside 0..n-1 that a place beyond an end is the mirror image of.
function mirrored(place, n) {
  if (place >= 0 && place < n) return place;
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const rest = ((place % period) + period) % period;
  return Math.min(rest, period - rest);
}

/* ---- mel ---- */

// Of the HTK toolkit: mel = 2595 log10(1 + f / 700), f in Hz.
export const melOf = (frequency) => 2595 * Math.log10(1 + frequency / 700);
export const frequencyOf = (mel) => 700 * (10 ** (mel / 2595) - 1);

// Lower edge, peak and upper edge of each band, in Hz: triangles of height 1.
export const MEL_BANDS = Array.from({ length: BANDS }, (_, band) =>
  [0, 1, 2].map((i) => frequencyOf(((band + i) * melOf(RATE / 2)) / (BANDS + 1))),
);

// For each band its first bin, and the weights from there.
const FILTERS = MEL_BANDS.map(([low, peak, high]) => {
  const width = RATE / LENGTH;
  const first = Math.ceil(low / width);
  const last = Math.min(BINS - 1, Math.floor(high / width));
  const weights = Float32Array.from({ length: last - first + 1 }, (_, i) => {
    const frequency = (first + i) * width;
    return Math.min((frequency - low) / (peak - low), (high - frequency) / (high - peak));
  });
  return { first, weights };
});

// Natural logarithms of mel magnitudes, Float32Array (frames * BANDS).
export function logMel(magnitudes) {
  const frames = magnitudes.length / BINS;
  const bands = new Float32Array(frames * BANDS);
  for (let t = 0; t < frames; t++) {
    const row = magnitudes.subarray(t * BINS, (t + 1) * BINS);
    for (let band = 0; band < BANDS; band++) {
      bands[t * BANDS + band] = Math.log(Math.max(FLOOR, gathered(row, band)));
    }
  }
  return bands;
}

export const logMelOf = (samples) => logMel(magnitudesOf(stft(samples)));

// Magnitudes, none of them negative, whose mel magnitudes come near those given: they
// start equal, and each update multiplies them by how much too little their bands hold
// (Richardson, 1972; Lucy, 1974; equation 5 of Lee and Seung, 2001).
export function magnitudesOfMel(mel, updates = 12) {
  const frames = mel.length / BANDS;
  const magnitudes = new Float32Array(frames * BINS);
  const total = new Float64Array(BINS); // weights of all bands, 0 at both ends
  spread(new Float64Array(BANDS).fill(1), total);
  const gain = new Float64Array(BINS);
  const missing = new Float64Array(BANDS);
  for (let t = 0; t < frames; t++) {
    const row = magnitudes.subarray(t * BINS, (t + 1) * BINS);
    row.forEach((_, i) => (row[i] = total[i] > 0 ? 1 : 0));
    for (let update = 0; update < updates; update++) {
      for (let band = 0; band < BANDS; band++) {
        missing[band] = mel[t * BANDS + band] / Math.max(TINY, gathered(row, band));
      }
      spread(missing, gain);
      for (let i = 0; i < BINS; i++) row[i] *= gain[i] / Math.max(TINY, total[i]);
    }
  }
  return magnitudes;
}

// What a band holds of magnitudes (BINS).
function gathered(row, band) {
  const { first, weights } = FILTERS[band];
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * row[first + i];
  return sum;
}

// The sum, for each bin, of its bands' values by their weights.
function spread(values, sums) {
  sums.fill(0);
  FILTERS.forEach(({ first, weights }, band) => {
    for (let i = 0; i < weights.length; i++) sums[first + i] += weights[i] * values[band];
  });
}

/* ---- phases ---- */

// Promise of a sound (length) with these magnitudes, by the fast Griffin–Lim algorithm
// (Perraudin, Balazs, Søndergaard, 2013) from seeded phases; without a seed, null, all
// are 0. It works in slices, between which the page stays alive; an AbortSignal ends it.
export async function griffinLim(magnitudes, length, options = {}) {
  const { iterations = 32, momentum = 0.99, seed = 0, signal } = options;
  const guess = firstPhases(magnitudes, seed);
  let before = emptySpectrogram(guess.frames);
  let samples = inverseStft(guess, length);
  let start = performance.now();
  for (let i = 0; i < iterations; i++) {
    const found = stft(samples);
    push(guess, magnitudes, found, before, momentum / (1 + momentum));
    before = found;
    samples = inverseStft(guess, length);
    if (performance.now() - start < SLICE) continue;
    await breathe();
    signal?.throwIfAborted();
    start = performance.now();
  }
  return samples;
}

function firstPhases(magnitudes, seed) {
  const guess = emptySpectrogram(magnitudes.length / BINS);
  const uniform = seed === null ? () => 0 : mulberry32(seed);
  magnitudes.forEach((size, i) => {
    const angle = 2 * Math.PI * uniform();
    guess.re[i] = size * Math.cos(angle);
    guess.im[i] = size * Math.sin(angle);
  });
  return guess;
}

// The wanted magnitudes with the phases found, pushed on from those found before.
function push(guess, magnitudes, found, before, share) {
  for (let i = 0; i < magnitudes.length; i++) {
    const real = found.re[i] - share * before.re[i];
    const imaginary = found.im[i] - share * before.im[i];
    const size = Math.sqrt(real * real + imaginary * imaginary);
    const scale = magnitudes[i] / (size + 1e-16);
    guess.re[i] = scale * real;
    guess.im[i] = scale * imaginary;
  }
}
