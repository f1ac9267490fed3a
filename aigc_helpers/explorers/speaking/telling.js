// Where the network looked, in words; telling.py tells the same.

import { fill } from "../front/core.js";
import { HOP, RATE } from "../front/sound/spectra.js";

// How the largest weight of each step went from the first letter on: the farthest that it
// went back, the longest move ahead, and the letters that were left; speech.reading.
function readingOf(places, nLetters) {
  let [farthest, before, back, jump] = [0, 0, 0, 0];
  for (const place of places) {
    jump = Math.max(jump, place - before);
    farthest = Math.max(farthest, place);
    back = Math.max(back, farthest - place);
    before = place;
  }
  return { back, jump, left: nLetters - 1 - farthest };
}

// Sentences: how it read, and when it looked at which word.
export function lookedWords({ letters, attention, complete, n_frames }, words) {
  const places = attention.map((row) => row.indexOf(Math.max(...row)));
  const { back, jump, left } = readingOf(places, letters.length);
  const goes = [
    back > 1 && fill(words.back, { n: back }),
    jump > 3 && fill(words.jump, { n: jump }),
    left > 2 && fill(words.left, { n: left }),
  ].filter(Boolean);
  const seconds = (step) => ((step * n_frames * HOP) / RATE).toFixed(2);
  const spans = spansOf(letters, places).map(({ word, first, last }) => {
    if (first < 0) return fill(words.never, { word });
    return fill(words.span, { word, low: seconds(first), high: seconds(last + 1) });
  });
  const read = goes.length ? fill(words.strays, { list: goes.join(words.comma) }) : words.ahead;
  const cut = complete ? "" : words.cut;
  return read + fill(words.looked, { list: spans.join(words.list) }) + cut;
}

// Of each word the first and last step whose largest weight lies on one of its letters.
function spansOf(letters, places) {
  return [...letters.matchAll(/\S+/g)].map(({ 0: word, index }) => {
    const on = (place) => place >= index && place < index + word.length;
    return { word, first: places.findIndex(on), last: places.findLastIndex(on) };
  });
}
