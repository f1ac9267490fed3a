// Play, pause, stop and a place in time, for a sound or for frames: buttons and a slider.
//
// What is played, a medium, gives
//   duration, step       in seconds; the slider and the arrow keys go by steps
//   start(from, ended)   a promise; it plays from there, and calls ended(at) once when it
//                        has come to its end, or when something else interrupts it
//   halt()               it plays no more, and calls nothing
//   now()                where it is, in seconds, while it plays

import { button, element, sliderRow } from "./controls.js";
import { clamp, fill } from "./core.js";

const TRANSPORT_TEXT = {
  zh: {
    controls: "播放",
    play: "播放",
    pause: "暂停",
    stop: "停止",
    position: "位置",
    short: "{at} 秒",
    long: "{at} 秒，共 {duration} 秒",
  },
}.zh;
const CALM = 250; // ms between two moves of the head, for readers who want less motion

// What the view gives: moved(at, rests), for each place that is passed, and for the one
// where it rests; failed(error), if a medium does not start.
export class Transport {
  constructor({ moved, failed }) {
    Object.assign(this, { moved, failed, medium: null, at: 0 });
    this.plays = false; // from the click on; it follows once the medium has started
    this.follows = false;
    this.toggleButton = button(TRANSPORT_TEXT.play, () => this.toggle());
    this.toggleButton.className = "aigc-transport-toggle";
    const stop = button(TRANSPORT_TEXT.stop, () => this.stop());
    this.row = sliderRow({
      name: TRANSPORT_TEXT.position, low: 0, high: 1, step: 1, format: this.format(),
    });
    this.node = element("div", { className: "aigc-transport", role: "group" });
    this.node.setAttribute("aria-label", TRANSPORT_TEXT.controls);
    this.node.append(this.toggleButton, stop, this.row.node);
    this.followSlider();
  }

  format() {
    const words = (template) => () => {
      const duration = this.medium.duration.toFixed(2);
      return fill(template, { at: this.at.toFixed(2), duration });
    };
    return { short: words(TRANSPORT_TEXT.short), long: words(TRANSPORT_TEXT.long) };
  }

  followSlider() {
    const { input } = this.row;
    input.addEventListener("input", () => {
      const { duration, step } = this.medium;
      this.drag(input.value === input.max ? duration : input.value * step);
    });
    input.addEventListener("change", () => this.drop());
    input.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      this.toggle();
    });
  }

  // Another medium, at a place; what was played ends.
  load(medium, at = 0) {
    this.halt();
    this.medium = medium;
    this.row.input.max = Math.floor(medium.duration / medium.step);
    this.show(at);
  }

  show(at) {
    const { duration, step } = this.medium;
    this.at = clamp(at, 0, duration);
    this.row.show(Math.round(this.at / step));
    this.row.input.style.setProperty("--from", "0%");
    this.row.input.style.setProperty("--to", `${(100 * this.at) / duration}%`);
  }

  seek(at) {
    this.halt();
    this.show(at);
    this.moved(this.at, true);
  }

  // While the head is dragged it is quiet; what played goes on where it is let go.
  drag(at) {
    this.goesOn ||= this.plays;
    this.seek(at);
  }

  drop() {
    if (this.goesOn) this.play();
    this.goesOn = false;
  }

  toggle() {
    if (!this.plays) return this.play();
    return this.rest(this.follows ? this.medium.now() : this.at);
  }

  // From the beginning, if the head stands at the end.
  async play() {
    const { medium } = this;
    const from = this.at > medium.duration - medium.step ? 0 : this.at;
    this.mark(true);
    try {
      await medium.start(from, (at) => this.rest(at));
      this.follows = medium === this.medium && this.plays;
      if (this.follows) this.follow();
      else medium.halt(); // it was left while it started
    } catch (error) {
      this.mark(false);
      this.failed(error);
    }
  }

  // The head follows what plays.
  follow() {
    if (!this.follows) return;
    this.show(this.medium.now());
    this.moved(this.at, false);
    const again = () => this.follow();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.timer = setTimeout(again, CALM);
    } else {
      this.frame = requestAnimationFrame(again);
    }
  }

  rest(at) {
    this.seek(at >= this.medium.duration ? 0 : at);
  }

  stop() {
    this.seek(0);
  }

  halt() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    if (this.plays) this.medium.halt();
    this.follows = false;
    this.mark(false);
  }

  mark(plays) {
    this.plays = plays;
    this.toggleButton.textContent = plays ? TRANSPORT_TEXT.pause : TRANSPORT_TEXT.play;
  }
}
