// A text in the making, and who makes it: the exported network, or the kernel.

import { breathe, floatsOf } from "../front/answers.js";
import { floats, mulberry32 } from "../front/core.js";
import { candidates, choose } from "./sampling.js";

const BUDGET = 8; // ms of work before the page has its turn

// Token ids that are read first, those that follow, and the logits before each.
export class Passage {
  constructor(settings, context, tokens = []) {
    Object.assign(this, { settings, context, tokens, logits: [] });
    this.uniform = mulberry32(settings.seed);
    this.turn = Promise.resolve();
  }

  // One after another: a state is carried from token to token.
  inTurn(work) {
    const result = this.turn.then(work);
    this.turn = result.catch(() => {});
    return result;
  }
}

// The network of the page: its states go back as they came.
export class NetworkWriter {
  constructor(network, states) {
    Object.assign(this, { network, source: "network" });
    this.first = states.map(({ shape, data }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const values = data ? floats(data) : new Float32Array(size);
      return network.tensor("float32", values, shape);
    });
  }

  // Promise of the logits before token i, which everything before it must precede.
  at(passage, i) {
    return passage.inTurn(() => this.readTo(passage, i));
  }

  // Draw tokens for some milliseconds, at most until there are `length`.
  more(passage, length) {
    return passage.inTurn(async () => {
      const end = performance.now() + BUDGET;
      do {
        const logits = await this.readTo(passage, passage.tokens.length);
        const found = candidates(logits, passage.settings);
        passage.tokens.push(choose(found, passage.uniform()));
      } while (passage.tokens.length < length && performance.now() < end);
    });
  }

  async readTo(passage, i) {
    let end = performance.now() + BUDGET;
    while (passage.logits.length <= i) {
      const read = passage.logits.length;
      const tokens = read ? [passage.tokens[read - 1]] : passage.context;
      let logits;
      for (const token of tokens) logits = await this.step(passage, token);
      passage.logits.push(logits);
      if (performance.now() < end) continue;
      await breathe();
      end = performance.now() + BUDGET;
    }
    return passage.logits[i];
  }

  async step(passage, token) {
    const state = passage.state ?? this.first;
    const id = BigInt64Array.of(BigInt(token));
    const feeds = { token: this.network.tensor("int64", id, [1]) };
    for (const [i, tensor] of state.entries()) feeds[`state_${i}`] = tensor;
    const results = await this.network.results(feeds);
    passage.state = state.map((_, i) => results[`next_${i}`]);
    return results.logits.data;
  }
}

// The Python kernel: it draws a fifth of a second's worth of tokens at a time.
export class KernelWriter {
  constructor(kernel, prefix) {
    Object.assign(this, { kernel, prefix, source: "kernel", runs: 0 });
  }

  async at(passage, i) {
    if (!passage.logits[i]) {
      const tokens = [...passage.context, ...passage.tokens.slice(0, i)];
      const { buffers } = await this.kernel.ask({ ask: "logits", tokens });
      passage.logits[i] = floatsOf(buffers[0]);
    }
    return passage.logits[i];
  }

  async more(passage, length) {
    passage.run ??= `${this.prefix}-${this.runs++}`;
    const made = passage.tokens.length;
    const { message, buffers } = await this.kernel.ask({
      ...passage.settings,
      ask: "text", run: passage.run, tokens: passage.context, made, most: length - made,
    });
    const numbers = floatsOf(buffers[0]);
    const size = numbers.length / message.tokens.length;
    for (const [i, token] of message.tokens.entries()) {
      passage.logits[made + i] = numbers.subarray(i * size, (i + 1) * size);
      passage.tokens.push(token);
    }
  }
}
