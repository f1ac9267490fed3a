// What a sweep has computed: the stored states, and those that the kernel adds.

const ROOM = 0.06; // of a curve's range, above and below
const DIGITS = 4; // of a number, where it has more

function plain(value) {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS)));
}

export class Sweep {
  constructor({ axes, numbers, texts }) {
    Object.assign(this, { axes, fresh: [] });
    const numeric = ({ name, values }) => ({ name, values: values.map(Number) });
    this.numbers = numbers.map(numeric); // "NaN" and "Infinity" are texts in JSON
    this.texts = texts;
  }

  // "stored", "fresh", or false.
  has(value) {
    if (this.freshOf(value)) return "fresh";
    return this.axes.every(({ values }, i) => values.includes(value[i])) && "stored";
  }

  freshOf(value) {
    return this.fresh.find((one) => one.value.every((v, i) => v === value[i]));
  }

  nearest(value) {
    return this.axes.map(({ values, log }, i) => {
      const gap = (stored) => {
        if (!log) return Math.abs(stored - value[i]);
        return value[i] > 0 ? Math.abs(Math.log(stored / value[i])) : stored;
      };
      return values.reduce((best, stored) => (gap(stored) < gap(best) ? stored : best));
    });
  }

  // Place in all lists of a value, or of the stored one nearest to it; the first
  // slider's values run fastest.
  place(value) {
    const [i, j = 0] = this.nearest(value).map((v, axis) =>
      this.axes[axis].values.indexOf(v),
    );
    return j * this.axes[0].values.length + i;
  }

  // {numbers, texts} of a value and its place, or its pictures if they are fresh.
  record(value) {
    const fresh = this.freshOf(value);
    if (fresh) return fresh;
    if (!this.has(value)) throw new Error(`nothing is known of ${value}`);
    const place = this.place(value);
    const at = ({ values }) => values[place];
    return { place, numbers: this.numbers.map(at), texts: this.texts.map(at) };
  }

  // What the kernel has computed, with one column of each list.
  add(value, { numbers, texts }, pictures) {
    const only = ({ values }) => values[0];
    this.fresh.push({
      value, pictures, texts: texts.map(only),
      numbers: numbers.map((number) => Number(only(number))),
    });
  }

  /* -- curves over the first slider -- */

  // A number at all values, the stored ones and the fresh.
  known(index) {
    const fresh = this.fresh.map((one) => one.numbers[index]);
    return [...this.numbers[index].values, ...fresh].filter(Number.isFinite);
  }

  // Decimals that tell a number's values apart, as few as do; a count has none.
  decimals(index) {
    const behind = (value) => (plain(value).split(".")[1] ?? "").length;
    return Math.max(0, ...this.known(index).map(behind));
  }

  curve(index, value) {
    const n = this.axes[0].values.length;
    const row = Math.floor(this.place(value) / n);
    const beside = this.fresh.filter((one) => one.value[1] === value[1]);
    return {
      x: this.axes[0].values,
      y: this.numbers[index].values.slice(row * n, (row + 1) * n),
      fresh: {
        x: beside.map((one) => one.value[0]),
        y: beside.map((one) => one.numbers[index]),
      },
    };
  }

  // Range of a slider's values, with room for dots at the ends.
  room({ values, log }) {
    const [low, high] = [values[0], values.at(-1)];
    const share = ROOM / 2;
    if (log) return { low: low * (low / high) ** share, high: high * (high / low) ** share };
    return { low: low - share * (high - low), high: high + share * (high - low) };
  }

  // Range of numbers over all values; logarithmic if it is wide.
  scale(indices) {
    const all = indices.flatMap((index) => this.known(index));
    if (!all.length) return { low: 0, high: 1, log: false };
    const [low, high] = [Math.min(...all), Math.max(...all)];
    if (this.isWide(indices) && low > 0) return { low: low / 1.3, high: high * 1.3, log: true };
    const room = ROOM * (high - low || Math.abs(high) || 1);
    return { low: low - room, high: high + room, log: false };
  }

  // Each by itself: curves that are compared in one frame keep a common linear scale
  // if any of them would have one.
  isWide(indices) {
    return indices.every((index) => {
      const stored = this.numbers[index].values.filter(Number.isFinite);
      return Math.min(...stored) > 0 && Math.max(...stored) > 100 * Math.min(...stored);
    });
  }
}
