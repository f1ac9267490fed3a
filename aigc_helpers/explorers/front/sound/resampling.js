// A sound at another rate: the sum of its numbers, each a windowed sinc (Smith, "Digital
// Audio Resampling", and Kaiser's window), without what lies above the lower rate's half.

const CROSSINGS = 64; // of zero, of the sinc on each side
const BETA = 9; // of the window: what is left above is 90 dB down
const CUT = 0.95; // where the sinc cuts, in halves of the lower rate

// Float32Array of numbers at rate `from`, as they are at rate `to`, both whole.
export function resample(samples, from, to) {
  if (from === to) return Float32Array.from(samples);
  const common = divisor(from, to);
  const [step, phases] = [from / common, to / common];
  const cut = CUT * Math.min(1, to / from);
  const reach = CROSSINGS / cut;
  const kernels = new Map(); // of the phases that occur
  const output = new Float32Array(Math.ceil((samples.length * to) / from));
  for (let m = 0; m < output.length; m++) {
    const place = m * step; // in 1/phases of a number
    const [middle, phase] = [Math.floor(place / phases), place % phases];
    if (!kernels.has(phase)) kernels.set(phase, kernelOf(phase / phases, cut, reach));
    output[m] = weighed(samples, middle, kernels.get(phase));
  }
  return output;
}

function weighed(samples, middle, kernel) {
  const start = middle - (kernel.length >> 1) + 1;
  const last = Math.min(kernel.length, samples.length - start);
  let sum = 0;
  for (let i = Math.max(0, -start); i < last; i++) sum += kernel[i] * samples[start + i];
  return sum;
}

// Weights of the numbers around a place that lies a share of a number after one of them;
// their sum is 1, so that what is constant stays.
function kernelOf(share, cut, reach) {
  const half = Math.ceil(reach);
  const kernel = Float64Array.from({ length: 2 * half }, (_, i) => {
    const t = i - half + 1 - share;
    return Math.abs(t) < reach ? sinc(cut * t) * kaiser(t / reach) : 0;
  });
  const sum = kernel.reduce((a, b) => a + b);
  return kernel.map((weight) => weight / sum);
}

const sinc = (t) => (t ? Math.sin(Math.PI * t) / (Math.PI * t) : 1);
const kaiser = (x) => bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);

// The modified Bessel function I0, by its series.
function bessel(x) {
  let [term, sum] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function divisor(a, b) {
  return b ? divisor(b, a % b) : a;
}
