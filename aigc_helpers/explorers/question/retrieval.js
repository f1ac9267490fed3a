// Which passages fit a question; aigc_helpers/text/retrieval.py has the same classes,
// and says why.

import { asked, bucketOf, featuresOf, readQuestion } from "./reading.js";

const [K1, B] = [1.2, 0.75]; // of BM25

const searchable = ({ heading, text }) => [heading, heading, text].join("\n");

// How often BM25 finds each feature in the texts of passages or of groups of them.
class TermCounts {
  // What countsOf() gives for each group, and the group of each passage.
  constructor(counted, groups) {
    const mean = sum(counted.map(({ length }) => length)) / counted.length || 1;
    const slow = ({ length }) => K1 * (1 - B + (B * length) / mean);
    this.counts = groups.map((group) => counted[group].counts);
    this.slow = groups.map((group) => slow(counted[group]));
  }

  // How often a feature is in a passage, further occurrences counting less.
  often(feature, i) {
    const times = this.counts[i].get(feature);
    return times ? times / (times + this.slow[i]) : 0;
  }
}

function countsOf(text) {
  const counts = new Map();
  const found = featuresOf(text);
  for (const feature of found) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  return { counts, length: found.length };
}

// The texts of all passages of each group, and the group of each passage.
function together(passages, groupOf) {
  const texts = new Map();
  for (const one of passages) {
    const group = groupOf(one);
    texts.set(group, [...(texts.get(group) ?? []), one.text]);
  }
  const names = [...texts.keys()];
  const groups = passages.map((one) => names.indexOf(groupOf(one)));
  const counted = [...texts.values()].map((parts) => countsOf(parts.join("\n")));
  return new TermCounts(counted, groups);
}

export class Retriever {
  // tensors: {name: {shape, values}} of the network; rows lie one behind the other.
  constructor(tensors) {
    const values = (name) => tensors[name].values;
    [this.nBuckets, this.dim] = tensors["embedding.weight"].shape;
    this.embedding = values("embedding.weight");
    this.inner = { weight: values("inner.weight"), bias: values("inner.bias") };
    this.outer = { weight: values("outer.weight"), bias: values("outer.bias") };
    this.term = values("term.weight");
    this.doubt = values("doubt.weight");
    this.kind = values("kind");
    this.field = Array.from(values("field"), Math.exp);
    this.cosine = Math.exp(values("cosine")[0]);
    this.refusal = values("refusal");
    this.choice = Array.from(values("choice"));
    this.second = values("second");
    this.thresholds = values("thresholds");
    this.known = new WeakMap(); // passages that were read
  }

  // Counts and vector of a passage, with its heading.
  read(passage) {
    if (!this.known.has(passage)) {
      const counted = countsOf(searchable(passage));
      const vector = this.vector(this.rowsOf([...counted.counts.keys()]));
      this.known.set(passage, { ...counted, vector });
    }
    return this.known.get(passage);
  }

  rowsOf(features) {
    return [...new Set(features.map((one) => bucketOf(one, this.nBuckets)))];
  }

  // A unit vector of rows of the table.
  vector(rows) {
    const { dim, embedding } = this;
    const v = new Float64Array(dim);
    for (const row of rows) {
      for (let j = 0; j < dim; j++) v[j] += embedding[row * dim + j];
    }
    const root = Math.sqrt(Math.max(1, rows.length));
    for (let j = 0; j < dim; j++) v[j] /= root;
    const hidden = layer(this.inner, v).map((value) => Math.max(0, value));
    const whole = layer(this.outer, hidden).map((value, j) => value + v[j]);
    const norm = Math.max(Math.hypot(...whole), 1e-12);
    return whole.map((value) => value / norm);
  }

  // How much the features of a question speak against there being an answer.
  doubts(features) {
    return this.rowsOf(features).reduce((sum, row) => sum + this.doubt[row], 0);
  }

  // What each feature of a question counts, its rarity left aside.
  weigh({ features, kinds }) {
    return features.map((feature, i) =>
      Math.exp(this.term[bucketOf(feature, this.nBuckets)] + this.kind[kinds[i]]),
    );
  }
}

function layer({ weight, bias }, v) {
  const out = Float64Array.from(bias);
  for (let i = 0; i < out.length; i++) {
    for (let j = 0; j < v.length; j++) out[i] += weight[i * v.length + j] * v[j];
  }
  return out;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

const dot = (a, b) => a.reduce((total, value, j) => total + value * b[j], 0);

// Passages ready to be compared with questions.
export class PassageIndex {
  constructor(passages, network, synonyms) {
    Object.assign(this, { passages, network, synonyms });
    const read = passages.map((one) => network.read(one));
    this.own = new TermCounts(read, passages.map((_, i) => i));
    const section = together(passages, ({ address }) => address);
    const chapter = together(passages, ({ chapter }) => chapter);
    this.fields = [this.own, section, chapter];
    this.holders = new Map(); // feature: how many passages have it
    for (const counts of this.own.counts) {
      for (const feature of counts.keys()) {
        this.holders.set(feature, (this.holders.get(feature) ?? 0) + 1);
      }
    }
    this.vectors = read.map(({ vector }) => vector);
  }

  has(i, feature) {
    return this.own.counts[i].has(feature);
  }

  isKnown(feature) {
    return this.holders.has(feature);
  }

  // How much it says that a passage has this feature: the rarer, the more.
  rarity(feature) {
    const n = this.holders.get(feature) ?? 0;
    return Math.log(1 + (this.passages.length - n + 0.5) / (n + 0.5));
  }

  // {reading, weights, lexical, cosines, scores}, a number for each passage.
  match(question) {
    const { network } = this;
    const reading = readQuestion(question, this.synonyms);
    const weights = network.weigh(reading);
    const lexical = this.lexical(reading, weights);
    const vector = network.vector(network.rowsOf(reading.own));
    const cosines = this.vectors.map((other) => dot(other, vector));
    const scores = lexical.map((value, i) => value + network.cosine * cosines[i]);
    return { reading, weights, lexical, cosines, scores };
  }

  // What a passage gives for each feature of a question, its section and chapter, too.
  gives(match, i) {
    const { reading, weights } = match;
    return reading.features.map((feature, t) =>
      this.isKnown(feature) ? weights[t] * this.rarity(feature) * this.often(feature, i) : 0,
    );
  }

  often(feature, i) {
    let total = 0;
    for (let k = 0; k < this.fields.length; k++) {
      total += this.network.field[k] * this.fields[k].often(feature, i);
    }
    return total;
  }

  // The sum of that, for every passage.
  lexical({ features }, weights) {
    const scores = new Array(this.passages.length).fill(0);
    for (const [t, feature] of features.entries()) {
      if (!this.isKnown(feature)) continue;
      const weight = weights[t] * this.rarity(feature);
      for (let i = 0; i < scores.length; i++) scores[i] += weight * this.often(feature, i);
    }
    return scores;
  }

  // Scores of BM25 alone.
  plain(question) {
    const features = asked(question);
    return this.passages.map((_, i) =>
      sum(features.map((one) => this.rarity(one) * this.own.often(one, i))),
    );
  }
}

// Numbers of the best first; of equal ones the earlier.
export function ranking(scores) {
  return scores.map((_, i) => i).sort((i, j) => scores[j] - scores[i] || i - j);
}
