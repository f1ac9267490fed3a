// The page's host: gives each explorer's module a model, as anywidget does in Jupyter.
// A kind's module is the file of its name in the folder of its name beside this one.

import { causeOf } from "./failure.js";
import { followLinks, nearest, reveal } from "./links.js";

const TEXT = {
  zh: {
    failed: "这里的交互图没有加载成功，上面是预先准备的内容。",
    again: "刷新页面可以再试一次；还是这样，就换一个新版的浏览器。",
  },
}.zh;
const ASSETS = new URL("../../", import.meta.url).href;

// The part of anywidget's model that a module may use.
class PageModel {
  constructor(state) {
    this.state = state;
    this.listeners = new Map();
  }

  get(key) {
    return this.state[key];
  }

  set(key, value) {
    this.state[key] = value;
    this.emit(`change:${key}`);
  }

  on(name, listener) {
    if (!this.listeners.has(name)) this.listeners.set(name, new Set());
    this.listeners.get(name).add(listener);
  }

  off(name, listener) {
    this.listeners.get(name)?.delete(listener);
  }

  emit(name) {
    for (const listener of this.listeners.get(name) ?? []) listener();
  }

  save_changes() {}

  send() {}
}

async function sayWhy(container, error) {
  console.warn("explorer:", error);
  const note = document.createElement("p");
  note.className = "aigc-explorer-note";
  note.textContent = TEXT.failed + ((await causeOf(ASSETS)) ?? TEXT.again);
  container.append(note);
  container.dataset.error = String(error);
}

async function mount(container) {
  const kind = container.dataset.explorer;
  if (!/^[a-z]+$/.test(kind)) throw new Error(`no explorer ${kind}`);
  const posters = [...container.querySelectorAll("img")];
  const state = JSON.parse(container.querySelector("script").textContent);
  const module = await import(new URL(`../${kind}/${kind}.js`, import.meta.url).href);
  for (const poster of posters) poster.loading = "eager"; // a link may come from afar
  await Promise.all(posters.map((poster) => poster.decode()));
  const model = new PageModel({
    ...state,
    _assets: ASSETS,
    _sprite: posters[0],
    _sprites: posters,
    _sounds: [...container.querySelectorAll("audio")].map(({ src }) => src),
  });
  const el = document.createElement("div");
  await module.default.render({ model, el });
  container.replaceChildren(el);
  container.aigc = el.aigc;
  container.dataset.ready = "1";
  return el.aigc;
}

const mounted = new WeakMap(); // container -> promise of its handle

function mountOnce(container) {
  if (!mounted.has(container)) {
    const handle = mount(container).catch((error) => sayWhy(container, error));
    mounted.set(container, handle);
  }
  return mounted.get(container);
}

function start() {
  const containers = document.querySelectorAll(".aigc-explorer[data-explorer]");
  const watch = (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      mountOnce(entry.target);
    }
  };
  const observer = new IntersectionObserver(watch, { rootMargin: "300px" });
  for (const container of containers) observer.observe(container);
  const linked = [...containers].filter((one) => one.dataset.explorer !== "check");
  followLinks(async (link) => {
    const container = nearest(link, linked);
    if (!container) return null;
    const handle = await mountOnce(container);
    reveal(container);
    return handle;
  });
}

start();
