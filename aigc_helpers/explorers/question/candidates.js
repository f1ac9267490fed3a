// The table of what came first, so that a reader sees why.

import { element } from "../front/controls.js";
import { falseLabel, sectionOf } from "./quote.js";
import { TEXT } from "./text.js";

const N_BEST = 5; // further rows are of those that BM25 puts first
const EXCERPT = 24; // characters of a passage
const COLUMNS = ["rank", "bm25", "score", "lexical", "vector", "passage"];
const DIGITS = { score: 1, lexical: 1, vector: 1 };

export class Candidates {
  constructor() {
    const heads = COLUMNS.map((name) => {
      const head = element("th", { className: `aigc-question-${name}` }, TEXT[name]);
      head.setAttribute("scope", "col");
      return head;
    });
    this.body = element("tbody");
    this.table = element("table");
    this.caption = element("caption");
    this.table.append(this.caption, element("thead", {}, element("tr", {}, ...heads)), this.body);
    this.node = element("div", { className: "aigc-question-candidates" }, this.table);
  }

  // quoted: keys of the passages that the answer gives.
  show(rows, passages, quoted) {
    this.node.hidden = !rows.length;
    const isRival = rows.length > N_BEST;
    this.caption.textContent = isRival ? TEXT.candidatesAndRival : TEXT.candidates;
    this.body.replaceChildren(
      ...rows.map((one) => {
        const row = { ...one, vector: one.score - one.lexical };
        const line = element("tr", {}, ...COLUMNS.map((name) => cell(name, row, passages)));
        line.classList.toggle("aigc-question-quoted", quoted.includes(row.key));
        line.classList.toggle("aigc-question-false", !row.genuine);
        return line;
      }),
    );
  }
}

function cell(name, row, passages) {
  const node = element("td", { className: `aigc-question-${name}` });
  if (name !== "passage") {
    const value = row[name];
    node.append(value === null ? TEXT.none : number(value, DIGITS[name] ?? 0));
    return node;
  }
  const passage = passages[row.key];
  const characters = Array.from(passage.text);
  const more = characters.length > EXCERPT ? TEXT.more : "";
  const excerpt = characters.slice(0, EXCERPT).join("") + more;
  if (!row.genuine) node.append(falseLabel());
  node.append(element("span", {}, sectionOf(passage)), element("small", {}, excerpt));
  return node;
}

const number = (value, digits) => value.toFixed(digits).replace("-", "−");
