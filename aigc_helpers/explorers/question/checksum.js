// SHA-256, by FIPS 180-4: crypto.subtle is there on pages of some hosts alone.

const N_ROUNDS = 64;
const TWO_32 = 2 ** 32;

// The first 32 bits of the fractional parts of roots of primes.
function constants() {
  const primes = [];
  for (let n = 2; primes.length < N_ROUNDS; n++) {
    if (primes.every((prime) => n % prime)) primes.push(n);
  }
  const bits = (root) => Math.floor((root % 1) * TWO_32) | 0;
  return {
    start: primes.slice(0, 8).map((prime) => bits(Math.sqrt(prime))),
    rounds: primes.map((prime) => bits(Math.cbrt(prime))),
  };
}

const rotated = (word, n) => (word >>> n) | (word << (32 - n));

// Bytes, a bit that is 1, zeros, and their number of bits: blocks of 64 bytes.
function padded(bytes) {
  const blocks = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  blocks.set(bytes);
  blocks[bytes.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 8, Math.floor((bytes.length * 8) / TWO_32));
  view.setUint32(blocks.length - 4, (bytes.length * 8) % TWO_32);
  return view;
}

function schedule(view, at) {
  const words = new Int32Array(N_ROUNDS);
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < N_ROUNDS; i++) {
    const [a, b] = [words[i - 15], words[i - 2]];
    const small = rotated(a, 7) ^ rotated(a, 18) ^ (a >>> 3);
    const large = rotated(b, 17) ^ rotated(b, 19) ^ (b >>> 10);
    words[i] = words[i - 16] + small + words[i - 7] + large;
  }
  return words;
}

function compress(state, words, rounds) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < N_ROUNDS; i++) {
    const mixed = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + mixed + ((e & f) ^ (~e & g)) + rounds[i] + words[i]) | 0;
    const other = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = (other + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((value, i) => (value + state[i]) | 0);
}

let known = null;

// 64 hexadecimal digits of a text in UTF-8.
export function sha256(text) {
  known ??= constants();
  const view = padded(new TextEncoder().encode(text));
  let state = known.start;
  for (let at = 0; at < view.byteLength; at += 64) {
    state = compress(state, schedule(view, at), known.rounds);
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

// Of all that a reader sees of a passage; text/answering.py has the same.
export function checksum({ key, number, heading, address, text }) {
  const section = `${number} ${heading}`.trim();
  return sha256([key, section, address, text].join("\n"));
}
