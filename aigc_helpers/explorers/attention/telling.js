// What a row or a column of the matrix says, in sentences.

import { fill } from "../front/core.js";
import { percentOf } from "./strip.js";
import { TEXT } from "./text.js";

const WORTH = 0.05; // shares below that are not named one by one
const MOST = 6; // named in one sentence

// {name, place}: how tokens are called; a place is told where a name stands twice.
function shareList(tokens, shares) {
  const order = tokens.map((_, i) => i).sort((i, j) => shares[j] - shares[i] || i - j);
  const named = order.filter((i, rank) => rank === 0 || (shares[i] >= WORTH && rank < MOST));
  const list = named.map((i) => {
    const { name, place } = tokens[i];
    const isTwice = tokens.filter((one) => one.name === name).length > 1;
    return fill(isTwice ? TEXT.shareOf : TEXT.share, { name, place, percent: percentOf(shares[i]) });
  });
  return { list: list.join(TEXT.list), sum: named.reduce((sum, i) => sum + shares[i], 0) };
}

// Where the network looked when it wrote a token.
export function lookedAt({ name, copied }, sources, row) {
  const { list, sum } = shareList(sources, row);
  const rest = sum < 0.995 ? fill(TEXT.rest, { percent: percentOf(1 - sum) }) : "";
  const template = copied ? TEXT.lookedCopied : TEXT.looked;
  return fill(template, { name, cell: copied, list: list + rest });
}

// Which tokens looked at a token of the source when they were written.
export function seenBy({ name }, targets, column) {
  const most = Math.max(0, ...column);
  if (most < WORTH) return fill(TEXT.unseen, { name, percent: percentOf(most) });
  return fill(TEXT.seen, { name, list: shareList(targets, column).list });
}
