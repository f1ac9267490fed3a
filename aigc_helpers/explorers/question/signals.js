// What tells whether a passage answers, and whether a second one is needed;
// aigc_helpers/text/answer_signals.py has the same functions, and says why.

import { asked, CHARACTER, featuresOf, kindOf, PAIR } from "./reading.js";
import { ranking } from "./retrieval.js";

const SENTENCE = /[^。！？；]+[。！？；]?[”’）]?/g;
const PARTS = /[，,。？?；;、：:]|又|和|与|跟|以及|分别|各/; // of a question
const SHORTEST = 3; // features of a part that asks something by itself
const N_SECOND = 20; // passages among which the second is looked for
const SCALE = 10; // of scores

// Logistic function of a weighted sum; the last weight stands alone.
export function probability(weights, values) {
  const total = values.reduce((sum, value, i) => sum + weights[i] * value, weights.at(-1));
  return 1 / (1 + Math.exp(-total));
}

// Own features of a question and their weights, rarity included.
export function bagOf(index, { reading, weights }) {
  return new Map(reading.own.map((one, t) => [one, weights[t] * index.rarity(one)]));
}

const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);

// Share of the weights of those features for which has(feature).
function covered(pairs, has) {
  const total = sumOf(pairs.map(([, weight]) => weight));
  const there = pairs.filter(([feature]) => has(feature));
  return total ? sumOf(there.map(([, weight]) => weight)) / total : 0;
}

function jaccard(one, other) {
  const shared = sumOf([...one].map(([feature, weight]) => (other.has(feature) ? weight : 0)));
  const total = sumOf([...one.values()]) + sumOf([...other.values()]) - shared;
  return total ? shared / total : 0;
}

// Where the sentence of a text that fits a question best begins and ends, in characters.
export function mark(match, text) {
  const length = (part) => Array.from(part).length;
  const { index, sentence } = markedIn(match, text);
  const start = length(text.slice(0, index));
  return [start, start + length(sentence)];
}

function markedIn({ reading, weights }, text) {
  const counts = new Map(reading.features.map((feature, t) => [feature, weights[t]]));
  let [best, highest] = [{ index: 0, sentence: text }, 0];
  for (const found of text.matchAll(SENTENCE)) {
    const value = sumOf([...new Set(featuresOf(found[0]))].map((one) => counts.get(one) ?? 0));
    if (value > highest) [best, highest] = [{ index: found.index, sentence: found[0] }, value];
  }
  return best;
}

// What the confidence that passage `first` answers is read from.
export function signals(index, { question, match, known }, first) {
  const { reading, weights } = match;
  const bag = bagOf(index, match);
  const pairs = [...bag];
  const ofKind = (kind) => pairs.filter(([feature]) => kindOf(feature) === kind);
  const here = (feature) => index.has(first, feature);
  const marked = new Set(featuresOf(markedIn(match, index.passages[first].text).sentence));
  const within = (has) => {
    const stood = index.synonyms.stoodIn(question, has);
    return (feature) => has(feature) || stood.has(feature);
  };
  const having = within(here);
  const others = reading.features.map((feature, t) =>
    t >= reading.own.length && here(feature) ? weights[t] : 0,
  );
  return [
    covered(pairs, having),
    covered(ofKind(CHARACTER), having),
    covered(ofKind(PAIR), having),
    covered(pairs, within((feature) => marked.has(feature))),
    1 - covered(pairs, within((feature) => index.isKnown(feature))),
    sumOf(others) / SCALE,
    match.cosines[first],
    reading.own.length / 40,
    Math.max(0, ...known.map((other) => jaccard(bag, other))),
    index.network.doubts(featuresOf(question)),
  ];
}

// {passage, needed}: the one that adds most to the first, and how likely it is needed.
export function bestSecond(index, { question, match }, book) {
  const { choice, second } = index.network;
  const { found, more } = seconds(index, question, match, book);
  if (!found.length) return null;
  const worth = found.map(({ values }) => sumOf(values.map((value, i) => value * choice[i])));
  const best = found[ranking(worth)[0]];
  return { passage: best.passage, needed: probability(second, [...best.values, ...more]) };
}

function seconds(index, question, match, [first, ...others]) {
  const gives = (i) => index.gives(match, i);
  const already = gives(first);
  const parts = question.split(PARTS).filter((part) => asked(part).length >= SHORTEST);
  const scores = parts.map((part) => index.match(part).scores);
  const best = scores.map((one) => ranking(one)[0]);
  const led = scores.filter((_, k) => best[k] !== first);
  const found = others.slice(0, N_SECOND - 1).map((passage) => {
    const [here, isNew] = [gives(passage), (value, t) => value - Math.min(value, already[t])];
    const elsewhere = led.length ? Math.max(...led.map((one) => one[passage])) : 0;
    const parts = [sumOf(here) / SCALE, sumOf(here.map(isNew)) / SCALE];
    return { passage, values: [...parts, match.cosines[passage], elsewhere / SCALE] };
  });
  const pairs = [...bagOf(index, match)];
  const covers = covered(pairs, (feature) => index.has(first, feature));
  const more = [parts.length / 5, pairs.length / 40, new Set(best).size / 3, covers];
  return { found, more };
}
