// The hearing explorer: a recogniser of digits hears stored clips, and the reader.

import { Network } from "../front/answers.js";
import { element } from "../front/controls.js";
import { clipOf, Deck } from "../front/sound/deck.js";
import { SoundInput } from "../front/sound/input.js";
import { RATE } from "../front/sound/spectra.js";
import { chosenClip, clipChoice, storedClips } from "../front/sound/stored.js";
import { explorer, ExplorerView } from "../front/view.js";
import { Bars } from "./bars.js";
import { readScores, verdictOf, withMargins } from "./reading.js";
import { TEXT } from "./text.js";

const MOST = 20; // seconds of a file, as long as the network hears
const LONGEST = 5; // of a recording: a digit, or seven of them

class HearingView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "hearing", TEXT);
    this.open = storedClips(model, this.config);
    this.own = null; // the reader's; it is no part of the state
    this.usesOwn = false;
    this.network = null;
    this.heard = new WeakMap(); // what the network has said of a clip
  }

  /* -- building -- */

  build() {
    this.deck = new Deck(this.config, {
      rested: (at) => this.rested(at),
      say: (words, failed) => this.say(words, failed),
    });
    this.bars = new Bars(this.config.verdict);
    this.verdict = element("p", { className: "aigc-hearing-verdict", role: "status" });
    const about = element("p", { className: "aigc-hearing-about" }, TEXT.about);
    const told = element("div", { className: "aigc-hearing-told" });
    told.append(this.verdict, this.bars.node, about);
    const input = this.ownSound();
    return [this.choice(), ...input, told, ...this.deck.nodes, this.actions(this.deck.save)];
  }

  choice() {
    this.clips = clipChoice(this.config.clips, TEXT, (i) => this.choose(i));
    return this.clips.node;
  }

  // Where nothing hears it, none is asked for.
  ownSound() {
    if (this.config.source === "stored") return [];
    this.input = new SoundInput({
      live: this.live,
      most: MOST,
      longest: LONGEST,
      heard: (samples) => this.receive(samples),
      begins: () => this.deck.halt(), // a microphone would hear it
    });
    this.input.listen(this.el);
    return [this.input.node];
  }

  opening() {
    return this.config.source === "stored" ? TEXT.stored : this.deck.opening;
  }

  /* -- what the reader does -- */

  receive(samples) {
    if (!this.own) this.clips.add(element("span", {}, TEXT.own));
    const credit = this.live ? TEXT.ownCreditLive : TEXT.ownCredit;
    const facts = { name: TEXT.own, transcript: "", generated: false, credit };
    this.own = clipOf(facts, { samples, rate: RATE }, this.config.words);
    this.own.at = 0;
    this.usesOwn = true;
    this.set({ ...this.state });
  }

  choose(i) {
    this.usesOwn = i === this.config.clips.length;
    if (this.usesOwn) this.set({ ...this.state });
    else this.finish({ clip: i, at: 0 });
  }

  // While it plays the head alone moves; the state is where it rests.
  rested(at) {
    if (this.usesOwn) this.own.at = at;
    else if (at !== this.state.at) this.set({ ...this.state, at });
  }

  take(state) {
    if (state === this.initial) this.usesOwn = false;
    super.take(state);
  }

  fromPython() {
    if (this.model.get("_state").clip !== this.state.clip) this.usesOwn = false;
    super.fromPython();
  }

  change(state, wanted) {
    this.usesOwn = false;
    return chosenClip(state, wanted, this.config.clips, this.open);
  }

  showControls() {
    this.clips.show(this.usesOwn ? this.config.clips.length : this.state.clip);
  }

  /* -- who hears -- */

  wake() {
    if (this.config.source !== "network" || this.network) return Promise.resolve();
    return this.loadOnce(() => this.fetchNetwork(), TEXT.noNetwork);
  }

  async fetchNetwork() {
    this.network = await Network.load(this.config.network, this.model.get("_assets"));
  }

  async answer({ clip: i }) {
    const clip = this.usesOwn ? this.own : this.open(i);
    if (this.network) return { source: "network", clip, heard: await this.once(clip) };
    if (!this.live) return { source: "stored", clip, heard: clip.heard ?? null };
    return { source: "kernel", clip, heard: clip.heard ?? (await this.once(clip)) };
  }

  // What the network says of a clip, asked for once.
  async once(clip) {
    if (!this.heard.has(clip)) {
      this.deck.show(clip, clip.at ?? 0, this.loudest(clip)); // seen while it is heard
      this.heard.set(clip, await this.listenTo(clip));
    }
    return this.heard.get(clip);
  }

  async listenTo({ samples }) {
    if (this.live) {
      const { message } = await this.kernel.ask({ samples: base64Of(samples) });
      return message.heard;
    }
    const { log_probs } = await this.network.outputs({ wave: withMargins(samples) });
    return readScores(log_probs.data);
  }

  /* -- showing -- */

  loudest({ bands }) {
    return bands.reduce((most, band) => Math.max(most, band), this.config.loudest);
  }

  draw({ clip, heard }, { at }) {
    this.deck.show(clip, clip.at ?? at, this.loudest(clip));
    this.bars.show(heard?.probabilities);
    const words = heard ? verdictOf(heard, this.config.verdict) : TEXT.listening;
    if (this.verdict.textContent !== words) this.verdict.textContent = words;
    return true;
  }

  // Who heard it; stored answers are the same network's.
  settled({ source, heard }) {
    if (this.failed || !heard || this.deck.transport.plays) return;
    if (source === "network") this.say(TEXT.byNetwork);
    if (source === "kernel") this.say(TEXT.byKernel);
  }

  end() {
    this.input?.cancel();
    this.deck.halt();
    super.end();
  }
}

// Little-endian numbers of 32 bits.
function base64Of(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export default explorer(HearingView);
