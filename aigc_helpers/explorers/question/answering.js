// Answers from the book's own passages: quoted, cited, or refused;
// aigc_helpers/text/answering.py and shown.py have the same functions, and say why.

import { fill } from "../front/core.js";
import { checksum } from "./checksum.js";
import { featuresOf, Synonyms } from "./reading.js";
import { PassageIndex, ranking, Retriever } from "./retrieval.js";
import { TEXT } from "./text.js";

export const LONGEST = 300; // characters of a question
export const STRANGER = "stranger";
const SENTENCE = /[^。！？；]+[。！？；]?[”’）]?/g;
const MOST_SECOND = 8;
const N_CANDIDATES = 5;

// From the tables that the site ships; the index with a false passage is made when it is
// asked for.
export class Answerer {
  constructor({ tensors, facts }) {
    this.network = new Retriever(tensors);
    this.synonyms = new Synonyms(facts.synonyms);
    this.passages = facts.passages;
    this.frozen = new Set();
    const { shape, values } = tensors.frozen;
    for (let i = 0; i < shape[0]; i++) {
      this.frozen.add(hex(values.subarray(i * shape[1], (i + 1) * shape[1])));
    }
    this.alone = this.indexOf(this.passages);
  }

  // An index, and which of its passages are the book's to the letter.
  indexOf(passages) {
    const index = new PassageIndex(passages, this.network, this.synonyms);
    const genuine = passages.map((one) => this.frozen.has(checksum(one)));
    return { index, genuine };
  }

  with(stranger) {
    const made = JSON.stringify(stranger);
    if (this.made !== made) {
      this.made = made;
      const passages = [...this.passages, { ...stranger, key: STRANGER }];
      this.mixed = this.indexOf(passages);
    }
    return this.mixed;
  }

  explain(question, stranger = null) {
    const { index, genuine } = stranger ? this.with(stranger) : this.alone;
    const [threshold] = this.network.thresholds;
    const unreadable = unreadableOf(question);
    if (unreadable) {
      return { told: unreadable, unchecked: null, candidates: [], threshold, passages: {} };
    }
    const match = index.match(question);
    const told = answerOf(index, match, genuine);
    const everything = genuine.map(() => true);
    const unchecked = stranger ? answerOf(index, match, everything) : null;
    const candidates = candidatesOf(index, match, genuine, index.plain(question));
    const answer = { told, unchecked, candidates, threshold };
    return { ...answer, passages: namedIn(answer, index.passages) };
  }
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const nothing = { confidence: 0, citations: [], nearest: null, strangers: [] };

function unreadableOf(question) {
  const n = Array.from(question).length;
  const tell = (words) => ({ kind: "unreadable", words, ...nothing });
  if (!question.trim()) return tell(TEXT.empty);
  const shown = String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  if (n > LONGEST) return tell(fill(TEXT.tooLong, { n: shown, most: LONGEST }));
  return featuresOf(question).length ? null : tell(TEXT.unknown);
}

function answerOf(index, match, genuine) {
  const ranked = ranking(match.scores);
  const book = ranked.filter((i) => genuine[i]);
  const [first] = book;
  const above = ranked.slice(0, ranked.indexOf(first));
  const strangers = above.map((i) => index.passages[i].key);
  const { refusal, second, thresholds } = index.network;
  const confidence = probability(refusal, signals(index, match, book));
  const cite = (i) => ({ key: index.passages[i].key, marked: mark(match, index.passages[i].text) });
  const answer = { ...nothing, confidence, strangers };
  if (confidence < thresholds[0]) {
    return { ...answer, kind: "refused", words: TEXT.refused, nearest: cite(first) };
  }
  const next = secondPassage(index, match, book);
  if (probability(second, next.signals) < thresholds[1]) {
    return { ...answer, kind: "answered", words: TEXT.answered, citations: [cite(first)] };
  }
  return { ...answer, kind: "two", words: TEXT.two, citations: [cite(first), cite(next.place)] };
}

// Logistic function of a weighted sum; the last weight stands alone.
function probability(weights, values) {
  const total = values.reduce((sum, value, i) => sum + weights[i] * value, weights.at(-1));
  return 1 / (1 + Math.exp(-total));
}

function ownWeights(index, { reading, weights }) {
  return reading.own.map((feature, t) => [feature, weights[t] * index.rarity(feature)]);
}

const sumOf = (pairs, wanted) =>
  pairs.reduce((sum, [feature, weight]) => sum + (wanted(feature) ? weight : 0), 0);

function signals(index, match, book) {
  const [first] = book;
  const kept = book.map((i) => match.scores[i]);
  const { address } = index.passages[first];
  const near = index.passages.flatMap((one, i) => (one.address === address ? [i] : []));
  const pairs = ownWeights(index, match);
  const all = sumOf(pairs, () => true);
  const total = all || 1;
  const here = (feature) => index.has(first, feature);
  const missing = pairs.filter(([feature]) => !here(feature)).map(([, weight]) => weight);
  return [
    kept[0] / 10,
    (kept.length > 1 ? kept[0] - kept[1] : kept[0]) / 10,
    1 / kept.reduce((sum, score) => sum + Math.exp(score - kept[0]), 0),
    match.cosines[first],
    sumOf(pairs, here) / total,
    sumOf(pairs, (feature) => near.some((i) => index.has(i, feature))) / total,
    sumOf(pairs, (feature) => !index.isKnown(feature)) / total,
    Math.max(0, ...missing) / 10,
    total / 100,
  ];
}

function secondPassage(index, match, book) {
  const [first, ...others] = book;
  const pairs = ownWeights(index, match);
  const total = sumOf(pairs, () => true) || 1;
  const here = (feature) => index.has(first, feature);
  let [best, highest] = [{ place: first, signals: [0, 0, 0, 0, 0] }, -1];
  for (const i of others.slice(0, MOST_SECOND - 1)) {
    const there = (feature) => index.has(i, feature);
    const gain = sumOf(pairs, (one) => there(one) && !here(one)) / total;
    const ratio = match.scores[i] / Math.max(match.scores[first], 1e-6);
    if (gain + ratio <= highest) continue;
    const rest = sumOf(pairs, (one) => !there(one) && !here(one)) / total;
    const clauses = match.reading.own.length / 50;
    highest = gain + ratio;
    best = { place: i, signals: [gain, rest, ratio, match.cosines[i], clauses] };
  }
  return best;
}

// Where the sentence of a text that fits a question best begins and ends, in characters.
function mark({ reading, weights }, text) {
  const counts = new Map(reading.features.map((feature, t) => [feature, weights[t]]));
  const length = (part) => Array.from(part).length;
  let [best, highest] = [[0, length(text)], 0];
  for (const found of text.matchAll(SENTENCE)) {
    let value = 0;
    for (const feature of new Set(featuresOf(found[0]))) value += counts.get(feature) ?? 0;
    if (value <= highest) continue;
    const start = length(text.slice(0, found.index));
    [best, highest] = [[start, start + length(found[0])], value];
  }
  return best;
}

// The best passages of an index, and the one that BM25 would put first.
function candidatesOf(index, match, genuine, plain) {
  const order = ranking(match.scores);
  const rivals = ranking(plain).filter((i) => plain[i] > 0);
  const best = order.slice(0, N_CANDIDATES);
  const first = rivals.slice(0, 1).filter((i) => !best.includes(i));
  return [...best, ...first].map((i) => ({
    key: index.passages[i].key,
    rank: order.indexOf(i) + 1,
    bm25: rivals.includes(i) ? rivals.indexOf(i) + 1 : null,
    score: match.scores[i],
    lexical: match.lexical[i],
    genuine: genuine[i],
  }));
}

// The passages that an answer names, by key.
function namedIn({ told, unchecked, candidates }, passages) {
  const keys = new Set(candidates.map(({ key }) => key));
  for (const answer of [told, unchecked]) {
    for (const one of [...(answer?.citations ?? []), answer?.nearest]) if (one) keys.add(one.key);
    for (const key of answer?.strangers ?? []) keys.add(key);
  }
  const named = passages.filter(({ key }) => keys.has(key));
  return Object.fromEntries(named.map((one) => [one.key, one]));
}
