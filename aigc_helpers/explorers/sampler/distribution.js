// The next character's distribution as a table with bars, at one place of a text.

import { element } from "../front/controls.js";
import { fill } from "../front/core.js";

const N_ROWS = 12;

// What the table shows; setting.py stores the same.
export function summary({ tokens, probabilities, kept }, drawn) {
  const ranks = Array.from({ length: Math.min(N_ROWS, tokens.length) }, (_, i) => i);
  const rank = drawn === undefined ? -1 : tokens.indexOf(drawn);
  if (rank >= ranks.length) ranks.push(rank);
  const rows = ranks.map((i) => [i, tokens[i], probabilities[i]]);
  let share = 0;
  for (let i = 0; i < kept; i++) share += probabilities[i];
  return { rows, kept, share };
}

export function percent(value) {
  if (value > 0 && value < 0.0005) return "<0.1%";
  return `${(100 * value).toFixed(1)}%`;
}

// show(summary, drawn): bars of what was kept are full, those of what was cut hollow;
// where nothing worth a digit was cut, the chance is the probability: no column.
export function distributionTable(nameOf, text) {
  const heads = [text.character, "", text.probability, text.chance];
  const cells = heads.map((head) => element("th", { scope: "col" }, head));
  cells[1].setAttribute("aria-hidden", "true");
  const body = element("tbody");
  const caption = element("caption");
  const head = element("thead", {}, element("tr", {}, ...cells));
  const node = element("table", { className: "aigc-next" }, caption, head, body);
  const show = (found, drawn, title) => {
    caption.textContent = title;
    const whole = found.rows.every(([rank]) => rank < found.kept);
    node.classList.toggle("aigc-uncut", whole && found.share > 0.99999);
    const rows = found.rows.map((row) => tableRow(found, row, nameOf, text));
    const chosen = found.rows.findIndex(([, token]) => token === drawn);
    rows[chosen]?.classList.add("aigc-drawn");
    rows[chosen]?.setAttribute("aria-current", "true");
    body.replaceChildren(...rows);
  };
  return { node, show };
}

function tableRow({ rows, kept, share }, [rank, token, probability], nameOf, text) {
  const cut = rank >= kept;
  const bar = element("span", { className: "aigc-bar" });
  bar.style.setProperty("--share", `${(100 * probability) / (rows[0][2] || 1)}%`);
  const barCell = element("td", {}, bar);
  barCell.setAttribute("aria-hidden", "true");
  const title = fill(text.rank, { rank: rank + 1 });
  return element(
    "tr",
    { className: cut ? "aigc-cut" : "", title },
    element("th", { scope: "row" }, nameOf(token)),
    barCell,
    element("td", {}, percent(probability)),
    element("td", {}, cut ? text.cut : percent(probability / share)),
  );
}
