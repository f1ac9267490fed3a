// The Python kernel as the one who answers: custom messages with an id, since an
// unchanged trait would never answer.

import { ExplorerError } from "./answers.js";
import { fill } from "./core.js";

const SOON = 2000; // ms; a kernel that has not answered by then is busy

// A busy kernel answers late: messages wait in its queue, behind the cells that run. A
// kernel that was restarted has lost the widget and never answers.
export class KernelSource {
  // tell(busy): a question has begun, or has ceased, to wait for long.
  constructor(model, text, tell = () => {}) {
    Object.assign(this, { model, text, tell, next: 0, waiting: new Map(), soon: SOON });
    this.receive = (message, buffers) => this.settle(message, buffers);
    this.lose = () => this.lost();
    model.on("msg:custom", this.receive);
    model.on("comm_live_update", this.lose); // of ipywidgets, 7 and 8: at a restart
  }

  // Promise of {message, buffers} that the widget's _answer gives to this content. After
  // ``soon`` ms the reader hears that the kernel is busy.
  ask(content, soon = this.soon) {
    const id = `${(this.prefix ??= Math.random().toString(36).slice(2))}-${this.next++}`;
    return new Promise((resolve, reject) => {
      if (this.gone) return reject(new ExplorerError(this.text.gone));
      const timer = soon === Infinity ? 0 : setTimeout(() => this.say(true), soon);
      this.waiting.set(id, { resolve, reject, timer });
      try {
        this.model.send({ ...content, id });
      } catch (error) {
        console.warn("explorer:", error);
        this.lost(); // the kernel was shut down
      }
    });
  }

  settle(message, buffers) {
    this.gone = false; // whoever speaks is there
    const request = this.take(message.id); // other views have other ids
    if (!request) return;
    if (message.kind === "stopped") {
      return request.reject(new ExplorerError(this.text.stoppedByReader));
    }
    if (message.kind === "error") {
      const text = fill(this.text.kernelError, { error: message.error });
      return request.reject(new ExplorerError(text));
    }
    request.resolve({ message, buffers: buffers ?? [] });
  }

  take(id) {
    const request = this.waiting.get(id);
    if (!request) return null;
    this.waiting.delete(id);
    clearTimeout(request.timer);
    if (this.busy) this.say(false);
    return request;
  }

  say(busy) {
    if (busy === this.busy) return;
    this.busy = busy;
    this.tell(busy);
  }

  lost() {
    this.gone = true;
    for (const id of [...this.waiting.keys()]) {
      this.take(id).reject(new ExplorerError(this.text.gone));
    }
  }

  close() {
    this.model.off("msg:custom", this.receive);
    this.model.off("comm_live_update", this.lose);
    for (const request of this.waiting.values()) clearTimeout(request.timer);
  }
}
