// A sound in words, for who does not hear or see it; sounds/telling.py tells the same.

import { fill } from "../core.js";
import { BANDS, HOP, MEL_BANDS, RATE } from "./spectra.js";

const BELOW = 35; // dB under the loudest moment: what is quieter is silence
const LEAST = 4; // blocks of HOP that a silence lasts

// Sentences about a clip: of its sound {samples, rate, duration}, and of the samples and
// their log mel magnitudes `bands` at 8 kHz.
export function wordsOf({ transcript, sound, samples, bands }, words) {
  const said = transcript ? fill(words.said, { transcript }) : ""; // unknown of a reader's
  const seconds = sound.duration.toFixed(2);
  const length = fill(words.length, { seconds, rate: sound.rate });
  const peak = sound.samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (!peak) return said + length + words.still;
  const rms = 10 * Math.log10(meanSquare(sound.samples));
  const loud = { rms: decibels(rms), peak: decibels(20 * Math.log10(peak)) };
  const [low, , high] = MEL_BANDS[loudestBand(bands)].map((f) => f.toFixed(0));
  const band = fill(words.band, { low, high });
  return [said, length, fill(words.loudness, loud), band, quiet(samples, words)].join("");
}

function loudestBand(bands) {
  const sums = new Float64Array(BANDS);
  bands.forEach((value, i) => (sums[i % BANDS] += Math.exp(value)));
  return sums.indexOf(Math.max(...sums));
}

const meanSquare = (samples) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
const decibels = (value) => value.toFixed(1).replace("-", "−");

function quiet(samples, words) {
  const list = silences(samples).map(([low, high]) =>
    fill(words.span, { low: low.toFixed(2), high: high.toFixed(2) }),
  );
  if (!list.length) return words.noSilence;
  return fill(words.silence, { list: list.join(words.list) });
}

// Beginnings and ends, in seconds, of what is quiet for LEAST blocks or longer.
export function silences(samples) {
  const powers = Array.from({ length: Math.ceil(samples.length / HOP) }, (_, i) =>
    meanSquare(samples.subarray(i * HOP, (i + 1) * HOP)),
  );
  const limit = Math.max(...powers) * 10 ** (-BELOW / 10);
  const found = [];
  for (let i = 0, start = 0; i <= powers.length; i++) {
    if (powers[i] < limit) continue;
    if (i - start >= LEAST) found.push([start * HOP, Math.min(i * HOP, samples.length)]);
    start = i + 1;
  }
  return found.map((span) => span.map((place) => place / RATE));
}
