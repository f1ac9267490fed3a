// How a reader gives a sound: a button that records, one that takes a WAV file, or a file
// that is dropped; and what is said of it. Nothing is sent anywhere.

import { button, element } from "../controls.js";
import { fill } from "../core.js";
import { NoRecording, Recorder, soundOfFile } from "./recording.js";
import { NoSound } from "./wav.js";

const INPUT_TEXT = {
  zh: {
    group: "自己的声音",
    record: "录音",
    stop: "停",
    choose: "选一个 WAV 文件…",
    about: "也可以把 WAV 文件拖进来。最多 {most} 秒。声音只留在这个浏览器里，不会发到任何地方。",
    aboutLive: "也可以把 WAV 文件拖进来。最多 {most} 秒。声音会交给运行这个笔记本的 Python 内核（在本机运行的 Jupyter，就在你自己的机器上），不会存进笔记本。",
    asking: "正在等你允许使用话筒…",
    recording: "正在录音，说完按“停”。已经录了 {seconds} 秒。",
    full: "录满 {most} 秒，自动停了。",
    reading: "正在读文件…",
    noFile: "没有收到文件：请从电脑或手机里选一个 WAV 文件。",
    broken: "没能得到声音。请再试一次，或者换一种办法。",
  },
}.zh;

// What the view gives: live, most seconds, and heard(samples), called with numbers at
// 8 kHz when there is a new sound.
export class SoundInput {
  constructor({ live = false, most = 10, heard }) {
    Object.assign(this, { most, heard, recorder: null, turn: 0 });
    this.note = element("p", { className: "aigc-sound-note", role: "status" });
    const words = live ? INPUT_TEXT.aboutLive : INPUT_TEXT.about;
    const about = element("p", { className: "aigc-sound-about" }, fill(words, { most }));
    this.record = button(INPUT_TEXT.record, () => this.toggle());
    this.file = element("input", { type: "file", accept: ".wav,audio/wav", hidden: true });
    this.file.addEventListener("change", () => {
      this.open(this.file.files);
      this.file.value = ""; // the same file can be chosen again
    });
    const choose = button(INPUT_TEXT.choose, () => this.file.click());
    this.node = element("div", { className: "aigc-sound-input", role: "group" });
    this.node.setAttribute("aria-label", INPUT_TEXT.group);
    this.node.append(this.record, " ", choose, this.file, about, this.note);
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
    if (files.length) return this.take(INPUT_TEXT.reading, () => soundOfFile(files[0], this.most));
    return this.say(INPUT_TEXT.noFile, true);
  }

  toggle() {
    return this.recorder ? this.finish("") : this.begin();
  }

  async begin() {
    this.turn += 1; // a file that is still read comes too late
    const recorder = new Recorder({
      most: this.most,
      heard: () => this.count(recorder),
      full: () => this.finish(fill(INPUT_TEXT.full, { most: this.most })),
    });
    this.mark(recorder);
    this.say(INPUT_TEXT.asking);
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
    return this.take("", () => recorder.stop(), words);
  }

  mark(recorder) {
    this.recorder = recorder;
    this.record.textContent = recorder ? INPUT_TEXT.stop : INPUT_TEXT.record;
    this.record.setAttribute("aria-pressed", recorder !== null);
  }

  // The sound that was asked for last, or why there is none.
  async take(before, make, after = "") {
    this.cancel();
    const turn = ++this.turn;
    this.say(before);
    try {
      const samples = await make();
      if (turn !== this.turn) return;
      this.say(after);
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
