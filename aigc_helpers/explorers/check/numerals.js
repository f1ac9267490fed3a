// Numbers as readers write them.

const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

// NaN if it is none. Full-width signs, − for -, 0,5 for 0.5, 1,000, 1e-3, 1/3, 50%.
export function parseNumber(text, unit = "") {
  let plain = text.normalize("NFKC").replace(/[−–—]/g, "-").replace(/[\s_]/g, "");
  const behind = unit.normalize("NFKC").replace(/\s/g, "");
  if (behind && plain.endsWith(behind)) plain = plain.slice(0, -behind.length);
  if (plain.endsWith("%")) return decimal(plain.slice(0, -1)) / 100;
  const [above, below, ...more] = plain.split("/");
  if (more.length) return NaN;
  const divisor = below === undefined ? 1 : decimal(below);
  return divisor ? decimal(above) / divisor : NaN;
}

function decimal(text) {
  const dotted = THOUSANDS.test(text) ? text.replaceAll(",", "") : text.replace(",", ".");
  const value = NUMBER.test(dotted) ? Number(dotted) : NaN;
  return Number.isFinite(value) ? value : NaN;
}
