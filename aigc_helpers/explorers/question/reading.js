// What a text and a question are compared by; aigc_helpers/text/ranking.py and
// retrieval.py have the same functions, and say why.

const HAN = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
const PIECES = new RegExp(`[${HAN}]+|[a-z]+|[α-ω]|[0-9]+(?:[.,][0-9]+)*`, "g");
const IS_HAN = new RegExp(`^[${HAN}]`);
const ASKING = /为什么|怎么样|能不能|是不是|什么|怎么|怎样|如何|多少|哪些|哪个|请问|吗|呢/g;
const LETTER = /[a-z]/;
const MOST_FEATURES = 256;
export const CHARACTER = 0;
export const PAIR = 1;
const OTHER = 2; // a word of letters, a number
const OTHERS = 3; // added to the kind of a feature that stands in for another
const [BASIS, PRIME] = [2166136261, 16777619];

const usual = (text) => text.normalize("NFKC").toLowerCase();

export function featuresOf(text) {
  const found = [];
  for (const [piece] of usual(text).matchAll(PIECES)) {
    if (!IS_HAN.test(piece)) {
      found.push(piece.replaceAll(",", ""));
      continue;
    }
    found.push(...piece);
    for (let i = 1; i < piece.length; i++) found.push(piece.slice(i - 1, i + 1));
  }
  return found;
}

export function asked(question) {
  return [...new Set(featuresOf(question.replace(ASKING, " ")))];
}

// Number of a feature's row in a table: FNV-1a over UTF-8.
export function bucketOf(feature, nBuckets) {
  let value = BASIS;
  for (const byte of new TextEncoder().encode(feature)) {
    value = Math.imul(value ^ byte, PRIME);
  }
  return 1 + ((value >>> 0) % (nBuckets - 1));
}

export function kindOf(feature) {
  if (feature[0] < "\u3400") return OTHER;
  return feature.length === 1 ? CHARACTER : PAIR;
}

// Words of which one is asked where the other is written.
export class Synonyms {
  // pairs: [word, those that mean the same]
  constructor(pairs) {
    this.others = new Map(pairs);
  }

  found(text) {
    const plain = usual(text);
    const here = [...this.others.keys()].filter((word) => stands(word, plain));
    return here.filter((w) => !here.some((o) => w !== o && o.includes(w)));
  }

  // Features of words for which one that means the same is there, with all of its.
  stoodIn(text, has) {
    const isThere = (features) => features.length > 0 && features.every(has);
    const words = this.found(text).filter((word) =>
      this.others.get(word).some((other) => isThere(featuresOf(other))),
    );
    return new Set(words.flatMap(featuresOf));
  }

  features(text) {
    const [own, found] = [new Set(asked(text)), new Set()];
    for (const word of this.found(text)) {
      for (const other of this.others.get(word)) {
        for (const feature of featuresOf(other)) found.add(feature);
      }
    }
    return [...found].filter((feature) => !own.has(feature));
  }
}

// Is a word there, and, if it begins or ends with a letter, not inside another?
function stands(word, text) {
  for (let i = text.indexOf(word); i >= 0; i = text.indexOf(word, i + 1)) {
    const [before, after] = [text[i - 1] ?? "", text[i + word.length] ?? ""];
    const begins = LETTER.test(word[0]) && LETTER.test(before);
    const ends = LETTER.test(word.at(-1)) && LETTER.test(after);
    if (!begins && !ends) return true;
  }
  return false;
}

// {own, features, kinds}: those of what means the same follow the question's own.
export function readQuestion(question, synonyms) {
  const own = asked(question).slice(0, MOST_FEATURES);
  const others = synonyms.features(question).slice(0, MOST_FEATURES);
  const kinds = [...own.map(kindOf), ...others.map((one) => kindOf(one) + OTHERS)];
  return { own, features: [...own, ...others], kinds };
}
