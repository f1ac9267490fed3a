// Which pages and sections say what somebody typed. Text and query are folded alike, so
// that case, width, accents and the shape of a quote do not matter, nor do spaces beside
// Chinese: "KL散度" finds "KL 散度".

const [HAN, LATIN] = ["\u3400-\u9fff", "\\p{Script=Latin}"];
const ALIKE = {
  ...Object.fromEntries([..."“”„«»「」『』"].map((quote) => [quote, '"'])),
  ...Object.fromEntries([..."‘’‚´"].map((quote) => [quote, "'"])),
  ...Object.fromEntries([..."‐‑‒–—−"].map((dash) => [dash, "-"])),
  "×": "x",
};
const DIGITS = "零一二三四五六七八九";
const SHORT = 3; // letters of a word that must begin so: "gan" is not in "began"
const FEW = 3;
const [SOME, NEARLY] = [0.3, 0.75]; // of the pieces, where nothing has them all
const [HEADING, TITLE] = [2, 6]; // what a place counts, beside text
const [BEFORE, BEHIND] = [24, 64]; // characters around what was found

// One character for one: a place in the folded text is the same place in the text.
export function fold(text) {
  return text.replace(/[A-Z\x80-\u33ff\ua000-\uffff]/g, (sign) => {
    const bare = sign.normalize("NFKD").replace(/\p{M}/gu, "");
    const plain = ALIKE[sign] ?? ALIKE[bare] ?? bare;
    return plain.length === 1 ? plain.toLowerCase() : sign;
  });
}

// The query as the book writes it: "第五章", "第 5 章" and "5章" are "第 05 章".
export function spelled(query) {
  return fold(query.normalize("NFC"))
    .replaceAll('"', " ")
    .replace(/第 *([一二三四五六七八九十]+) *(?=章)/g, (_, name) => `第${number(name)}`)
    .replace(/(?:第 *|^)(\d{1,2}) *章/g, (_, n) => `第${n.padStart(2, "0")}章`)
    .replace(/(?:第|§) *(?=\d+\.\d)/g, "")
    .replace(/[\s。，！？；：、,!?;:]+$/, "")
    .trim();
}

function number(name) {
  const [tens, ones] = name.includes("十") ? name.split("十") : ["零", name];
  return 10 * (tens ? DIGITS.indexOf(tens) : 1) + (ones ? DIGITS.indexOf(ones) : 0);
}

// Finds a phrase in folded text: its words in their order, on one line.
function pattern(phrase) {
  const words = phrase.match(new RegExp(`[${HAN}]|\\d+|(?:(?![${HAN}])\\p{L})+|\\S`, "gu"));
  const said = words.filter((word, i) => word !== "-" || i === 0); // "top-p" is "top p"
  const escaped = said.map((word) =>
    /^\d{4,}$/.test(word)
      ? word.replace(/\B(?=(\d{3})+$)/g, ",?") // 1797 is 1,797
      : word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"),
  );
  const [letters] = phrase.match(new RegExp(`^${LATIN}*`, "u"));
  const isShort = letters && letters.length <= SHORT;
  const before = /^\d/.test(phrase) ? "(?<!\\d\\.?)" : isShort ? `(?<!${LATIN})` : "";
  const after = /\d$/.test(phrase) ? "(?!\\.?\\d)" : "";
  return new RegExp(before + escaped.join('[ "-]*') + after, "gu");
}

const hasWords = (text) => /[\p{L}\p{N}]/u.test(text);

// Parts of a query: what stands between spaces, Chinese by itself.
function partsOf(query) {
  const found = query.match(new RegExp(`[${HAN}]+|[^\\s${HAN}]+`, "gu")) ?? [];
  return found.filter(hasWords);
}

// Pieces of a part: each two neighbouring characters of Chinese.
function piecesOf(part) {
  if (!new RegExp(`^[${HAN}]{2}`).test(part)) return [part];
  return Array.from({ length: part.length - 1 }, (_, i) => part.slice(i, i + 2));
}

// A page of the index, folded. A chapter and a section are also called by their number.
export function prepare(page) {
  const title = page.title.replace(/^(\d\d) /, "第 $1 章 $1 ");
  const sections = page.sections.map((section) => ({
    ...section,
    heading: fold(section.title.replace(/^(\d+\.\d+) /, "$1 节 $1 ")),
    folded: fold(section.text),
  }));
  const headings = sections.slice(1).map(({ heading }) => heading).join("\n");
  const whole = sections.map(({ folded }) => folded).join("\n");
  return { ...page, sections, folded: { title: fold(title), headings, whole } };
}

const count = (text, found) => text.match(found)?.length ?? 0;
const says = ({ title, headings, whole }, found) =>
  [title, headings, whole].some((text) => text.search(found) >= 0);
const share = (page, patterns) =>
  patterns.filter((found) => says(page.folded, found)).length / patterns.length;

// How often a page says what is looked for.
function weight({ title, headings, whole }, patterns) {
  const places = [[title, TITLE], [headings, HEADING], [whole, 1]];
  const sum = (text) =>
    patterns.reduce((all, found) => all + Math.log1p(count(text, found)), 0);
  return places.reduce((all, [text, factor]) => all + factor * sum(text), 0);
}

// Pages that say the query, the best first: as it stands, then, if there are few, all its
// parts; if there are none, some of its pieces, which is then said (`loose`).
export function find(pages, query) {
  const asked = spelled(query);
  if (!hasWords(asked)) return { hits: [], loose: false };
  const [whole, parts] = [[pattern(asked)], partsOf(asked)];
  const hits = saying(pages, whole, 1);
  if (hits.length < FEW && parts.length > 1) {
    const found = new Set(hits.map(({ page }) => page));
    const others = pages.filter((page) => !found.has(page));
    hits.push(...saying(others, parts.map(pattern), 1));
  }
  if (hits.length) return { hits, loose: false };
  return { hits: saying(pages, parts.flatMap(piecesOf).map(pattern), SOME), loose: true };
}

// Pages that say so large a share of patterns, and nearly as many as the best does.
function saying(pages, patterns, least) {
  const hits = pages.map((page) => ({ page, patterns, share: share(page, patterns) }));
  const most = Math.max(...hits.map((hit) => hit.share));
  const kept = hits.filter((hit) => hit.share >= Math.max(least, NEARLY * most));
  for (const hit of kept) hit.weight = weight(hit.page.folded, patterns);
  return kept.sort((a, b) => b.share - a.share || b.weight - a.weight);
}

// Sections of a page that say it, the best first: in the heading, or often.
export function sectionsOf({ page, patterns }) {
  const score = ({ heading, folded }) =>
    patterns.reduce(
      (all, found) =>
        all + 20 * (heading.search(found) >= 0) + Math.log1p(count(folded, found)),
      0,
    );
  const scored = page.sections.map((section) => [score(section), section]);
  const found = scored.filter(([points]) => points > 0);
  return found.sort(([a], [b]) => b - a).map(([, section]) => section);
}

// The end of the Latin word in which a place lies, but not behind the last one.
const wordEnd = (text, place, last) =>
  Math.min(place + text.slice(place).match(/^[\w-]*/)[0].length, Math.max(place, last));

// The words of a section around what was found: pairs of text and whether it is marked.
export function excerpt({ text, folded }, patterns) {
  const ranges = patterns.flatMap((found) =>
    [...folded.matchAll(found)].map((match) => [match.index, match.index + match[0].length]),
  );
  const [at] = ranges[0] ?? [0];
  const start = at <= BEFORE ? 0 : wordEnd(text, at - BEFORE, at);
  const end = wordEnd(text, at + BEHIND, text.length);
  const pairs = [];
  let done = start;
  for (const [from, to] of ranges.sort(([a], [b]) => a - b)) {
    if (from < done || from >= end) continue;
    pairs.push([text.slice(done, from), false], [text.slice(from, to), true]);
    done = to;
  }
  pairs.push([text.slice(done, Math.max(end, done)), false]);
  return pairs.filter(([words]) => words);
}
