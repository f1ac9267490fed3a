// A sound to hear, see, read and save: its picture, buttons and slider, words, origin.

import { button, element } from "../controls.js";
import { fill } from "../core.js";
import { markedWav } from "../marking.js";
import { Transport } from "../transport.js";
import { Picture } from "./picture.js";
import { resample } from "./resampling.js";
import { canPlay, NotHeard, Sound, wakeUp } from "./speaker.js";
import { logMelOf, RATE } from "./spectra.js";
import { wordsOf } from "./telling.js";
import { int16Of, writeWav } from "./wav.js";

const DECK_TEXT = {
  zh: {
    credit: "录音来源：{credit}",
    made: "AI 生成的声音。保存的文件开头有提示音“短长 短短”，元数据里也写着是 AI 生成的。",
    madeBy: "AI 生成的声音（{credit}）。保存的文件开头有提示音“短长 短短”，元数据里也写着是 AI 生成的。",
    save: "保存为 WAV",
    file: "{name}.wav",
    fileMade: "{name}-AI生成.wav",
    legend: "上面是波形，下面是对数梅尔频谱图，越亮越响。点一下图，位置就移到那里。",
    picture: "{name}的波形和对数梅尔频谱图。{words}",
    opening: "按“播放”才出声。",
    noAudio: "这个浏览器放不出声音（没有 Web Audio）。图、文字和保存照常。",
    notHeard: "浏览器没有放出声音。请检查这台设备有没有声音输出、网页有没有被静音，再按一次“播放”。",
  },
}.zh;

// A clip, ready to be shown: facts {name, transcript, generated, credit} and numbers
// {samples, rate}; `words` are those of Python's sound_facts().
export function clipOf(facts, { samples: own, rate }, words) {
  const samples = resample(own, rate, RATE);
  const bands = logMelOf(samples);
  const clip = { ...facts, samples, bands, sound: new Sound(own, rate) };
  return { ...clip, words: wordsOf(clip, words) };
}

// What the view gives: `facts` of Python's sound_facts(), and
//   rested(at)          the head rests at a moment, in seconds
//   say(words, failed)  what happens, for the status line
// and perhaps a panel {node, labels, legend, show(clip)} of its own, see picture.js.
export class Deck {
  constructor(facts, { rested, say }, panel = null) {
    Object.assign(this, { facts, rested, say, clip: null });
    this.transport = new Transport({
      moved: (at, rests) => this.moved(at, rests),
      failed: (error) => this.notHeard(error),
    });
    this.transport.toggleButton.disabled = !canPlay();
    this.picture = new Picture(facts.colours, {
      drag: (at) => this.transport.drag(at),
      drop: () => this.transport.drop(),
    }, panel);
    this.words = element("p", { className: "aigc-sound-words" });
    this.origin = element("p", { className: "aigc-sound-origin" });
    this.save = button(DECK_TEXT.save, () => this.download());
    const seen = (panel?.legend ?? "") + DECK_TEXT.legend;
    this.legend = element("p", { className: "aigc-sound-legend" }, seen);
    const { picture, legend, transport, words, origin } = this;
    this.nodes = [picture.node, legend, transport.node, words, origin];
  }

  // The first words for the status line.
  get opening() {
    return canPlay() ? DECK_TEXT.opening : DECK_TEXT.noAudio;
  }

  // A clip, or another moment of it; `loudest` is the brightest value of its picture.
  show(clip, at, loudest) {
    if (clip !== this.clip) this.present(clip, at, loudest);
    else if (at !== this.transport.at) this.transport.load(clip.sound, at);
    this.picture.point(at);
  }

  present(clip, at, loudest) {
    this.clip = clip;
    const { name, words, generated, credit, sound } = clip;
    this.transport.load(sound, at);
    this.picture.show(clip, loudest, fill(DECK_TEXT.picture, { name, words }));
    this.words.textContent = words;
    const made = credit ? DECK_TEXT.madeBy : DECK_TEXT.made;
    this.origin.textContent = fill(generated ? made : DECK_TEXT.credit, { credit });
  }

  moved(at, rests) {
    this.picture.point(at);
    if (rests) this.rested(at);
    else this.say("");
  }

  notHeard(error) {
    console.warn("explorer:", error);
    this.say(error instanceof NotHeard ? DECK_TEXT.notHeard : DECK_TEXT.noAudio, true);
  }

  // At a click, for what will sound when it has been computed: a browser that waits for
  // one lets nothing sound later.
  unlock() {
    if (canPlay()) wakeUp().catch((error) => this.notHeard(error));
  }

  // A generated sound is marked; a recording says in the file whose it is.
  download() {
    const { name, generated } = this.clip;
    const bytes = fileOf(this.clip, this.facts.mark);
    const address = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
    const file = fill(generated ? DECK_TEXT.fileMade : DECK_TEXT.file, { name });
    element("a", { href: address, download: file }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  halt() {
    this.transport.halt();
  }
}

function fileOf({ name, generated, credit, sound }, mark) {
  const { samples, rate } = sound;
  if (generated) return markedWav({ samples, rate, name }, mark);
  return writeWav(int16Of(samples), rate, { INAM: name, ICOP: credit });
}
