// A sound of the reader's own, from a microphone or a WAV file, at 8 kHz. It stays here.

import { resample } from "./resampling.js";
import { RATE } from "./spectra.js";
import { checkSounds, readWav } from "./wav.js";

const RECORDING_TEXT = {
  zh: {
    insecure: "这个网页不是通过 https 打开的，浏览器不让它用话筒。请选一个 WAV 文件。",
    old: "这个浏览器不能录音。请选一个 WAV 文件，或者换一个新版的浏览器。",
    refused: "浏览器没有允许使用话筒。要录音，请点地址栏旁边的图标改成允许，再按一次“录音”。",
    frame: "这个网页嵌在别的网页里，外面的网页可能没有让它用话筒。请在新窗口里单独打开它，或者选一个 WAV 文件。",
    file: "这个网页是从本机文件打开的，浏览器没有让它用话筒。请选一个 WAV 文件，或者用 make serve 打开网页。",
    missing: "没有找到话筒。请接上话筒再按一次“录音”，或者选一个 WAV 文件。",
    taken: "话筒打不开，可能正被别的程序占用。请关掉那个程序，再按一次“录音”。",
    short: "录音太短，不到 0.1 秒。请按“录音”，说完再按“停”。",
    brief: "这段声音不到 0.1 秒，太短了，里面放不下一个字。请换一段长些的。",
    unread: "浏览器读不到这个文件。请再选一次，或者换一个文件。",
  },
}.zh;
const FAULTS = { NotFoundError: "missing", NotReadableError: "taken", AbortError: "taken" };
const SHORTEST = 0.1; // seconds
const BLOCK = 4096; // numbers that the browser hands over at a time
// Nothing of what makes telephone calls pleasant: its gain, which follows the voice, clips
// the second of two words.
const PLAIN = {
  channelCount: 1, autoGainControl: false, echoCancellation: false, noiseSuppression: false,
};
const HEAD = 32e6; // bytes of a file that are read: more than 30 s of any usual kind

// Why there is no recording, in words; `cause` is a key of RECORDING_TEXT.
export class NoRecording extends Error {
  constructor(cause, options) {
    super(RECORDING_TEXT[cause], options);
    this.cause = cause;
  }
}

/* ---- files ---- */

// Promise of a file of at most so many seconds: numbers at 8 kHz, and how it came,
// {samples, rate, channels}.
export async function soundOfFile(file, most = 30) {
  let bytes;
  try {
    bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  } catch (error) {
    throw new NoRecording("unread", { cause: error });
  }
  const { samples, rate, channels } = readWav(bytes, most);
  if (samples.length / rate < SHORTEST) throw new NoRecording("brief");
  return { samples: at8kHz({ samples, rate }), rate, channels };
}

const at8kHz = ({ samples, rate }) => resample(samples, rate, RATE);

/* ---- the microphone ---- */

// One recording: start(), then stop() for the numbers, or cancel(). It ends by itself
// after `most` seconds, which full() tells; heard(peak) comes with each block.
export class Recorder {
  constructor({ most = 30, full = () => {}, heard = () => {} } = {}) {
    Object.assign(this, { most, full, heard, blocks: [], length: 0 });
  }

  async start() {
    const stream = await microphone();
    if (this.ended) return stopStream(stream); // cancelled while the reader was asked
    const context = new (globalThis.AudioContext ?? globalThis.webkitAudioContext)();
    // Deprecated, but the one that needs no module of its own, which a page that is
    // opened from a file, or a notebook, could not load.
    const node = context.createScriptProcessor(BLOCK, 1, 1);
    node.onaudioprocess = ({ inputBuffer }) => this.take(inputBuffer.getChannelData(0));
    context.createMediaStreamSource(stream).connect(node);
    node.connect(context.destination); // it hears only what is connected; it gives 0
    Object.assign(this, { stream, context, node, rate: context.sampleRate });
    await context.resume();
  }

  take(block) {
    if (this.ended) return;
    const room = Math.round(this.most * this.rate) - this.length;
    const taken = block.slice(0, room);
    this.blocks.push(taken);
    this.length += taken.length;
    this.heard(taken.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0));
    if (taken.length < room) return;
    this.cancel();
    this.full();
  }

  get seconds() {
    return this.rate ? this.length / this.rate : 0;
  }

  // Numbers at 8 kHz, Float32Array; or why there are none.
  stop() {
    this.cancel();
    if (this.seconds < SHORTEST) throw new NoRecording("short");
    const samples = new Float32Array(this.length);
    let at = 0;
    for (const block of this.blocks) {
      samples.set(block, at);
      at += block.length;
    }
    checkSounds(samples);
    return at8kHz({ samples, rate: Math.round(this.rate) });
  }

  cancel() {
    if (this.ended) return;
    this.ended = true;
    this.node?.disconnect();
    if (this.stream) stopStream(this.stream);
    this.context?.close();
  }
}

const stopStream = (stream) => stream.getTracks().forEach((track) => track.stop());

async function microphone() {
  const { mediaDevices } = navigator;
  if (!mediaDevices) throw new NoRecording(isSecureContext ? "old" : "insecure");
  try {
    return await mediaDevices.getUserMedia({ audio: PLAIN });
  } catch (error) {
    throw new NoRecording(FAULTS[error.name] ?? whoRefused(), { cause: error });
  }
}

// A frame is given leave by the page around it; a page from a file often gets none.
function whoRefused() {
  const policy = document.permissionsPolicy ?? document.featurePolicy;
  const isFramed = window.self !== window.top;
  if (isFramed && policy?.allowsFeature("microphone") !== true) return "frame";
  return location.protocol === "file:" ? "file" : "refused";
}
