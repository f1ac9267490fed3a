// Sounds that are heard, by Web Audio: one at a time on a page, and none before a click.

const STEP = 0.01; // seconds, of a slider
const RESUME = 2000; // ms; a browser that has not let it sound by then will not
const AUDIO = () => globalThis.AudioContext ?? globalThis.webkitAudioContext;

let context = null; // made when the reader first plays something
let playing = null; // the sound that is heard

export const canPlay = () => Boolean(AUDIO());

// The browser, or the machine, lets nothing sound.
export class NotHeard extends Error {}

// A medium of transport.js: numbers in [-1, 1] at a rate in Hz.
export class Sound {
  constructor(samples, rate) {
    Object.assign(this, { samples, rate, duration: samples.length / rate, step: STEP });
  }

  async start(from, ended) {
    await wakeUp();
    playing?.interrupt();
    this.halt();
    this.buffer ??= this.fill();
    const node = new AudioBufferSourceNode(context, { buffer: this.buffer });
    node.connect(context.destination);
    node.addEventListener("ended", () => this.node === node && this.end(this.duration));
    node.start(0, from);
    Object.assign(this, { node, ended, from, since: context.currentTime - from });
    playing = this;
  }

  fill() {
    const buffer = context.createBuffer(1, this.samples.length, this.rate);
    buffer.copyToChannel(this.samples, 0);
    return buffer;
  }

  // What is heard now was given to the loudspeaker a moment ago.
  now() {
    const late = context.outputLatency || 0;
    const at = context.currentTime - late - this.since;
    return Math.min(this.duration, Math.max(this.from, at));
  }

  interrupt() {
    this.end(this.now());
  }

  end(at) {
    this.halt();
    this.ended(at);
  }

  halt() {
    const { node } = this;
    this.node = null;
    if (playing === this) playing = null;
    node?.stop();
  }
}

// Promise that something can sound; a browser wants it asked for by a click.
export async function wakeUp() {
  context ??= new (AUDIO())();
  if (context.state === "running") return;
  const late = new Promise((done) => setTimeout(done, RESUME));
  await Promise.race([context.resume(), late]);
  if (context.state !== "running") throw new NotHeard(context.state);
}
