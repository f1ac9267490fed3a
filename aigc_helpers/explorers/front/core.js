// What all explorers share: texts, seeded numbers, pictures.

// "{a} of {b}" with {a: 1, b: 2} gives "1 of 2".
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

export function signed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? "−" : "+") + text;
}

/* ---- numbers ---- */

export const LAST_SEED = 2 ** 32 - 1; // mulberry32 takes 32 bits

// Uniform numbers in [0, 1); language/sampling.py has the same generator.
export function mulberry32(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Standard normal numbers by Box and Muller's method, Float32Array (n).
export function gaussian(seed, n) {
  const uniform = mulberry32(seed);
  const values = new Float32Array(n);
  for (let i = 0; i < n; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < n) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

// Spherical interpolation: keeps the length that a normal sample has.
export function slerp(a, b, t) {
  const norm = (v) => Math.hypot(...v) || 1;
  const scale = norm(a) * norm(b);
  const cosine = a.reduce((sum, value, i) => sum + value * b[i], 0) / scale;
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  const near = sine < 1e-6; // (nearly) parallel: the straight line is the same
  const wa = near ? 1 - t : Math.sin((1 - t) * angle) / sine;
  const wb = near ? t : Math.sin(t * angle) / sine;
  return Float32Array.from(a, (value, i) => wa * value + wb * b[i]);
}

// Uint8Array of base64 text.
export function bytesFrom(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

// Little-endian float32 numbers from base64.
export function floats(base64) {
  return new Float32Array(bytesFrom(base64).buffer);
}

/* ---- pictures ---- */

// Colours of classes and curves, seen on light and dark paper; Okabe and Ito (2008) first.
export const CLASS_COLOURS = [
  "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
  "#56b4e9", "#8a8a8a", "#8b6fc4", "#a6761d", "#9aa61d",
];

export function paintGrey(canvas, image) {
  const context = canvas.getContext("2d");
  const data = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < image.length; i++) {
    const grey = Math.round(image[i] * 255);
    data.data[4 * i] = data.data[4 * i + 1] = data.data[4 * i + 2] = grey;
    data.data[4 * i + 3] = 255;
  }
  context.putImageData(data, 0, 0);
}

// One tile of a sprite, enlarged to the canvas if the sprite is coarser.
export function paintTile(canvas, sprite, tile, row, column) {
  const [height, width] = tile;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = height !== canvas.height;
  const at = [column * width, row * height, width, height];
  context.drawImage(sprite, ...at, 0, 0, canvas.width, canvas.height);
}
