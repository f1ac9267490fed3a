// From logits to a token; aigc_helpers/language/sampling.py has the same functions, and says why.
// Plain loops: this runs for every character, over the whole vocabulary.

const DIGIT = 11; // bits that one pass of the radix sort looks at
const DIGITS = 2 ** DIGIT;

// Unsigned integers that rise as the logits fall.
function fallingKeys(logits) {
  const keys = new Uint32Array(logits.length);
  const numbers = new Float32Array(keys.buffer);
  for (let i = 0; i < keys.length; i++) {
    if (!Number.isFinite(logits[i])) throw new Error("a logit is not finite");
    numbers[i] = logits[i] + 0; // no -0
    keys[i] = keys[i] & 0x80000000 ? keys[i] : ~keys[i] & 0x7fffffff;
  }
  return keys;
}

// Token ids by falling logit, equal logits by id: a radix sort keeps their order.
function byFallingLogit(logits) {
  const keys = fallingKeys(logits);
  let order = new Uint32Array(keys.length).map((_, token) => token);
  let next = new Uint32Array(keys.length);
  for (let shift = 0; shift < 32; shift += DIGIT) {
    const starts = new Uint32Array(DIGITS + 1);
    for (const key of keys) starts[((key >>> shift) % DIGITS) + 1] += 1;
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1] += starts[digit];
    for (const token of order) next[starts[(keys[token] >>> shift) % DIGITS]++] = token;
    [order, next] = [next, order];
  }
  return order;
}

// {tokens, probabilities, kept}: most likely first; the first `kept` are not cut.
export function candidates(logits, { temperature, top_k, top_p }) {
  const tokens = byFallingLogit(logits);
  const n = tokens.length;
  const probabilities = new Float64Array(n); // weights at first, the largest is 1
  const total = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    probabilities[i] = weight(logits[tokens[i]] - logits[tokens[0]], temperature, i);
    total[i] = sum += probabilities[i];
  }
  for (let i = 0; i < n; i++) probabilities[i] /= sum;
  return { tokens, probabilities, kept: nKept(total, temperature, top_k, top_p) };
}

function weight(gap, temperature, place) {
  if (temperature === 0) return place === 0 ? 1 : 0;
  return Math.exp(gap / temperature);
}

function nKept(total, temperature, top_k, top_p) {
  if (temperature === 0) return 1;
  const kept = Math.min(top_k || total.length, total.length);
  if (top_p >= 1) return kept;
  const goal = top_p * total[kept - 1];
  let n = 1;
  while (n < kept && total[n - 1] < goal) n += 1;
  return n;
}

// The token at u in [0, 1) of what was kept: inverse CDF.
export function choose({ tokens, probabilities, kept }, u) {
  let sum = 0;
  for (let i = 0; i < kept; i++) sum += probabilities[i];
  const goal = u * sum;
  let share = 0;
  for (let i = 0; i < kept; i++) {
    share += probabilities[i];
    if (share > goal) return tokens[i];
  }
  return tokens[kept - 1];
}
