// Who writes the target: the exported network, token by token, or the kernel.

import { breathe, floatsOf } from "../front/answers.js";
import { bytesFrom } from "../front/core.js";

const FINEST = 65535; // of stored attention
const BUDGET = 8; // ms of work before the page has its turn

// The likeliest token, of equal ones the first; language/transduction.py does the same.
function likeliest(scores) {
  let best = 0;
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) throw new Error("a score is not finite");
    if (scores[i] > scores[best]) best = i;
  }
  return best;
}

// Attention row by row from the numbers of all rows.
function rowsOf(numbers, n) {
  const size = n ? numbers.length / n : 0;
  return Array.from({ length: n }, (_, i) => numbers.subarray(i * size, (i + 1) * size));
}

// {tokens, complete, attention} that Python stored, attention as one row a token.
export function unpackedSample({ tokens, complete, attention }) {
  const numbers = new Uint16Array(bytesFrom(attention).buffer);
  const shares = Float32Array.from(numbers, (number) => number / FINEST);
  return { tokens, complete, attention: rowsOf(shares, tokens.length) };
}

// The network of the page: it reads the whole source at each step, and its states go
// back as they came. At first they are zeros; a size "S" is that of the source.
export class NetworkTranslator {
  constructor(network, { states, max_length }) {
    Object.assign(this, { network, states, mostTokens: max_length, source: "network" });
  }

  // Promise of {tokens, complete, attention}; null if isStale() says that nobody waits.
  async write(rows, isStale = () => false) {
    const { network } = this;
    const ids = BigInt64Array.from(rows.flat(), BigInt);
    const source = network.tensor("int64", ids, [1, rows.length, rows[0].length]);
    const [tokens, attention] = [[], []];
    let [state, token] = [this.first(rows.length), 0];
    let end = performance.now() + BUDGET;
    while (tokens.length < this.mostTokens) {
      const feeds = { source, token: network.tensor("int64", BigInt64Array.of(BigInt(token)), [1]) };
      state.forEach((tensor, i) => (feeds[`state_${i}`] = tensor));
      const results = await network.results(feeds);
      token = likeliest(results.scores.data);
      if (token === 0) return { tokens, attention, complete: true };
      tokens.push(token);
      attention.push(results.attention.data);
      state = state.map((_, i) => results[`next_${i}`]);
      if (performance.now() < end) continue;
      await breathe();
      if (isStale()) return null;
      end = performance.now() + BUDGET;
    }
    return { tokens, attention, complete: false };
  }

  first(length) {
    return this.states.map((sizes) => {
      const dims = sizes.map((size) => (size === "S" ? length : size));
      const zeros = new Float32Array(dims.reduce((product, size) => product * size, 1));
      return this.network.tensor("float32", zeros, dims);
    });
  }
}

// The Python kernel: it writes the whole target.
export class KernelTranslator {
  constructor(kernel) {
    Object.assign(this, { kernel, source: "kernel" });
  }

  async write(start, news) {
    const { message, buffers } = await this.kernel.ask({ ...start, ...news });
    const { tokens, complete } = message;
    return { tokens, complete, attention: rowsOf(floatsOf(buffers[0]), tokens.length) };
  }
}
