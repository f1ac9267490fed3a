// What the network reads: a line, or the cells of a table; source.py has the same.
//
// A reader gives
//   read(state)         {start, facts}, checked and in the network's form, or {problem,
//                       name}: words on what is wrong, and in which row
//   nMarkers            source tokens that say what is wanted, before the reader's own
//   rows(start)         source tokens, each an array of features
//   tokens(start)       of each {face, name}: how it looks, what it is called
//   copies(start)       what a copy of each says
//   change(state, settings)   state after the settings of a link, all texts

import { fill } from "../front/core.js";
import { NoNumeral, readNumeral } from "./numerals.js";
import { TEXT } from "./text.js";

export const MOST_CHARACTERS = 60;
export const MOST_TEXT = 12;

export class LineReader {
  constructor({ characters, directions, rules, learnt }) {
    Object.assign(this, { directions, learnt, nMarkers: directions.length ? 1 : 0 });
    this.byRules = rules === "numerals";
    this.ids = new Map(characters.map((character, i) => [character, i + 1]));
  }

  read({ text, to }) {
    try {
      const numeral = this.byRules ? readNumeral(text) : null;
      const start = { text: numeral?.text ?? text.trim(), to: this.direction(numeral, to) };
      if (!start.text) return { problem: TEXT.empty };
      const unknown = [...new Set(start.text)].filter((one) => !this.ids.has(one));
      if (unknown.length) return { problem: fill(TEXT.unknown, { list: unknown.join(" ") }) };
      return { start, facts: numeral && this.facts(numeral, start) };
    } catch (error) {
      if (error instanceof NoNumeral) return { problem: error.message };
      throw error;
    }
  }

  // Digits become characters, characters digits; only a date such as 2026年11月27日 leaves
  // the choice.
  direction(numeral, to) {
    const [toCharacters = "", toDigits = ""] = this.directions;
    if (!numeral || numeral.isMixed) return to || toCharacters;
    return numeral.isChinese ? toDigits : toCharacters;
  }

  // What is right, and how the number goes beyond what was learnt.
  facts({ digits, characters, isChinese, isDate }, { to }) {
    const wantsDigits = this.directions.length ? to === this.directions[1] : isChinese;
    const isLong = this.learnt && !isDate && digits.length > this.learnt;
    return { right: wantsDigits ? digits : characters, n: isLong ? digits.length : 0 };
  }

  // The state in which the other direction is asked for: what is read changes sides.
  turned(state, to) {
    if (!this.byRules) return { ...state, to };
    const numeral = readNumeral(state.text);
    if (numeral.isMixed) return { ...state, to };
    const text = to === this.directions[1] ? numeral.characters : numeral.digits;
    return { ...state, text, to };
  }

  rows({ text, to }) {
    return Array.from(to + text, (one) => [this.ids.get(one)]);
  }

  tokens({ text, to }) {
    const marker = to ? [{ face: to, name: TEXT.marker, marks: true }] : [];
    return [...marker, ...Array.from(text, (face) => ({ face, name: face }))];
  }

  copies({ text, to }) {
    return Array.from(to + text);
  }

  change(state, { text, to }) {
    const changed = { ...state };
    if (text !== undefined) changed.text = Array.from(text).slice(0, MOST_CHARACTERS).join("");
    if (this.directions.includes(to)) changed.to = to;
    return changed;
  }
}

const isEmpty = (value) => value === undefined || value === null || value === "";

export class TableReader {
  constructor({ fields }) {
    Object.assign(this, { fields, nMarkers: 0 });
  }

  read({ table }) {
    const there = this.fields.filter(({ name }) => !isEmpty(table[name]));
    if (!there.length) return { problem: TEXT.emptyTable };
    for (const field of there) {
      const problem = problemOf(field, table[field.name]);
      if (problem) return { problem, name: field.name };
    }
    const cells = there.map(({ name }) => [name, table[name]]);
    return { start: { table: Object.fromEntries(cells) }, facts: null };
  }

  cells({ table }) {
    return this.fields.filter(({ name }) => Object.hasOwn(table, name));
  }

  rows(start) {
    return this.cells(start).map((field) => [field.id, feature(field, start.table[field.name])]);
  }

  tokens(start) {
    return this.cells(start).map(({ name }) => ({ face: name, name }));
  }

  copies(start) {
    return this.cells(start).map(({ name }) => String(start.table[name]));
  }

  // A setting "最高气温=21" fills a cell, "最高气温=" clears it.
  change(state, settings) {
    const table = { ...state.table };
    for (const field of this.fields.filter(({ name }) => Object.hasOwn(settings, name))) {
      const value = valueOfText(field, settings[field.name].trim());
      if (value === "" || !problemOf(field, value)) table[field.name] = value;
    }
    return { ...state, table };
  }
}

export const isInteger = ({ choices }) => !choices;

export function valueOfText(field, text) {
  return text !== "" && isInteger(field) ? Number(text) : text;
}

function problemOf(field, value) {
  const { name, choices, free, range } = field;
  if (free) return Array.from(value).length > MOST_TEXT ? fill(TEXT.tooLong, { name, n: MOST_TEXT }) : "";
  if (choices) return choices.includes(value) ? "" : fill(TEXT.noChoice, { name });
  const [low, high] = range;
  const fits = Number.isInteger(value) && low <= value && value <= high;
  const [least, most] = range.map((number) => String(number).replace("-", "−"));
  return fits ? "" : fill(TEXT.noInteger, { name, low: least, high: most });
}

function feature({ offset, choices, free, low, high, step }, value) {
  if (free) return offset;
  if (choices) return offset + choices.indexOf(value);
  return offset + Math.floor((Math.min(Math.max(value, low), high) - low) / step);
}
