// The digits that a reader wrote, and the letters that the network reads; Python's
// speech/spelling.py has the same.

import { fill } from "../front/core.js";
import { TEXT } from "./text.js";

const WORDS = "zero one two three four five six seven eight nine".split(" ");
const SYMBOLS = " efghinorstuvwxz"; // symbol i has the number i + 1

// {text} of the digits alone, or {problem}: why it is no string of 1 to `most`. Digits of
// full width are digits, and spaces do not count.
export function digitsOf(written, most) {
  const plain = [...written.normalize("NFKC").replace(/\s/g, "")];
  const character = plain.find((one) => !/^[0-9]$/.test(one));
  if (character) return { problem: fill(TEXT.strange, { character }) };
  const n = plain.length;
  if (n < 1 || n > most) return { problem: fill(TEXT.count, { n, most }) };
  return { text: plain.join("") };
}

// " one nine " of "19": at a space a voice is silent.
export function spelled(text) {
  return ` ${[...text].map((digit) => `${WORDS[digit]} `).join("")}`;
}

export const symbolsOf = (letters) => [...letters].map((one) => 1 + SYMBOLS.indexOf(one));
