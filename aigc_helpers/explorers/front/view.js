// What every explorer's view does: state, Python's copy of it, painting, words.
//
// A subclass gives
//   build()                  nodes of the box, and the controls it keeps
//   showControls()           controls follow this.state
//   answer(state)            what to draw, at once or as a promise
//   draw(answer, state)      paint it; true if something was painted
//   settled(answer, state, ms)   words for a state that has come to rest
//   change(state, settings)  state after the settings of a link, all texts
// all six; settled may be empty, and says its words by this.say(text). An answer has a
// source (it travels in the event aigc:painted). A control sets the state while it moves
// by this.set(…) and at rest by this.save(). A subclass may give wake(), called at each
// touch and change, and opening(), the first words; a wake() that fails says why by
// this.trouble(text), and calls this.mended() when it tries again.

import { ExplorerError, Pump } from "./answers.js";
import { button, element } from "./controls.js";
import { KernelSource } from "./kernel.js";
import { keepKeys } from "./keys.js";
import { followLinks, nearest } from "./links.js";
import { hidePoster } from "./poster.js";

const VIEW_TEXT = {
  zh: {
    reset: "重置",
    presets: "预设",
    waitForKernel: "正在等 Python 内核…",
    busy: "Python 内核正忙，在运行别的代码。等它空下来，这里就会更新。",
    gone: "Python 内核重启或关闭过，和这里断开了。请再运行这一格。",
    stoppedByReader: "计算被停止了。再动一次会重新计算。",
    kernelError: "Python 内核没能算出结果：{error}",
    broken: "这里没能算出结果。重置或刷新页面可以再试一次。",
    brokenLive: "这里没能算出结果。再运行这一格可以再试一次。",
  },
}.zh;
const REST = 300; // ms without a new picture: then words follow
const SAVE_EVERY = 100; // ms between two messages to Python while dragging
const RETRY = 500; // ms after a failure in which a move starts no new attempt

export class ExplorerView {
  constructor(model, el, kind, text) {
    Object.assign(this, { model, el, kind, text: { ...VIEW_TEXT, ...text } });
    this.config = model.get("_config");
    this.initial = structuredClone(model.get("_state"));
    this.state = this.initial;
    this.byReader = false; // who made the state; Python knows its own
    this.live = this.config.source === "kernel";
    const tell = (busy) => this.kernelIsBusy(busy);
    this.kernel = this.live ? new KernelSource(model, this.text, tell) : null;
    this.pump = new Pump(
      (state) => this.answer(state),
      (answer, state, ms) => this.painted(answer, state, ms),
      (error) => this.fail(error),
    );
  }

  start() {
    this.status = element("p", { className: "aigc-status", role: "status" });
    const root = element("div", { className: `aigc-box aigc-${this.kind}` });
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", this.text.group);
    root.append(...this.build(), this.status);
    this.el.classList.add("aigc-view", `aigc-${this.kind}-view`);
    this.el.replaceChildren(root);
    this.listen();
    this.showControls();
    this.say(this.opening?.() ?? "");
    this.request();
  }

  listen() {
    this.leaveKeys = keepKeys(this.el);
    const touch = () => this.touch();
    for (const type of ["pointerdown", "focusin", "keydown"]) {
      this.el.addEventListener(type, touch);
    }
    if (!navigator.connection?.saveData) this.el.addEventListener("pointerenter", touch);
    this.follow = () => this.fromPython();
    this.model.on("change:_state", this.follow);
  }

  // What moves or will move; one gesture after a failure makes one new attempt.
  touch() {
    if (performance.now() - this.troubledAt < RETRY) return undefined;
    return this.wake?.();
  }

  // Reset, the named presets, and what else a subclass offers.
  actions(...more) {
    const node = element("div", { className: "aigc-actions" });
    node.append(button(this.text.reset, () => this.finish(this.initial)), ...more);
    const presets = this.config.presets ?? [];
    if (presets.length) {
      const group = element("div", { className: "aigc-presets", role: "group" });
      group.setAttribute("aria-label", this.text.presets);
      group.append(...presets.map((preset) => this.presetButton(preset)));
      node.append(group);
    }
    return node;
  }

  presetButton(preset) {
    return button(preset.name, () => this.finish(this.preset(preset)));
  }

  // State of a preset; those of most explorers are a part of the state.
  preset({ name, ...changes }) {
    return { ...this.initial, ...changes };
  }

  // Settings of a link in the prose, all texts.
  apply({ preset, ...settings }) {
    const named = this.config.presets?.find(({ name }) => name === preset);
    const start = named ? this.preset(named) : this.state;
    this.finish(this.change(start, settings));
  }

  // What answers on a page, loaded at a touch, once; after a failure the next touch tries
  // again. load() makes it and keeps it; texts `loading`, `ready` if any, what was missed.
  loadOnce(load, missed) {
    this.loading ??= this.tryLoading(load, missed).finally(() => (this.loading = null));
    return this.loading;
  }

  async tryLoading(load, missed) {
    this.mended();
    this.say(this.text.loading);
    try {
      await load();
      if (this.text.ready) this.say(this.text.ready);
      this.request();
    } catch (error) {
      console.warn("explorer:", error);
      this.trouble(error instanceof ExplorerError ? error.message : missed);
    }
  }

  /* -- state, and Python's copy of it -- */

  set(state) {
    this.touch(); // whatever changed it: a pointer, a key, a screen reader
    this.take(state);
  }

  // As set(), but no touch: where a pointer passes, it need not be meant.
  take(state) {
    this.byReader = true;
    this.state = state;
    this.showControls();
    this.request();
    this.saveSoon();
  }

  finish(state) {
    this.set(state);
    this.save();
  }

  saveSoon() {
    if (!this.live || this.saving) return;
    this.saving = setTimeout(() => this.save(), SAVE_EVERY);
  }

  save() {
    clearTimeout(this.saving);
    this.saving = null;
    if (!this.live || this.saved === this.state) return;
    this.saved = this.state;
    this.sent = this.toPython(this.state);
    this.model.set("_state", this.sent);
    this.model.save_changes();
  }

  toPython(state) {
    return { ...state };
  }

  fromPython() {
    const state = this.model.get("_state");
    if (state === this.sent) return;
    this.byReader = false;
    this.state = this.saved = state;
    this.showControls();
    this.request();
  }

  /* -- answers -- */

  request() {
    clearTimeout(this.resting);
    this.failed = false; // words of an earlier failure may go
    this.pump.request(this.state);
  }

  painted(answer, state, ms) {
    const painted = this.draw(answer, state);
    if (painted) this.el.dataset.ready = "1"; // as on a page, once there is a picture
    const detail = { source: answer?.source, ms, painted: Boolean(painted) };
    if (painted) this.showPoster ??= hidePoster(this.config.poster);
    this.el.dispatchEvent(new CustomEvent("aigc:painted", { detail }));
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.settled(answer, state, ms), REST);
  }

  // What was said before comes back: that of a new picture follows when it rests.
  kernelIsBusy(busy) {
    if (busy) this.before = this.status.textContent;
    else if (this.status.textContent === this.text.busy) this.say(this.before);
    if (busy) this.say(this.text.busy);
  }

  fail(error) {
    console.warn("explorer:", error);
    const { broken, brokenLive } = this.text;
    const known = error instanceof ExplorerError;
    this.say(known ? error.message : this.live ? brokenLive : broken, true);
  }

  // A failure that lasts: its words stay until mended(), whatever else is said.
  trouble(text) {
    this.troubledAt = performance.now();
    this.lasting = text;
    this.say(text, true);
  }

  mended() {
    this.lasting = "";
    this.troubledAt = NaN;
  }

  say(text, failed = false) {
    this.failed = failed;
    const shown = failed ? text : this.lasting || text;
    this.status.classList.toggle("aigc-failed", failed || Boolean(this.lasting));
    if (this.status.textContent !== shown) this.status.textContent = shown;
  }

  end() {
    this.showPoster?.();
    this.leaveKeys();
    this.model.off("change:_state", this.follow);
    this.kernel?.close();
    clearTimeout(this.resting);
    clearTimeout(this.saving);
  }

  // What tests, links and linked explorers may use.
  get handle() {
    return {
      view: this,
      apply: (settings) => this.apply(settings),
      touch: () => this.wake?.(),
    };
  }
}

// The module's default export, as anywidget and the page's host want it.
export function explorer(View) {
  return {
    render({ model, el }) {
      const view = new View(model, el);
      view.start();
      el.aigc = view.handle;
      followLinks((link) => nearest(link, document.querySelectorAll(".aigc-view"))?.aigc);
      return () => view.end();
    },
  };
}
