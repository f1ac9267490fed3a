// The discrete Fourier transform of n real numbers, n a power of two, and back.
//
// Even and odd numbers make one complex transform of half the length (Cooley and Tukey,
// 1965), from which the bins 0..n/2 are put together.

export class RealFourier {
  constructor(n) {
    if (n < 4 || n & (n - 1)) throw new RangeError(`no power of two: ${n}`);
    const half = n / 2;
    Object.assign(this, { n, half, bins: half + 1 });
    this.cos = Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
    this.sin = Float64Array.from({ length: half + 1 }, (_, k) => Math.sin((2 * Math.PI * k) / n));
    this.order = bitReversed(half);
    this.re = new Float64Array(half);
    this.im = new Float64Array(half);
  }

  // Bins (n / 2 + 1) of numbers (n), written into re and im.
  forward(numbers, re, im) {
    const { half, cos, sin } = this;
    for (let i = 0; i < half; i++) {
      const from = 2 * this.order[i];
      this.re[i] = numbers[from];
      this.im[i] = numbers[from + 1];
    }
    this.transform(1);
    const { re: x, im: y } = this;
    for (let k = 0; k <= half; k++) {
      const i = k & (half - 1); // of half and 0 the same number
      const j = (half - k) & (half - 1);
      const a = (x[i] + x[j]) / 2;
      const b = (y[i] - y[j]) / 2;
      const c = (y[i] + y[j]) / 2;
      const d = (x[j] - x[i]) / 2;
      re[k] = a + c * cos[k] + d * sin[k];
      im[k] = b + d * cos[k] - c * sin[k];
    }
  }

  // Numbers (n) of bins, written into x; imaginary parts of the first and last are 0.
  inverse(re, im, x) {
    const { half, cos, sin } = this;
    for (let i = 0; i < half; i++) {
      const k = this.order[i];
      const j = half - k;
      const below = k ? im[k] : 0;
      const above = j < half ? im[j] : 0;
      const a = (re[k] + re[j]) / 2;
      const b = (below - above) / 2;
      const c = (re[k] - re[j]) / 2;
      const d = (below + above) / 2;
      this.re[i] = a - (c * sin[k] + d * cos[k]);
      this.im[i] = b + (c * cos[k] - d * sin[k]);
    }
    this.transform(-1);
    for (let i = 0; i < half; i++) {
      x[2 * i] = this.re[i] / half;
      x[2 * i + 1] = this.im[i] / half;
    }
  }

  // The complex transform in place, of numbers that lie in bit-reversed order.
  transform(sign) {
    const { half, re, im, cos, sin } = this;
    for (let size = 1; size < half; size *= 2) {
      const step = half / size; // of n: the angle is 2 pi k / (2 size)
      for (let k = 0; k < size; k++) {
        const c = cos[k * step];
        const s = sign * sin[k * step];
        for (let i = k; i < half; i += 2 * size) {
          const j = i + size;
          const real = c * re[j] + s * im[j];
          const imaginary = c * im[j] - s * re[j];
          re[j] = re[i] - real;
          im[j] = im[i] - imaginary;
          re[i] += real;
          im[i] += imaginary;
        }
      }
    }
  }
}

// For each of n places the place whose bits are its own, read backwards.
function bitReversed(n) {
  const order = new Uint32Array(n);
  for (let i = 1, bit = n >> 1; i < n; i++) {
    order[i] = (order[i >> 1] >> 1) | (i & 1 ? bit : 0);
  }
  return order;
}
