// Who speaks: the exported networks and Griffin–Lim, or the Python kernel. What a page
// computes is what speech/synthesis.py does.

import { breathe, floatsOf, Network } from "../front/answers.js";
import { griffinLim, HOP, RATE } from "../front/sound/spectra.js";
import { spelled, symbolsOf } from "./digits.js";

const BUDGET = 8; // ms of work before the page has its turn
const PEAK = 10 ** (-1 / 20); // no sample is above: -1 dBFS
const BANDS_OF_FRAME = 40;

// Rows of numbers that lie one behind the other.
export function rowsOfSize(numbers, size) {
  const n = numbers.length / size;
  return Array.from({ length: n }, (_, i) => numbers.subarray(i * size, (i + 1) * size));
}

export class NetworkSpeaker {
  static async load(name, assets, facts) {
    const names = [`${name}-opening`, name, `${name}-ending`];
    const networks = await Promise.all(names.map((one) => Network.load(one, assets)));
    return new NetworkSpeaker(networks, facts);
  }

  constructor([opening, step, ending], facts) {
    Object.assign(this, { opening, step, ending, facts, source: "network" });
  }

  // Promise of {letters, samples, rate, attention, complete, times}; an AbortSignal ends it.
  async speak(text, voice, { signal } = {}) {
    const letters = spelled(text);
    const start = performance.now();
    const written = await this.write(letters, voice, text.length, signal);
    const magnitudes = await this.magnitudesOf(written.frames);
    const middle = performance.now();
    const length = HOP * (written.frames.length / BANDS_OF_FRAME - 1);
    const { iterations } = this.facts;
    const wave = await griffinLim(magnitudes, length, { iterations, seed: null, signal });
    const samples = levelled(wave, this.facts);
    const end = performance.now();
    const times = { ms: end - start, written: middle - start, phases: end - middle };
    return { ...written, letters, samples, rate: RATE, times };
  }

  // Frames (T * 40), attention row by row, and whether the network stopped itself.
  async write(letters, voice, nDigits, signal) {
    const { n_frames, frames_per_digit, frames_besides } = this.facts;
    const most = frames_besides + frames_per_digit * nDigits;
    const { memory, keys, features, frame, ...states } = await this.open(letters, voice);
    let [before, state, complete] = [frame, Object.values(states), false];
    const [frames, attention] = [[], []];
    let end = performance.now() + BUDGET;
    while (!complete && n_frames * attention.length < most) {
      const feeds = { memory, keys, features, frame: before };
      state.forEach((tensor, i) => (feeds[`state_${i}`] = tensor));
      const found = await this.step.results(feeds);
      frames.push(found.frames.data);
      attention.push(found.weights.data);
      complete = found.stop.data[0] > 0;
      before = found.next_frame;
      state = state.map((_, i) => found[`next_${i}`]);
      if (performance.now() < end) continue;
      await breathe();
      signal?.throwIfAborted();
      end = performance.now() + BUDGET;
    }
    return { frames: joinedFloats(frames), attention, complete };
  }

  // States come in the order of their numbers.
  open(letters, voice) {
    const ids = (values) => BigInt64Array.from(values, BigInt);
    return this.opening.results({
      letters: this.opening.tensor("int64", ids(symbolsOf(letters)), [1, letters.length]),
      voice: this.opening.tensor("int64", ids([voice]), [1]),
    });
  }

  // Magnitudes at all frequencies, raised to the power `sharpness`.
  async magnitudesOf(frames) {
    const size = [1, frames.length / BANDS_OF_FRAME, BANDS_OF_FRAME];
    const tensor = this.ending.tensor("float32", frames, size);
    const { spectrum } = await this.ending.results({ frames: tensor });
    return spectrum.data.map((value) => Math.exp(this.facts.sharpness * value));
  }
}

function joinedFloats(parts) {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}

// As loud as others where it is not silent, by blocks of 50 ms, without clipping.
export function levelled(wave, { block, hop, quiet, level }) {
  const size = Math.min(block, wave.length);
  const n = Math.floor((wave.length - size) / hop) + 1;
  const powers = Array.from({ length: n }, (_, i) => {
    const part = wave.subarray(i * hop, i * hop + size);
    return part.reduce((sum, x) => sum + x * x, 0) / size;
  });
  const least = Math.max(...powers) * 10 ** (-quiet / 10);
  const heard = powers.filter((power) => power >= least);
  const mean = heard.reduce((sum, power) => sum + power, 0) / heard.length;
  const peak = wave.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const gain = Math.min(10 ** (level / 20) / Math.sqrt(mean), PEAK / peak);
  return wave.map((x) => x * gain);
}

export class KernelSpeaker {
  constructor(kernel) {
    Object.assign(this, { kernel, source: "kernel" });
  }

  async speak(text, voice, { state }) {
    const start = performance.now();
    const { message, buffers } = await this.kernel.ask({ text, voice, state });
    const times = { ms: performance.now() - start };
    const { letters, complete } = message;
    const [samples, weights] = buffers.map(floatsOf);
    const attention = rowsOfSize(weights, letters.length);
    return { letters, samples, rate: RATE, attention, complete, times };
  }
}
