// How a reader gives a sound: a button that records, one that takes a WAV file, or a file
// that is dropped; and what is said of it. Nothing is sent anywhere.

import { button, element } from "../controls.js";
import { fill } from "../core.js";
import { NoRecording, Recorder, soundOfFile } from "./recording.js";
import { RATE } from "./spectra.js";
import { NoSound } from "./wav.js";

const INPUT_TEXT = {
  zh: {
    group: "自己的声音",
    record: "录音",
    stop: "停",
    choose: "选一个 WAV 文件…",
    about: "用自己的声音：录一段，或者选一个 WAV 文件，也可以拖进来。录音最多 {longest} 秒，文件最多 {most} 秒。声音只留在这个浏览器里，不会发到任何地方。",
    aboutLive: "用自己的声音：录一段，或者选一个 WAV 文件，也可以拖进来。录音最多 {longest} 秒，文件最多 {most} 秒。声音会交给运行这个笔记本的 Python 内核（在本机运行的 Jupyter，就在你自己的机器上），不会存进笔记本。",
    asking: "正在等你允许使用话筒…",
    recording: "正在录音，说完按“停”。已经录了 {seconds} 秒。",
    full: "录满 {longest} 秒，自动停了。",
    reading: "正在读文件…",
    mono: "这个文件每秒 {rate} 个采样点，已经换成每秒 {to} 个。",
    stereo: "这个文件是立体声：两个声道取了平均，合成一个。",
    stereoAnd: "这个文件是立体声，每秒 {rate} 个采样点：两个声道取了平均，合成一个，再换成每秒 {to} 个。",
    noFile: "没有收到文件：请从电脑或手机里选一个 WAV 文件。",
    broken: "没能得到声音。请再试一次，或者换一种办法。",
  },
}.zh;

// What the view gives: live, most seconds of a file, the longest recording, and
// heard(samples), called with numbers at 8 kHz when there is a new sound; perhaps
// begins(), called when a recording begins.
export class SoundInput {
  constructor({ live = false, most = 20, longest = 10, heard, begins = () => {} }) {
    Object.assign(this, { most, longest, heard, begins, recorder: null, turn: 0 });
    this.note = element("p", { className: "aigc-sound-note", role: "status" });
    const words = live ? INPUT_TEXT.aboutLive : INPUT_TEXT.about;
    const about = element("p", { className: "aigc-sound-about" }, fill(words, { most, longest }));
    this.record = button(INPUT_TEXT.record, () => this.toggle());
    this.file = element("input", { type: "file", accept: ".wav,audio/wav", hidden: true });
    this.file.addEventListener("change", () => {
      this.open(this.file.files);
      this.file.value = ""; // the same file can be chosen again
    });
    const choose = button(INPUT_TEXT.choose, () => this.file.click());
    this.node = element("div", { className: "aigc-sound-input", role: "group" });
    this.node.setAttribute("aria-label", INPUT_TEXT.group);
    this.node.append(about, this.record, " ", choose, this.file, this.note);
  }

  // Files that are dropped on a node.
  listen(box) {
    box.addEventListener("dragover", (event) => event.preventDefault());
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.open(event.dataTransfer.files);
    });
  }

  open(files) {
    if (files.length) return this.take(INPUT_TEXT.reading, () => this.read(files[0]));
    return this.say(INPUT_TEXT.noFile, true);
  }

  async read(file) {
    const { samples, rate, channels } = await soundOfFile(file, this.most);
    return { samples, words: cameAs(rate, channels) };
  }

  toggle() {
    return this.recorder ? this.finish("") : this.begin();
  }

  async begin() {
    this.turn += 1; // a file that is still read comes too late
    const recorder = new Recorder({
      most: this.longest,
      heard: () => this.count(recorder),
      full: () => this.finish(fill(INPUT_TEXT.full, { longest: this.longest })),
    });
    this.mark(recorder);
    this.say(INPUT_TEXT.asking);
    this.begins();
    try {
      await recorder.start();
      if (this.recorder === recorder) this.count(recorder);
    } catch (error) {
      if (this.recorder !== recorder) return;
      this.mark(null);
      this.fail(error);
    }
  }

  count({ seconds }) {
    this.say(fill(INPUT_TEXT.recording, { seconds: Math.floor(seconds) }));
  }

  finish(words) {
    const { recorder } = this;
    this.mark(null);
    return this.take("", () => ({ samples: recorder.stop(), words }));
  }

  mark(recorder) {
    this.recorder = recorder;
    this.record.textContent = recorder ? INPUT_TEXT.stop : INPUT_TEXT.record;
    this.record.setAttribute("aria-pressed", recorder !== null);
  }

  // The sound that was asked for last, or why there is none.
  async take(before, make) {
    this.cancel();
    const turn = ++this.turn;
    this.say(before);
    try {
      const { samples, words } = await make();
      if (turn !== this.turn) return;
      this.say(words);
      this.heard(samples);
    } catch (error) {
      if (turn === this.turn) this.fail(error);
    }
  }

  // Ends what is recorded; a view calls it when it ends.
  cancel() {
    this.recorder?.cancel();
    this.mark(null);
  }

  fail(error) {
    console.warn("explorer:", error);
    const known = error instanceof NoSound || error instanceof NoRecording;
    this.say(known ? error.message : INPUT_TEXT.broken, true);
  }

  say(words, failed = false) {
    this.note.textContent = words;
    this.note.classList.toggle("aigc-failed", failed);
  }
}

// What was done to a file's sound, if anything.
function cameAs(rate, channels) {
  const values = { rate, to: RATE };
  if (channels > 1) {
    return rate === RATE ? INPUT_TEXT.stereo : fill(INPUT_TEXT.stereoAnd, values);
  }
  return rate === RATE ? "" : fill(INPUT_TEXT.mono, values);
}
