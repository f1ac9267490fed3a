// Who answers a slider: the Python kernel (kernel.js), or the browser by onnxruntime-web.

import { causeOf, tooOld } from "./failure.js";

// The latest request wins, one is in flight.
export class Pump {
  // answer(request) -> Promise of an answer; paint(answer, request, ms).
  constructor(answer, paint, fail) {
    Object.assign(this, { answer, paint, fail, busy: false, latest: null });
  }

  async request(request) {
    this.latest = request;
    if (this.busy) return;
    this.busy = true;
    while (this.latest !== null) {
      const current = this.latest;
      this.latest = null;
      const start = performance.now();
      try {
        const answer = await this.answer(current);
        this.paint(answer, current, performance.now() - start);
      } catch (error) {
        this.fail(error, current);
      }
    }
    this.busy = false;
  }
}

// Whatever waits comes first: events, frames. A timer would wait 4 ms each time, an
// animation frame longer, and in a page that nobody sees for ever.
export function breathe() {
  return new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      done();
    };
    channel.port2.postMessage(null);
  });
}

// An error whose text is meant for the reader.
export class ExplorerError extends Error {}

/* ---- what comes with a message ---- */

// Uint8Array of a buffer that came with a message, wherever it lies in memory.
export function bytesOfBuffer(buffer) {
  const { buffer: whole, byteOffset, byteLength } = buffer;
  return new Uint8Array(whole ?? buffer, byteOffset, byteLength);
}

export function floatsOf(buffer) {
  return new Float32Array(bytesOfBuffer(buffer).slice().buffer); // slice aligns
}

// Promise of the picture whose file came with a message.
export function pictureOf(buffer, type) {
  return createImageBitmap(new Blob([bytesOfBuffer(buffer)], { type }));
}

/* ---- the browser, by onnxruntime-web ---- */

const cache = { runtime: null, networks: {} };
let failures = 0; // a browser remembers a module that failed; a new query does not

// A failed load is forgotten, so that the next touch tries again.
export function remember(key, store, load) {
  if (!store[key]) {
    store[key] = load().catch((error) => {
      store[key] = null;
      failures += 1;
      throw error;
    });
  }
  return store[key];
}

export async function bytesOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return new Uint8Array(await response.arrayBuffer());
}

// What make() gives; where it fails, an error that says why the host is to blame, if so.
export async function orCause(assets, make) {
  try {
    return await make();
  } catch (error) {
    const cause = await causeOf(assets);
    throw cause ? new ExplorerError(cause, { cause: error }) : error;
  }
}

// A host may have unpacked the file on the way: the first two bytes tell.
async function unpack(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream();
  const plain = stream.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

async function webAssembly(url) {
  const bytes = await unpack(await bytesOf(url));
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "\0asm") {
    throw new Error(`no WebAssembly: ${url}`); // before the runtime sees it and aborts
  }
  return bytes;
}

function loadRuntime(assets) {
  return remember("runtime", cache, async () => {
    const folder = new URL("vendor/ort/", assets);
    const module = new URL("ort.js", folder);
    if (failures) module.search = failures;
    const [ort, binary] = await Promise.all([
      import(module.href),
      webAssembly(new URL("ort-wasm.bin", folder)),
    ]);
    ort.env.wasm.numThreads = 1; // most hosts set no COOP and COEP headers
    ort.env.wasm.wasmBinary = binary;
    return ort;
  });
}

// One network of a page; explorers that show the same one share its session.
export class Network {
  static load(name, assets) {
    const networks = (cache.networks[assets] ??= {});
    return remember(name, networks, async () => {
      if (tooOld()) throw new ExplorerError(tooOld());
      return orCause(assets, () => Network.open(name, assets));
    });
  }

  static async open(name, assets) {
    const url = new URL(`networks/${name}.onnx`, assets);
    const [ort, bytes] = await Promise.all([loadRuntime(assets), bytesOf(url)]);
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ["wasm"],
    });
    return new Network(ort, session);
  }

  constructor(ort, session) {
    Object.assign(this, { ort, session, turn: Promise.resolve() });
  }

  // A tensor of a type and shape: BigInt64Array for int64, Float32Array for float32.
  tensor(type, values, dims) {
    return new this.ort.Tensor(type, values, dims);
  }

  // One output's numbers; inputs are Float32Arrays, one row each.
  async run(inputs, output) {
    return (await this.outputs(inputs))[output].data;
  }

  // All outputs by name, of the same inputs.
  outputs(inputs) {
    const rows = Object.entries(inputs).map(([name, values]) => [
      name,
      this.tensor("float32", values, [1, values.length]),
    ]);
    return this.results(Object.fromEntries(rows));
  }

  // All outputs, tensors from tensors; a session runs one request at a time.
  results(feeds) {
    const result = this.turn.then(() => this.session.run(feeds));
    this.turn = result.catch(() => {});
    return result;
  }
}
