// Functions that formulas of a page need and that JavaScript's Math lacks.
//
// Relative errors against exact values are at most 2e-13 (gamma, within its range, and
// erfc before it underflows) and 1e-14 (erf); tests hold that.

const SQRT_PI = Math.sqrt(Math.PI);
const SWITCH = 2; // from here on the continued fraction is the shorter way
const STIRLING_FROM = 12;
// B(2k) / (2k (2k - 1)) for k = 1, 2, ...: Stirling's series
const STIRLING = [
  1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156,
];

// log(c1 exp(u1) + c2 exp(u2) + ...), finite for u of any size.
export function lse(...terms) {
  let top = -1; // index of the largest exponent that counts
  for (let i = 0; i < terms.length; i += 2) {
    if (terms[i] > 0 && (top < 0 || terms[i + 1] > terms[top + 1])) top = i;
  }
  if (top < 0) return terms.some(Number.isNaN) ? NaN : -Infinity;
  let rest = terms[top] - 1;
  for (let i = 0; i < terms.length; i += 2) {
    if (i === top || terms[i] === 0) continue;
    rest += terms[i] * Math.exp(terms[i + 1] - terms[top + 1]);
  }
  return terms[top + 1] + Math.log1p(rest);
}

// a · log b, 0 where a is 0, as its limit is in x log x.
export function timeslog(a, logarithm) {
  return a === 0 ? 0 : a * logarithm;
}

/* ---- the error function ---- */

// 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!: all terms have one sign, nothing cancels.
function erfSeries(x) {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / SQRT_PI) * Math.exp(-x * x) * sum;
}

// erfc(x) for x ≥ SWITCH, by its continued fraction from the innermost part outwards.
function erfcFraction(x) {
  let part = x;
  for (let n = 120; n >= 1; n--) part = x + n / 2 / part;
  return Math.exp(-x * x) / (SQRT_PI * part);
}

export function erf(x) {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) < SWITCH) return x === 0 ? x : erfSeries(x);
  return Math.sign(x) * (1 - erfcFraction(Math.abs(x)));
}

export function erfc(x) {
  if (x === Infinity) return 0;
  return x < SWITCH ? 1 - erf(x) : erfcFraction(x);
}

/* ---- the gamma function ---- */

// log |Γ(x)|; infinite at 0, -1, -2, ...
export function loggamma(x) {
  if (Number.isNaN(x)) return NaN;
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0.5) {
    const sine = Math.sin(Math.PI * x);
    return Math.log(Math.PI / Math.abs(sine)) - loggamma(1 - x);
  }
  let shift = 1; // Γ(x) = Γ(x + n) / (x (x + 1) ... (x + n - 1))
  while (x < STIRLING_FROM) {
    shift *= x;
    x += 1;
  }
  const inverse = 1 / (x * x);
  let series = 0;
  for (const part of [...STIRLING].reverse()) series = series * inverse + part;
  const whole = (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2;
  return whole + series / x - Math.log(shift);
}

export function gamma(x) {
  if (x <= 0 && Number.isInteger(x)) return NaN;
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  if (Number.isInteger(x) && x < 171.5) {
    let product = 1;
    for (let n = 2; n < x; n++) product *= n;
    return product;
  }
  return Math.exp(loggamma(x));
}

export const SPECIAL = { lse, timeslog, erf, erfc, gamma, loggamma };
