// The player: clips that are heard, seen and told.

import { Deck } from "../front/sound/deck.js";
import { chosenClip, clipChoice, storedClips } from "../front/sound/stored.js";
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
    const choose = (clip) => this.finish({ clip, at: 0 });
    this.clips = clipChoice(this.config.clips, TEXT, choose);
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

  change(state, wanted) {
    return chosenClip(state, wanted, this.config.clips, this.open);
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
