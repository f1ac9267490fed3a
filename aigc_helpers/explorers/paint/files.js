// What the first bytes of a file tell: its kind, its size in pixels, whether it moves.

const text = (bytes, at, n) => String.fromCharCode(...bytes.subarray(at, at + n));
const big = (bytes, at, n) =>
  bytes.subarray(at, at + n).reduce((sum, byte) => 256 * sum + byte, 0);
const little = (bytes, at, n) => big(bytes.slice(at, at + n).reverse(), 0, n);
const HEIC = /^(heic|heix|heim|heis|hevc|hevx|hevm|hevs|mif1|msf1)$/;

// {kind, size, animated}: "" for a kind that is unknown, no size where it is not found.
export function aboutFile(bytes) {
  if (text(bytes, 1, 3) === "PNG") return png(bytes);
  if (text(bytes, 0, 4) === "GIF8") return gif(bytes);
  if (text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 4) === "WEBP") return webp(bytes);
  if (big(bytes, 0, 3) === 0xffd8ff) return { kind: "jpeg", size: jpegSize(bytes) };
  if (text(bytes, 4, 4) === "ftyp") {
    return { kind: HEIC.test(text(bytes, 8, 4)) ? "heic" : "other" };
  }
  return { kind: "" };
}

// An animated one (APNG) has a chunk acTL before the pixels.
function png(bytes) {
  let animated = false;
  for (let at = 8; at + 8 <= bytes.length; at += 12 + big(bytes, at, 4)) {
    const chunk = text(bytes, at + 4, 4);
    animated ||= chunk === "acTL";
    if (chunk === "IDAT") break;
  }
  return { kind: "png", size: [big(bytes, 16, 4), big(bytes, 20, 4)], animated };
}

// A second picture tells that it moves; blocks are lists of parts with their lengths.
function gif(bytes) {
  const colours = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let [frames, at] = [0, 13 + colours(bytes[10])];
  while (frames < 2 && (bytes[at] === 0x2c || bytes[at] === 0x21)) {
    const picture = bytes[at] === 0x2c;
    frames += picture;
    at += picture ? 11 + colours(bytes[at + 9]) : 2;
    while (bytes[at]) at += bytes[at] + 1;
    at += 1;
  }
  const size = [little(bytes, 6, 2), little(bytes, 8, 2)];
  return { kind: "gif", size, animated: frames > 1 };
}

function webp(bytes) {
  const kind = "webp";
  const chunk = text(bytes, 12, 4);
  if (chunk === "VP8X") {
    const size = [1 + little(bytes, 24, 3), 1 + little(bytes, 27, 3)];
    return { kind, size, animated: Boolean(bytes[20] & 2) };
  }
  if (chunk === "VP8L") {
    const bits = little(bytes, 21, 4);
    return { kind, size: [1 + (bits & 0x3fff), 1 + ((bits >> 14) & 0x3fff)] };
  }
  return { kind, size: [26, 28].map((at) => little(bytes, at, 2) & 0x3fff) };
}

// Segments up to that of the frame (SOF), which has the size.
function jpegSize(bytes) {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [big(bytes, at + 7, 2), big(bytes, at + 5, 2)];
    at += marker === 0xff ? 1 : 2 + big(bytes, at + 2, 2);
  }
  return null;
}
