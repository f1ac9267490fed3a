// The player: clips that are heard, seen and told.

import { button, element, oneOf } from "../front/controls.js";
import { bytesFrom, clamp, fill } from "../front/core.js";
import { markedWav } from "../front/marking.js";
import { resample } from "../front/sound/resampling.js";
import { canPlay, NotHeard, Sound } from "../front/sound/speaker.js";
import { logMelOf, RATE } from "../front/sound/spectra.js";
import { decodeWav } from "../front/sound/wav.js";
import { Transport } from "../front/transport.js";
import { explorer, ExplorerView } from "../front/view.js";
import { Picture } from "./picture.js";
import { wordsOf } from "./telling.js";
import { TEXT } from "./text.js";

class PlayerView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "player", TEXT);
    const sounds = model.get("_sounds") ?? []; // of the page's poster
    this.files = this.config.clips.map(({ wav }, i) => {
      return bytesFrom(wav ?? sounds[i].slice(sounds[i].indexOf(",") + 1));
    });
    this.opened = []; // clips that have been looked at
    this.shown = null;
  }

  // A clip with its sound, its numbers at 8 kHz, their spectrogram, and its words.
  open(i) {
    if (this.opened[i]) return this.opened[i];
    const { samples: own, rate } = decodeWav(this.files[i]);
    const samples = resample(own, rate, RATE);
    const clip = { ...this.config.clips[i], samples, bands: logMelOf(samples) };
    clip.sound = new Sound(own, rate);
    clip.words = wordsOf(clip, this.config.words);
    return (this.opened[i] = clip);
  }

  /* -- building -- */

  build() {
    this.transport = new Transport({
      moved: (at, rests) => this.moved(at, rests),
      failed: (error) => this.notHeard(error),
    });
    this.transport.toggleButton.disabled = !canPlay();
    this.picture = new Picture(this.config.colours, {
      drag: (at) => this.transport.drag(at),
      drop: () => this.transport.drop(),
    });
    const legend = element("p", { className: "aigc-player-legend" }, TEXT.legend);
    this.words = element("p", { className: "aigc-player-words" });
    this.origin = element("p", { className: "aigc-player-origin" });
    const actions = this.actions(button(TEXT.save, () => this.download()));
    const { picture, transport, words, origin } = this;
    return [this.choice(), picture.node, legend, transport.node, words, origin, actions];
  }

  choice() {
    const legend = element("legend", {}, TEXT.clips);
    const choose = (clip) => this.finish({ clip, at: 0 });
    this.clips = oneOf(legend, "aigc-player-clips", choose);
    for (const { name, generated } of this.config.clips) {
      const badge = element("small", {}, generated ? TEXT.generated : TEXT.recording);
      this.clips.add(element("span", {}, name, " ", badge));
    }
    this.clips.node.hidden = this.config.clips.length < 2;
    return this.clips.node;
  }

  opening() {
    return canPlay() ? TEXT.opening : TEXT.noAudio;
  }

  /* -- what the reader does -- */

  // While it plays the head alone moves; the state is where it rests.
  moved(at, rests) {
    if (!rests) this.say("");
    this.picture.point(at);
    if (rests && at !== this.state.at) this.set({ ...this.state, at });
  }

  // "clip=two&at=0.35": a clip by its name or its number from 1, a moment in seconds.
  change(state, { clip, at }) {
    const names = this.config.clips.map(({ name }) => name);
    const changed = { ...state };
    if (clip !== undefined) {
      const number = names.indexOf(clip) + 1 || Math.trunc(Number(clip) || 0);
      changed.clip = clamp(number, 1, names.length) - 1;
      changed.at = 0;
    }
    if (Number(at) >= 0) changed.at = Number(at);
    changed.at = Math.min(changed.at, this.open(changed.clip).sound.duration);
    return changed;
  }

  notHeard(error) {
    console.warn("explorer:", error);
    this.say(error instanceof NotHeard ? TEXT.notHeard : TEXT.noAudio, true);
  }

  // A generated sound is marked; a recording says in the file whose it is.
  download() {
    const { clip } = this.state;
    const { name, generated, sound } = this.open(clip);
    const made = () => markedWav({ ...sound, name }, this.config.mark);
    const bytes = generated ? made() : this.files[clip];
    const address = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
    const file = fill(generated ? TEXT.fileMade : TEXT.file, { name });
    element("a", { href: address, download: file }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  /* -- what is seen -- */

  showControls() {
    this.clips.show(this.state.clip);
  }

  answer({ clip }) {
    return { source: "page", clip: this.open(clip) };
  }

  draw({ clip }, { at }) {
    if (clip !== this.shown) this.present(clip, at);
    else if (at !== this.transport.at) this.transport.load(clip.sound, at);
    this.picture.point(at);
    return true;
  }

  present(clip, at) {
    this.shown = clip;
    const { name, words, generated, credit, sound } = clip;
    this.transport.load(sound, at);
    this.picture.show(clip, this.config.loudest, fill(TEXT.picture, { name, words }));
    this.words.textContent = words;
    const made = credit ? TEXT.madeBy : TEXT.made;
    this.origin.textContent = fill(generated ? made : TEXT.credit, { credit });
  }

  settled() {} // words stand beside the picture; nothing is told twice

  end() {
    this.transport.halt();
    super.end();
  }
}

export default explorer(PlayerView);
