// Answers from the book's own passages: quoted, cited, or refused;
// aigc_helpers/text/answering.py and shown.py have the same functions, and say why.

import { fill } from "../front/core.js";
import { checksum } from "./checksum.js";
import { featuresOf, readQuestion, Synonyms } from "./reading.js";
import { PassageIndex, ranking, Retriever } from "./retrieval.js";
import { bagOf, bestSecond, mark, probability, signals } from "./signals.js";
import { TEXT } from "./text.js";

const LONGEST = 300; // characters of a question
export const STRANGER = "stranger";
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
    this.unanswered = facts.unanswered.map((text) => readQuestion(text, this.synonyms));
    this.alone = this.indexOf(this.passages);
  }

  // An index, which of its passages are the book's to the letter, and the questions of
  // which it is known that no passage answers them.
  indexOf(passages) {
    const index = new PassageIndex(passages, this.network, this.synonyms);
    const genuine = passages.map((one) => this.frozen.has(checksum(one)));
    const known = this.unanswered.map((reading) =>
      bagOf(index, { reading, weights: this.network.weigh(reading) }),
    );
    return { index, genuine, known };
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
    const { index, genuine, known } = stranger ? this.with(stranger) : this.alone;
    const [threshold] = this.network.thresholds;
    const unreadable = unreadableOf(question);
    if (unreadable) {
      return { told: unreadable, unchecked: null, candidates: [], threshold, passages: {} };
    }
    const asking = { question, match: index.match(question), known };
    const told = answerOf(index, asking, genuine);
    const everything = genuine.map(() => true);
    const unchecked = stranger ? answerOf(index, asking, everything) : null;
    const candidates = candidatesOf(index, asking.match, genuine, index.plain(question));
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

// asking: {question, match, known}
function answerOf(index, asking, genuine) {
  const { match } = asking;
  const ranked = ranking(match.scores);
  const book = ranked.filter((i) => genuine[i]);
  const [first] = book;
  const above = ranked.slice(0, ranked.indexOf(first));
  const strangers = above.map((i) => index.passages[i].key);
  const { refusal, thresholds } = index.network;
  const confidence = probability(refusal, signals(index, asking, first));
  const cite = (i) => ({ key: index.passages[i].key, marked: mark(match, index.passages[i].text) });
  const answer = { ...nothing, confidence, strangers };
  if (confidence < thresholds[0]) {
    return { ...answer, kind: "refused", words: TEXT.refused, nearest: cite(first) };
  }
  const second = bestSecond(index, asking, book);
  if (!second || second.needed < thresholds[1]) {
    return { ...answer, kind: "answered", words: TEXT.answered, citations: [cite(first)] };
  }
  const citations = [cite(first), cite(second.passage)];
  return { ...answer, kind: "two", words: TEXT.two, citations };
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
