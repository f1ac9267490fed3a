// The speaking explorer: a string of digits that a network says, heard and seen.

import { disable, element } from "../front/controls.js";
import { bytesFrom, fill } from "../front/core.js";
import { clipOf, Deck } from "../front/sound/deck.js";
import { decodeWav } from "../front/sound/wav.js";
import { explorer, ExplorerView } from "../front/view.js";
import { digitsOf } from "./digits.js";
import { DigitsForm } from "./form.js";
import { AttentionPanel } from "./matrix.js";
import { KernelSpeaker, NetworkSpeaker, rowsOfSize } from "./synthesis.js";
import { lookedWords } from "./telling.js";
import { TEXT } from "./text.js";

const KEPT = 12; // sounds that are remembered
const FINEST = 255; // of stored attention

const keyOf = ({ text, voice }) => `${text} ${voice}`;

class SpeakingView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "speaking", TEXT);
    this.storedOnly = this.config.source === "stored";
    this.speaker = this.live ? new KernelSpeaker(this.kernel) : null;
    this.clips = new Map(); // by text and voice
    this.config.samples.forEach((sample, i) => this.unpack(sample, i));
  }

  // What Python stored: the sound is the poster's.
  unpack({ attention, wav, ...sample }, i) {
    const file = wav ?? this.model.get("_sounds")[i].replace(/^[^,]*,/, "");
    const weights = Float32Array.from(bytesFrom(attention), (number) => number / FINEST);
    const { samples, rate } = decodeWav(bytesFrom(file));
    const spoken = { ...sample, samples, rate, attention: rowsOfSize(weights, sample.letters.length) };
    this.keep(sample, { ...spoken, source: "stored" });
  }

  keep({ text, voice }, { samples, rate, source, times, ...spoken }) {
    const { words, looking, credit, n_frames } = this.config;
    const transcript = spoken.letters.trim();
    const name = fill(TEXT.name, { text, voice });
    const facts = { ...spoken, name, transcript, credit, n_frames, generated: true };
    const clip = clipOf(facts, { samples, rate }, words);
    const loudest = clip.bands.reduce((most, value) => Math.max(most, value), 0);
    const told = { ...clip, loudest, words: clip.words + lookedWords(clip, looking) };
    this.clips.set(keyOf({ text, voice }), { clip: told, source, times });
    const spare = [...this.clips].filter(([, one]) => one.source !== "stored");
    if (spare.length > KEPT) this.clips.delete(spare[0][0]);
    return { clip: told, source, times };
  }

  /* -- building -- */

  build() {
    this.panel = new AttentionPanel(this.config.colours);
    this.deck = new Deck(this.config, {
      rested: (at) => this.rested(at),
      say: (words, failed) => this.say(words, failed),
    }, this.panel);
    this.form = new DigitsForm(this.config, {
      speak: () => this.speak(),
      changed: (asked) => this.note(asked),
    });
    if (this.storedOnly) disable(this.form.node);
    this.line = element("p", { className: "aigc-sound-words" });
    const { picture, legend, transport, words, origin, save } = this.deck;
    const told = element("details", {}, element("summary", {}, TEXT.told), words);
    const shown = [this.line, picture.node, legend, transport.node, told, origin];
    return [this.form.node, ...shown, this.actions(save)];
  }

  opening() {
    if (this.storedOnly) return TEXT.storedOnly;
    return this.live ? TEXT.byKernel : TEXT.waiting;
  }

  /* -- what the reader does -- */

  // The reader's own click: what comes of it is heard.
  speak() {
    const { problem, ...asked } = this.form.asked;
    if (problem) return this.form.input.focus();
    this.deck.unlock();
    this.wish = keyOf(asked);
    this.finish({ ...asked, at: 0 });
  }

  // What is wrong with what is written, or that something else is shown below.
  note({ problem, ...asked }) {
    const shown = this.shown ?? this.initial;
    const apart = !problem && keyOf(asked) !== keyOf(shown);
    this.form.say(problem ?? (apart ? fill(TEXT.apart, shown) : ""), Boolean(problem));
  }

  // While it plays the head alone moves; the state is where it rests.
  rested(at) {
    if (at !== this.state.at) this.take({ ...this.state, at });
  }

  // "text=314&voice=2": what a link asks for is shown, and sounds at a click.
  change(state, { text, voice, at }) {
    const changed = { ...state };
    const asked = digitsOf(text ?? state.text, this.config.most_digits);
    if (asked.text) changed.text = asked.text;
    if (this.config.voices.includes(Number(voice))) changed.voice = Number(voice);
    if (keyOf(changed) !== keyOf(state)) changed.at = 0;
    if (Number(at) >= 0) changed.at = Number(at);
    return changed;
  }

  preset({ name, ...changes }) {
    return { ...this.initial, ...changes, at: 0 };
  }

  showControls() {
    if (this.asked !== keyOf(this.state)) this.form.show(this.state);
    this.asked = keyOf(this.state);
  }

  /* -- answers -- */

  request() {
    if (this.asks && this.asks.key !== keyOf(this.state)) this.asks.abort();
    super.request();
  }

  async answer(state) {
    const key = keyOf(state);
    const known = this.clips.get(key);
    if (known) return known;
    if (!this.speaker) return { source: "stale" };
    const asks = new AbortController();
    this.asks = { key, abort: () => asks.abort() };
    this.say(TEXT.speaking);
    try {
      const news = { signal: asks.signal, state: this.toPython(state) };
      const spoken = await this.speaker.speak(state.text, state.voice, news);
      return this.keep(state, { ...spoken, source: this.speaker.source });
    } catch (error) {
      if (asks.signal.aborted) return { source: "stale" };
      throw error;
    } finally {
      this.asks = null;
    }
  }

  wake() {
    if (this.live || this.storedOnly || this.speaker) return Promise.resolve();
    return this.loadOnce(() => this.fetchSpeaker(), TEXT.noNetwork);
  }

  async fetchSpeaker() {
    const { network } = this.config;
    const speaker = await NetworkSpeaker.load(network, this.model.get("_assets"), this.config);
    await speaker.speak("1", this.state.voice); // warm up
    this.speaker = speaker;
  }

  draw({ clip, source, times }, state) {
    if (source === "stale") return false;
    const { text, voice, at } = state;
    this.shown = { text, voice };
    this.deck.show(clip, Math.min(at, clip.sound.duration), clip.loudest);
    this.note(this.form.asked);
    this.line.textContent = this.lineOf(clip, source, times);
    const isWanted = this.wish === keyOf(state);
    this.wish = null;
    if (isWanted) this.deck.transport.play();
    return true;
  }

  // What is said, and what it took.
  lineOf({ transcript }, source, times = {}) {
    const rounded = Object.entries(times).map(([key, ms]) => [key, ms.toFixed(0)]);
    const took = fill(TEXT[source], Object.fromEntries(rounded));
    return fill(TEXT.spoken, { transcript }) + took;
  }

  // Words stand beside the picture: those of the status line have been true.
  settled({ source }) {
    if (source !== "stale" && this.status.textContent === TEXT.speaking) this.say("");
  }

  end() {
    this.asks?.abort();
    this.deck.halt();
    super.end();
  }
}

export default explorer(SpeakingView);
