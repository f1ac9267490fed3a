// Where the reader writes digits, chooses a voice, and asks for the sound.

import { element, newId, oneOf, typedInto } from "../front/controls.js";
import { fill } from "../front/core.js";
import { digitsOf } from "./digits.js";
import { TEXT } from "./text.js";

const LONGEST = 40; // characters; what is too long has its sentence

export class DigitsForm {
  // facts are the view's configuration; speak() answers button and Enter.
  constructor({ voices, most_digits }, { speak, changed }) {
    Object.assign(this, { voices, most: most_digits, changed });
    const id = newId();
    this.input = element("input", {
      type: "text", className: "aigc-entry", inputMode: "numeric", maxLength: LONGEST,
      autocomplete: "off", spellcheck: false, enterKeyHint: "go", "aria-describedby": id,
    });
    this.type = typedInto(this.input, () => this.tell(), () => {});
    const words = element("span", {}, fill(TEXT.digits, { most: this.most }));
    this.button = element("button", { type: "submit" }, TEXT.speak);
    this.note = element("p", { className: "aigc-sound-note", id, role: "status" });
    this.node = element("form", { className: "aigc-sound-input", noValidate: true });
    const row = element("div", { className: "aigc-speaking-form" });
    row.append(element("label", {}, words, this.input), this.choice(), this.button);
    this.node.append(row, this.note);
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      speak();
    });
  }

  choice() {
    const legend = element("legend", {}, TEXT.voice);
    this.chosen = oneOf(legend, "aigc-sound-choice", (i) => {
      this.voice = this.voices[i];
      this.tell();
    });
    for (const voice of this.voices) {
      this.chosen.add(element("span", {}, fill(TEXT.voiceName, { voice })));
    }
    return this.chosen.node;
  }

  // What is written, read: {text, voice}, or {problem}.
  get asked() {
    return { ...digitsOf(this.input.value, this.most), voice: this.voice };
  }

  // What is spoken now: the fields say so until the reader changes them.
  show({ text, voice }) {
    this.type(text);
    this.voice = voice;
    this.chosen.show(this.voices.indexOf(voice));
    this.tell();
  }

  tell() {
    this.changed(this.asked);
  }

  say(words, failed) {
    if (this.note.textContent !== words) this.note.textContent = words;
    this.note.classList.toggle("aigc-failed", failed);
    this.input.setAttribute("aria-invalid", failed);
  }
}
