// The player: clips that are heard, seen and told.

import { element, oneOf } from "../front/controls.js";
import { clamp } from "../front/core.js";
import { Deck } from "../front/sound/deck.js";
import { storedClips } from "../front/sound/stored.js";
import { explorer, ExplorerView } from "../front/view.js";
import { TEXT } from "./text.js";

class PlayerView extends ExplorerView {
  constructor(model, el) {
    super(model, el, "player", TEXT);
    this.open = storedClips(model, this.config);
  }

  build() {
    this.deck = new Deck(this.config, {
      rested: (at) => this.rested(at),
      say: (words, failed) => this.say(words, failed),
    });
    return [this.choice(), ...this.deck.nodes, this.actions(this.deck.save)];
  }

  choice() {
    const legend = element("legend", {}, TEXT.clips);
    const choose = (clip) => this.finish({ clip, at: 0 });
    this.clips = oneOf(legend, "aigc-sound-choice", choose);
    for (const { name, generated } of this.config.clips) {
      const badge = element("small", {}, generated ? TEXT.generated : TEXT.recording);
      this.clips.add(element("span", {}, name, " ", badge));
    }
    this.clips.node.hidden = this.config.clips.length < 2;
    return this.clips.node;
  }

  opening() {
    return this.deck.opening;
  }

  // While it plays the head alone moves; the state is where it rests.
  rested(at) {
    if (at !== this.state.at) this.set({ ...this.state, at });
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

  showControls() {
    this.clips.show(this.state.clip);
  }

  answer({ clip }) {
    return { source: "page", clip: this.open(clip) };
  }

  draw({ clip }, { at }) {
    this.deck.show(clip, at, this.config.loudest);
    return true;
  }

  settled() {} // words stand beside the picture; nothing is told twice

  end() {
    this.deck.halt();
    super.end();
  }
}

export default explorer(PlayerView);
