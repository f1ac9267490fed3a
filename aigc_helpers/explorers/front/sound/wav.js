// WAV files (RIFF): read numbers of any usual kind, write 16 bits with words about them.

import { fill } from "../core.js";

const WAV_TEXT = {
  zh: {
    empty: "这个文件是空的（0 字节），里面没有声音。请换一个。",
    notWav: "这不是 WAV 文件。请用录音程序把声音另存为 WAV（PCM）再试。",
    mp3: "这是 MP3，不是 WAV 文件。请用录音程序打开它，另存为 WAV（PCM）再试。",
    compressed: "这个 WAV 文件里的声音是压缩过的，这里读不了。请另存为 16 位 PCM 的 WAV 再试。",
    damaged: "这个 WAV 文件坏了：文件头里的数对不上。请换一个，或者重新导出一次。",
    truncated: "这个 WAV 文件不完整：文件头说有 {told} 字节的声音，实际只有 {found} 字节。请重新复制或下载一次。",
    nothing: "这个 WAV 文件里一个采样点也没有。请换一个。",
    channels: "这个 WAV 文件有 {n} 个声道，这里只读单声道和立体声的。请另存为单声道再试。",
    rate: "这个 WAV 文件的采样率是 {rate} Hz，这里只读 {low} 到 {high} Hz 的。请换一个采样率另存。",
    long: "这段声音长 {seconds} 秒，这里最多 {most} 秒。请剪短一些再试。",
    silent: "这段声音从头到尾几乎没有响动。请检查话筒是否静音，或者换一段。",
  },
}.zh;
const [LOW, HIGH] = [4000, 192000]; // Hz
const STILL = 1e-3; // of a range of 2: less is silence
const UNKNOWN = 0xffffffff; // the size that a program writes before it knows it
const [PCM, FLOAT, MU_LAW, EXTENSIBLE] = [1, 3, 7, 0xfffe];

// Why a file gives no sound, in words for the reader; `cause` is a key of WAV_TEXT.
export class NoSound extends Error {
  constructor(cause, values = {}) {
    super(fill(WAV_TEXT[cause], values));
    this.cause = cause;
  }
}

/* ---- reading ---- */

// {samples, rate, channels} of a file that a reader chose, of at most so many seconds and
// not silent.
export function readWav(bytes, most = 30) {
  const sound = decodeWav(bytes, most);
  checkSounds(sound.samples);
  return sound;
}

// The same of any file: Float32Array in [-1, 1], the mean of two channels.
export function decodeWav(bytes, most = Infinity) {
  if (!bytes.length) throw new NoSound("empty");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { format, at, told, found } = partsOf(view);
  const { channels, rate, size } = format;
  const length = told === UNKNOWN ? found : told;
  const seconds = length / (size * channels * rate); // whether it is cut off or not
  if (seconds > most) throw new NoSound("long", { seconds: seconds.toFixed(1), most });
  if (length > found) throw new NoSound("truncated", { told, found });
  const count = Math.floor(length / (size * channels));
  if (!count) throw new NoSound("nothing");
  const data = new DataView(bytes.buffer, bytes.byteOffset + at, length);
  return { samples: mixed(data, format, count), rate, channels };
}

// The format, and where the sound begins: so many bytes are told of, so many there.
function partsOf(view) {
  if (tagAt(view, 0) !== "RIFF" || tagAt(view, 8) !== "WAVE") {
    throw new NoSound(isMp3(view) ? "mp3" : "notWav");
  }
  let [format, at] = [null, 12];
  while (at + 8 <= view.byteLength) {
    const [tag, told] = [tagAt(view, at), view.getUint32(at + 4, true)];
    const found = view.byteLength - at - 8;
    if (tag === "fmt ") format = formatOf(view, at + 8, Math.min(told, found));
    if (tag === "data") {
      if (!format) throw new NoSound("damaged");
      return { format, at: at + 8, told, found };
    }
    at += 8 + told + (told & 1); // chunks begin at even places
  }
  throw new NoSound(format ? "nothing" : "damaged");
}

// Words about it, or the eleven 1s with which a frame of sound begins.
function isMp3(view) {
  if (tagAt(view, 0).startsWith("ID3")) return true;
  return view.byteLength > 1 && (view.getUint16(0) & 0xffe0) === 0xffe0;
}

function tagAt(view, at) {
  if (at + 4 > view.byteLength) return "";
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function formatOf(view, at, n) {
  if (n < 16) throw new NoSound("damaged");
  const short = (place) => view.getUint16(at + place, true);
  const [channels, rate, block, bits] = [short(2), view.getUint32(at + 4, true), short(12), short(14)];
  const kind = short(0) === EXTENSIBLE && n >= 26 ? short(24) : short(0);
  const read = READERS[`${kind} ${bits}`];
  if (!read) throw new NoSound(kind === PCM || kind === FLOAT ? "damaged" : "compressed");
  if (channels !== 1 && channels !== 2) throw new NoSound("channels", { n: channels });
  if (rate < LOW || rate > HIGH) throw new NoSound("rate", { rate, low: LOW, high: HIGH });
  if (block !== (channels * bits) / 8) throw new NoSound("damaged");
  return { channels, rate, size: bits / 8, read };
}

const READERS = {
  [`${PCM} 8`]: (view, at) => view.getUint8(at) / 128 - 1,
  [`${PCM} 16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
  [`${PCM} 24`]: (view, at) =>
    (view.getInt8(at + 2) * 65536 + view.getUint16(at, true)) / 2 ** 23,
  [`${PCM} 32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
  [`${FLOAT} 32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT} 64`]: (view, at) => view.getFloat64(at, true),
  [`${MU_LAW} 8`]: (view, at) => expanded(view.getUint8(at)) / 2 ** 15,
};

// The 16-bit number of a mu-law code (ITU-T G.711): sign, exponent, mantissa, inverted.
function expanded(code) {
  const bits = ~code & 0xff;
  const size = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return bits & 0x80 ? -size : size;
}

function mixed(data, { channels, size, read }, count) {
  const samples = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += read(data, (i * channels + c) * size);
    samples[i] = Math.min(1, Math.max(-1, sum / channels)); // NaN stays
  }
  return samples;
}

// Neither damaged nor silent.
export function checkSounds(samples) {
  let [low, high] = [Infinity, -Infinity];
  for (const sample of samples) {
    if (Number.isNaN(sample)) throw new NoSound("damaged");
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  if (high - low < STILL) throw new NoSound("silent");
}

/* ---- writing ---- */

// Int16Array of numbers in [-1, 1].
export function int16Of(samples) {
  return Int16Array.from(samples, (x) => Math.max(-32768, Math.min(32767, Math.round(x * 32768))));
}

// Bytes of a file: numbers (Int16Array), and texts by their four letters, which stand
// behind the sound as RIFF wants it (a list INFO).
export function writeWav(numbers, rate, texts = {}) {
  const data = new Uint8Array(2 * numbers.length);
  const view = new DataView(data.buffer);
  numbers.forEach((number, i) => view.setInt16(2 * i, number, true));
  const entries = Object.entries(texts).map(([tag, text]) => {
    return chunk(tag, new TextEncoder().encode(`${text}\0`));
  });
  const list = entries.length ? [chunk("LIST", joined([letters("INFO"), ...entries]))] : [];
  const parts = [chunk("fmt ", formatBytes(rate)), chunk("data", data), ...list];
  return chunk("RIFF", joined([letters("WAVE"), ...parts]));
}

function formatBytes(rate) {
  const view = new DataView(new ArrayBuffer(16));
  [PCM, 1].forEach((value, i) => view.setUint16(2 * i, value, true));
  [rate, 2 * rate].forEach((value, i) => view.setUint32(4 + 4 * i, value, true));
  [2, 16].forEach((value, i) => view.setUint16(12 + 2 * i, value, true));
  return new Uint8Array(view.buffer);
}

const letters = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

// A chunk of RIFF; one of odd length is followed by a 0.
function chunk(tag, content) {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, content.length, true);
  return joined([letters(tag), size, content, new Uint8Array(content.length & 1)]);
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
